/** Lock files as a pull request could contain them, through the real command line with the credentials of its user. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { bundleCommandLine } from '../support/command-line';
import { HostileProject, hostileApp, hostileModel, run, UNLISTED_USER } from '../support/hostile';
import { type Registry, startRegistry } from '../support/registry';

let program: string;
let project: HostileProject;
const serving = (...args: string[]) => project.serving(args);

beforeAll(() => {
  program = bundleCommandLine();
});
beforeEach(() => {
  project = new HostileProject(program);
});
afterEach(() => project.remove());

describe('a directory outside the folder of the lock file', () => {
  /** Ways for a lock file and its checkout to refer to `secretdir`, which is next to the project. */
  const WAYS: Record<string, () => void> = {
    'by its name': () => project.lock({ models: { '../secretdir': hostileModel() } }),
    'as a model that is a symbolic link': () => {
      project.lock({ models: { 'models/key': hostileModel() } });
      symlinkSync(join(project.outside, 'secretdir'), join(project.folder, 'models/key'));
    },
    'below a folder that is a symbolic link': () => {
      project.write('elsewhere', { 'net/id_rsa': 'a key' });
      project.lock({ models: { 'links/net': hostileModel() } });
      symlinkSync(join(project.outside, 'elsewhere'), join(project.folder, 'links'));
    },
  };
  const COMMANDS = [
    ['lock', '--check'],
    ['lock'],
    ['pack', '--output', '../out'],
    ['publish', '--to', '127.0.0.1:9/x'],
  ] as const;

  test.each(
    Object.keys(WAYS).flatMap((way) => COMMANDS.map((args) => [way, args] as const)),
  )('that is referred to %s is refused by %j, and its content is not shown', async (way, args) => {
    WAYS[way]?.();
    const { status, stdout, stderr } = await serving(...args);
    expect(`${stdout}${stderr}`).not.toContain('id_rsa');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/is outside the folder of the lock file \('\.'\).*add --allow-outside/),
    });
  });

  test.each(Object.keys(WAYS))('that is referred to %s is not read by status', async (way) => {
    WAYS[way]?.();
    const { status, stdout } = await serving('status');
    expect(stdout).not.toContain('id_rsa');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('directory  outside') });
  });

  test('must not contain the requirements of an app', async () => {
    project.lock({ apps: { app: hostileApp('requirements.txt') } });
    project.write('project/app', { 'main.py': '' });
    symlinkSync(join(project.outside, 'secretdir/id_rsa'), join(project.folder, 'app/requirements.txt'));
    expect(await serving('lock', '--check')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("'app/requirements.txt' is outside the folder of the lock file"),
    });
    const typed = ['--app', 'app', '--base', '127.0.0.1:9/base', '--requirements', '../../secretdir/id_rsa'];
    expect(await serving('lock', ...typed)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("apps.app.requirements ('../../secretdir/id_rsa') must be a path below"),
    });
  });

  test('is used if allowed, as in a monorepo', async () => {
    project.write('models/net', { 'weights.bin': 'weights' });
    const allowed = ['../models/net', '--allow-outside'];
    expect(await serving('lock', '../models/net')).toMatchObject({ status: 1 });
    expect(await serving('lock', ...allowed)).toMatchObject({ status: 0 });
    expect(await serving('lock', '--check')).toMatchObject({ status: 1 });
    expect(await serving('lock', '--check', '--allow-outside')).toMatchObject({ status: 0 });
    expect(await serving('pack', '--output', '../out', '--allow-outside')).toMatchObject({ status: 0 });
    const env = { ...project.home(), SERVING_ALLOW_OUTSIDE: 'true' };
    expect((await project.serving(['status'], { env })).stdout).toContain('directory  as locked');
  });
});

