/** What reaches the terminal: foreign text, credentials, and errors of every kind. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { bundleCommandLine } from '../support/command-line';
import { HostileProject, hostileModel } from '../support/hostile';

let program: string;
let project: HostileProject;

beforeAll(() => {
  program = bundleCommandLine();
});
beforeEach(() => {
  project = new HostileProject(program);
});
afterEach(() => project.remove());

/** Control and invisible characters, except line feed and tab. */
const ACTIVE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression looks for them
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const ESCAPES = '\u001b]0;title\u0007\u001b[2J\u001b[1;1H\u009b31m\u202etxt.exe\u2066\u200b\u0008\r';

describe('foreign text', () => {
  let server: Server;
  let [host, body] = ['', ''];

  beforeEach(async () => {
    server = createServer((_, response) => {
      response.writeHead(400, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterEach(() => server.close());

  const lockOf = () => project.lock({ models: { 'models/net': hostileModel(`${host}/net`) } });
  const answer = (message: string) => {
    body = JSON.stringify({ errors: [{ code: 'DENIED', message }] });
  };

  test.each([
    ['status'],
    ['status', '--format', 'json'],
    ['verify'],
    ['publish', '--to', 'HOST/net'],
  ])('of a registry cannot control the terminal of %j %j %j', async (...args) => {
    lockOf();
    answer(`${ESCAPES}all is well`);
    const { stdout, stderr } = await project.serving(args.map((arg) => arg.replace('HOST', host)));
    expect(`${stdout}${stderr}`).toContain('all is well');
    expect(`${stdout}${stderr}`).not.toMatch(ACTIVE);
    if (args.includes('json')) expect(JSON.parse(stdout)).toHaveLength(1);
  });

  test('of a registry is shown without the credentials in it', async () => {
    lockOf();
    const secrets = [
      'dXNlcjpodW50ZXIy',
      'eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmVk',
      'AKIAIOSFODNN7EXAMPLE',
      'hunter2',
      'f00d',
    ];
    answer(
      `Authorization: Basic ${secrets[0]} Bearer ${secrets[1]} ${secrets[2]} https://user:${secrets[3]}@host/x?X-Amz-Signature=${secrets[4]}`,
    );
    for (const args of [['status'], ['status', '--format', 'json'], ['verify']]) {
      const { stdout, stderr } = await project.serving(args);
      expect(`${stdout}${stderr}`).toContain('***');
      for (const secret of secrets) expect(`${stdout}${stderr}`).not.toContain(secret);
    }
  });

  test('of a registry is shown without secrets of the environment', async () => {
    lockOf();
    answer('the key wJalrXUtnFEMI/K7MDENG is wrong');
    const env = { ...project.home(), AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG' };
    const { stdout } = await project.serving(['status'], { env });
    expect(stdout).toContain('the key *** is wrong');
  });

  test('of a lock file is rejected or cleaned', async () => {
    for (const member of ['source', 'to', 'mediaType'])
      for (const text of ['a\u009b2J', 'a\u202eb', 'a\u001b[2J']) {
        project.lock({ models: { 'models/net': { ...hostileModel(), [member]: text } } });
        const { status, stdout, stderr } = await project.serving(['status']);
        expect({ member, status }).toEqual({ member, status: 2 });
        expect(`${stdout}${stderr}`).not.toMatch(ACTIVE);
      }
  });

  test('of a file name is rejected and cleaned', async () => {
    for (const name of ['a\u001b[2J', 'a\u009b2Jb', 'a\u202eb']) {
      project.write('project/models/odd', { [name]: 'x' });
      const { status, stderr } = await project.serving(['lock', 'models/odd']);
      expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining('control character') });
      expect(stderr).not.toMatch(ACTIVE);
      rmSync(join(project.folder, 'models/odd'), { recursive: true });
    }
  });

  test('of an app that fails is cleaned', async () => {
    const script = `process.stderr.write(${JSON.stringify(`${ESCAPES}no weights, password=hunter2`)}); process.exitCode = 1;`;
    project.write('project', { 'app.js': script, 'cdk.json': '{"app":"node app.js"}' });
    const { status, stderr } = await project.serving(['explain']);
    expect(status).toBe(3);
    expect(stderr).toContain('no weights, password=***');
    expect(stderr).not.toMatch(ACTIVE);
  });

  test('of an app is cleaned in every report format', async () => {
    const plan = { endpoints: [], backends: [], ledger: [] };
    const text = `a${ESCAPES}b https://user:hunter2@host/`;
    const explanation = [{ platform: text, target: 'x', plan, lockFiles: [], refusals: [text] }];
    const script = `const { mkdirSync, writeFileSync } = require('node:fs'); const folder = process.env.SERVING_EXPLAIN;
      mkdirSync(folder); writeFileSync(folder + '/x.json', ${JSON.stringify(JSON.stringify(explanation[0]))});`;
    project.write('project', { 'app.js': script, 'cdk.json': '{"app":"node app.js"}' });
    for (const format of ['text', 'json', 'markdown']) {
      const { status, stdout } = await project.serving(['explain', '--format', format]);
      expect({ format, status }).toEqual({ format, status: 1 });
      expect(stdout).not.toMatch(ACTIVE);
      expect(stdout).not.toContain('hunter2');
    }
  });
});

describe('credentials in the environment', () => {
  test.each([
    'http://user:s3cretpw@prox y:99',
    'http://user:s3cr@etpw/s3cretpw@proxy:99',
    'user:s3cretpw@127.0.0.1:9',
    'http://user:s3cretpw@127.0.0.1:99999',
    'socks9://user:s3cretpw@127.0.0.1:9',
  ])('are not shown if the proxy is invalid: %s', async (proxy) => {
    project.lock({ models: { 'models/net': hostileModel() } });
    const env = { ...project.home(), HTTPS_PROXY: proxy };
    const debug = await project.serving(['publish', '--to', 'registry.example.invalid/x', '--debug'], { env });
    expect(debug.status).toBeGreaterThanOrEqual(3);
    expect(`${debug.stdout}${debug.stderr}`).not.toMatch(/s3cr/);
  });
});

describe('output', () => {
  test('without a reader does not stop the command', async () => {
    for (const name of ['a', 'b', 'c']) project.write(`project/models/${name}`, { 'weights.bin': name });
    const args = ['lock', 'models/a', 'models/b', 'models/c'];
    expect(await project.serving(args, { unread: true })).toMatchObject({ status: 0 });
    const { models } = JSON.parse(readFileSync(join(project.folder, 'serving.lock.json'), 'utf8'));
    expect(Object.keys(models)).toEqual(['models/a', 'models/b', 'models/c']);
  });

  test('of errors without a reader does not stop the command', async () => {
    const child = spawn(process.execPath, [program, 'lock', 'models/net'], {
      cwd: project.folder,
      env: { PATH: process.env.PATH, ...project.home() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(existsSync(join(project.folder, 'serving.lock.json'))).toBe(true);
  });

  test('on a full disk is an error, although the command completes', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, 'lock', 'models/net'], {
      cwd: project.folder,
      env: { PATH: process.env.PATH, ...project.home() },
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining('ENOSPC') });
    expect(stderr).not.toContain('    at ');
  });
});

describe('an unexpected error', () => {
  const THROWS: Record<string, string> = {
    'a callback': "setImmediate(() => { throw new Error('boom') })",
    'a promise': "Promise.reject(new Error('boom'))",
    'a value that is no error': "setImmediate(() => { throw 'boom' })",
  };

  test.each(Object.keys(THROWS))('of %s is one sentence and exit code 3', async (kind) => {
    writeFileSync(join(project.folder, 'throw.cjs'), `setTimeout(() => { ${THROWS[kind]} }, 1)`);
    const env = { ...project.home(), NODE_OPTIONS: '--require ./throw.cjs' };
    const slow = { 'app.js': 'setTimeout(() => {}, 300)', 'cdk.json': '{"app":"NODE_OPTIONS= node app.js"}' };
    project.write('project', slow);
    const { status, stderr } = await project.serving(['explain'], { env });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: expect.stringContaining('unexpected error: boom; run the command with --debug and report its output\n'),
    });
    expect(stderr).not.toContain('    at ');
  });

  test('shows its origin with --debug, and with SERVING_DEBUG', async () => {
    const failing = ['publish', '--to', 'r.example/A'];
    project.lock({ models: { 'models/net': hostileModel() } });
    expect((await project.serving(failing)).stderr).not.toContain('    at ');
    expect((await project.serving([...failing, '--debug'])).stderr).toContain('    at ');
    const env = { ...project.home(), SERVING_DEBUG: '1' };
    expect((await project.serving(failing, { env })).stderr).toContain('    at ');
  });

  test('reports that the working directory does not exist', () => {
    const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" status`;
    const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, program], {
      cwd: project.outside,
      env: { PATH: process.env.PATH, ...project.home() },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: '[WorkingDirectoryMissing] the working directory no longer exists; change to one that does\n',
    });
  });

  test('names of Object.prototype members are not formats', async () => {
    project.write('project', { 'cdk.json': '{"app":"true"}' });
    for (const format of ['constructor', '__proto__', 'toString'])
      expect(await project.serving(['explain', '--format', format])).toMatchObject({
        status: 2,
        stderr: `[InvalidOption] --format (${format}) must be text, json or markdown\n`,
      });
  });
});