describe('a destination that only the lock file names', () => {
  let server: Server;
  let [host, connections] = ['', 0];

  beforeEach(async () => {
    connections = 0;
    server = createServer((_, response) => {
      connections++;
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as { port: number }).port}`;
    project.lock({ models: { 'models/net': hostileModel(`${host}/evil/net`) } });
  });
  afterEach(() => server.close());

  const publish = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { status, stderr } = await project.serving(['publish', ...args], { env: { ...project.home(), ...env } });
    return { status, stderr, isAsked: connections > 0 };
  };

  test('gets no requests if there is no terminal', async () => {
    expect(await publish([])).toEqual({
      status: 1,
      isAsked: false,
      stderr: `[DestinationRefused] only the lock file names '${host}/evil/net', and this machine has never published there; if it is correct, pass --to ${host}/evil/net, or --allow-destination ${host}/evil/net (or set SERVING_ALLOWED_DESTINATIONS)\n`,
    });
  });

  test.each<[string, (host: string) => [string[], Record<string, string>?]]>([
    ['typed', (name) => [['--to', `${name}/evil/net`]]],
    ['allowed by a prefix', (name) => [['--allow-destination', `${name}/evil`]]],
    ['allowed by the environment', (name) => [[], { SERVING_ALLOWED_DESTINATIONS: `s3://other, ${name}` }]],
  ])('gets requests if it is %s', async (_, allow) => {
    expect(await publish(...allow(host))).toMatchObject({ isAsked: true, status: 3 });
  });

  test('is not allowed by a part of a name or a wildcard', async () => {
    expect(await publish(['--allow-destination', `${host}/ev`])).toMatchObject({ isAsked: false, status: 1 });
    expect(await publish(['--allow-destination', 's3://models'])).toMatchObject({ isAsked: false, status: 1 });
    for (const prefix of ['*', '', '/', 's3://', '*.example.com'])
      expect(await publish(['--allow-destination', prefix])).toMatchObject({
        isAsked: false,
        status: 2,
        stderr: expect.stringContaining('must be a registry, registry/repository or s3://bucket/prefix'),
      });
  });

  test('is confirmed if it was passed to lock, until the lock file changes', async () => {
    expect(await serving('lock', 'models/net', '--to', `${host}/own/net`)).toMatchObject({ status: 0 });
    expect(await publish([])).toMatchObject({ isAsked: true, status: 3 });
    connections = 0;
    project.lock({ models: { 'models/net': hostileModel(`${host}/evil/net`) } });
    expect(await publish([])).toMatchObject({ isAsked: false, status: 1 });
    // Locking again keeps the destination of the lock file, which does not confirm it.
    expect(await serving('lock')).toMatchObject({ status: 0 });
    expect(await publish([])).toMatchObject({ isAsked: false, status: 1 });
  });

  test.each([
    ['n', 1, 1],
    ['y', 3, 3],
  ])('is confirmed once on a terminal: %s', async (answer, status, again) => {
    const script = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
output = b''
try:
    while True:
        piece = os.read(fd, 4096)
        if not piece: break
        output += piece
        if b'[y/N]' in output:
            os.write(fd, sys.argv[1].encode() + b'\\n')
            output = b''
except OSError: pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
    const here = { cwd: project.folder, env: project.home() };
    const result = await run(['python3', '-c', script, answer, process.execPath, program, 'publish'], here);
    expect(result.status).toBe(status);
    const next = await serving('publish');
    expect(next.status).toBe(again);
  });
});

describe('what is published', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  test('is reported with its destination before it is sent', async () => {
    const to = `${registry.host}/reported`;
    await serving('lock', 'models/net', '--to', to);
    const { status, stderr } = await serving('publish');
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const position = events.findIndex(({ event }) => event === 'destination');
    expect(events[position]).toEqual({ event: 'destination', artifact: 'models/net', to });
    expect({ status, first: events.findIndex(({ event }) => event === 'start') }).toEqual({
      status: 0,
      first: position + 1,
    });
  });

  test.each(['--to', '-x', '--help', '--debug'])('may have the name %s', async (name) => {
    renameSync(join(project.folder, 'models/net'), join(project.folder, name));
    expect(await serving('lock', `./${name}`)).toMatchObject({ status: 0 });
    const { status, stdout } = await serving('publish', '--to', `${registry.host}/odd`, '--', name);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(`^${registry.host}/odd:`) });
  });
});

describe('a lock file above the working directory', () => {
  const entries = { models: { net: hostileModel('evil.example.com/x') } };
  const status = (folder: string) => project.serving(['status'], { cwd: join(project.outside, folder) });

  test('of another user is refused', async () => {
    project.write('shared/victim/deep', { x: '' });
    project.lock(entries, join(project.outside, 'shared'));
    project.giveTo(UNLISTED_USER, 'shared/serving.lock.json');
    expect(await status('shared/victim/deep')).toEqual({
      status: 2,
      stdout: '',
      stderr: `[LockFileUntrusted] '../../serving.lock.json' is owned by another user (uid ${UNLISTED_USER}); remove it, or, if you trust it, name it with 'lockFile' or --lock-file\n`,
    });
    const named = await project.serving(['status', '--lock-file', '../../serving.lock.json'], {
      cwd: join(project.outside, 'shared/victim/deep'),
    });
    expect(named.status).toBe(0);
  });

  test('may belong to the owner of the project, as in a container that runs as root', async () => {
    project.lock(entries);
    project.giveTo(UNLISTED_USER, 'project', 'project/serving.lock.json');
    expect(await status('project')).toMatchObject({ status: 0 });
  });

  test('is not found in a world-writable folder', async () => {
    project.write('tmp/victim', { x: '' });
    chmodSync(join(project.outside, 'tmp'), 0o1777);
    project.lock(entries, join(project.outside, 'tmp'));
    expect(await status('tmp/victim')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('[LockFileNotFound]'),
    });
    expect(await status('tmp')).toMatchObject({ status: 2, stderr: expect.stringContaining('[LockFileUntrusted]') });
  });

  test('is not found above the repository of the project', async () => {
    project.lock(entries, project.outside);
    mkdirSync(join(project.folder, '.git'));
    expect(await status('project/models')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("or its parent folders up to '..'"),
    });
  });

  test('is not found above a project without version control', async () => {
    project.lock(entries, project.outside);
    expect(await status('project/models')).toMatchObject({ status: 2 });
  });

  test.each(['.git', 'package.json'])('is found at the root of a monorepo, by its %s', async (mark) => {
    project.write('mono/packages/a', { 'package.json': '{}', 'cdk.json': '{}' });
    project.write('mono', mark === '.git' ? { '.git/HEAD': 'ref: refs/heads/main' } : { [mark]: '{}' });
    project.lock(entries, join(project.outside, 'mono'));
    expect(await status('mono/packages/a')).toMatchObject({ status: 0, stdout: expect.stringContaining('net\n') });
  });

  test('must not be a link to another file, whose beginning an error would show', async () => {
    writeFileSync(join(project.outside, 'credentials'), '[default]\naws_secret_access_key = hunter2\n');
    symlinkSync(join(project.outside, 'credentials'), join(project.folder, 'serving.lock.json'));
    const found = await serving('status');
    expect(found).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('outside the project'),
    });
    const named = await serving('status', '--lock-file', 'serving.lock.json');
    expect(named.stderr).toContain('the lock file is not valid JSON (');
    for (const { stderr } of [found, named]) expect(stderr).not.toMatch(/default|hunter2/);
  });
});

describe('the content of a lock file', () => {
  const write = (text: string) => writeFileSync(join(project.folder, 'serving.lock.json'), text);
  const long = '../'.repeat(40_000);

  test.each<[string, () => void, string]>([
    ['is a named pipe', () => execFileSync('mkfifo', [join(project.folder, 'serving.lock.json')]), 'a regular file'],
    ['is a device', () => symlinkSync('/dev/zero', join(project.folder, 'serving.lock.json')), 'outside the project'],
    [
      'is huge',
      () => execFileSync('truncate', ['-s', '5G', join(project.folder, 'serving.lock.json')]),
      'at most 67108',
    ],
    [
      'is nested',
      () => write(`{"version":1,"models":{},"images":{},"apps":{},"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`),
      '32 levels',
    ],
    [
      'has __proto__',
      () => write('{"version":1,"models":{"__proto__":{"to":"x"}},"images":{},"apps":{}}'),
      "the name '__proto__'",
    ],
    [
      'has a name twice',
      () => write('{"version":1,"models":{},"models":{},"images":{},"apps":{}}'),
      "contains 'models' twice",
    ],
    [
      'has a long name',
      () => project.lock({ models: { [`${long}a/..`]: hostileModel() } }),
      'must be a directory relative',
    ],
    [
      'has a long string',
      () => project.lock({ models: { net: hostileModel(`a/${'b/'.repeat(1e6)}`) } }),
      "'models.net.to'",
    ],
    [
      'has huge numbers',
      () => project.lock({ models: { net: { ...hostileModel(), bytes: 2 ** 60 } } }),
      'a whole number of bytes',
    ],
    [
      'has an infinite number',
      () => write('{"version":1e400,"models":{},"images":{},"apps":{}}'),
      "'version' (Infinity)",
    ],
  ])('that %s is rejected immediately', async (_, prepare, message) => {
    prepare();
    const at = performance.now();
    const { status, stderr } = await serving('status');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
    expect(stderr.length).toBeLessThan(1000);
    expect(performance.now() - at).toBeLessThan(60_000);
  });

  test('is not written through a link with the name of an earlier draft', async () => {
    // exec keeps the process ID.
    const script = 'ln -s ../victim "serving.lock.json.$$" && exec "$@"';
    const command = ['sh', '-c', script, 'sh', process.execPath, program, 'lock', 'models/net'];
    const { status } = await run(command, { cwd: project.folder, env: project.home() });
    expect({ status, hasVictim: existsSync(join(project.outside, 'victim')) }).toEqual({ status: 0, hasVictim: false });
  });
});
