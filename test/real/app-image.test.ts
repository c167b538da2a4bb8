/**
 * A code directory and a requirements file become an image on a base, through the command line and a real registry, with
 * wheels from the real package index. The image is then unpacked and run with the interpreter of this machine.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerImage } from '../../src';
import { otherPython, publishPythonBase, pythonVersion } from './support/base-image';
import { bundleCommandLine, type CommandResult, runNode } from './support/command-line';
import { type Registry, startRegistry } from './support/registry';

const PACKAGES = ['waitress==3.0.2', 'MarkupSafe==3.0.2'];

let program: string;
let registry: Registry;
let folder: string;
const python = pythonVersion();

beforeAll(async () => {
  program = bundleCommandLine();
  registry = await startRegistry();
  folder = mkdtempSync(join(tmpdir(), 'app-image-'));
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/app.py'), 'import markupsafe\n\ndef app():\n    return markupsafe.escape("<a>")\n');
  writeFileSync(join(folder, 'app/requirements.txt'), `${PACKAGES.join('\n')}\n`);
  await publishPythonBase(registry.host, python);
});

afterAll(async () => {
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function serving(...args: string[]): Promise<CommandResult> {
  return runNode([program, ...args], { cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder } });
}

const lockApp = (...more: string[]) =>
  serving('lock', '--app', 'app', '--base', `${registry.host}/python:3`, '--to', `${registry.host}/app`, ...more);
const locked = () => JSON.parse(readFileSync(join(folder, 'serving.lock.json'), 'utf8')).apps.app;

async function get(path: string, accept = '*/*'): Promise<Buffer> {
  const answer = await fetch(`http://${registry.host}/v2/app/${path}`, { headers: { accept } });
  expect(answer.ok).toBe(true);
  return Buffer.from(await answer.arrayBuffer());
}

/** The root file system of the image for one architecture, and its container config. */
async function unpack(architecture: string): Promise<{ root: string; config: { Env: string[]; WorkingDir: string } }> {
  const { digest } = locked().platforms.find((one: { architecture: string }) => one.architecture === architecture);
  const manifest = JSON.parse(
    (await get(`manifests/${digest}`, 'application/vnd.oci.image.manifest.v1+json')).toString(),
  );
  const root = mkdtempSync(join(folder, 'root-'));
  for (const layer of manifest.layers)
    execFileSync('tar', ['-x', '-C', root], { input: await get(`blobs/${layer.digest}`) });
  return { root, config: JSON.parse((await get(`blobs/${manifest.config.digest}`)).toString()).config };
}

test('is locked, published, and run by both targets', async () => {
  expect(await lockApp('--requirements', 'requirements.txt')).toMatchObject({ status: 0 });
  const { digest, base } = locked();
  expect(locked()).toMatchObject({ to: `${registry.host}/app`, requirements: 'requirements.txt' });
  expect(await serving('publish', 'app')).toMatchObject({
    status: 0,
    stdout: `${registry.host}/app:${digest.slice(7)}@${digest}\n`,
  });
  expect(await serving('verify')).toMatchObject({ status: 0 });
  expect(JSON.parse((await serving('status', '--format', 'json')).stdout)).toMatchObject([
    { kind: 'app', model: 'app', digest, directory: 'here', published: 'yes' },
  ]);
  const options = { base, requirements: 'requirements.txt', lockFile: join(folder, 'serving.lock.json') };
  expect(ServerImage.fromDirectory('app', options).reference).toBe(`${registry.host}/app:${digest.slice(7)}@${digest}`);
});

test('has the code, its packages and their programs on the search paths of the interpreter', async () => {
  const { root, config } = await unpack('amd64');
  expect(config).toEqual({
    Entrypoint: ['python3'],
    WorkingDir: '/app',
    Env: [
      `PYTHON_VERSION=${python}`,
      'PYTHONPATH=/app:/opt/packages',
      'PATH=/opt/packages/bin:/usr/local/bin:/usr/bin',
    ],
  });
  const env = { PATH: process.env.PATH, PYTHONPATH: [`${root}/app`, `${root}/opt/packages`].join(':') };
  const run = (command: string, args: string[]) => spawnSync(command, args, { encoding: 'utf8', env, cwd: root });
  expect(run('python3', ['-c', 'from app import app; print(app())'])).toMatchObject({ stdout: '&lt;a&gt;\n' });
  expect(run(`${root}/opt/packages/bin/waitress-serve`, ['--help'])).toMatchObject({ status: 0 });
});

test('has compiled packages for each architecture', async () => {
  const compiled = async (architecture: string) => {
    const { root } = await unpack(architecture);
    return readdirSync(join(root, 'opt/packages/markupsafe')).filter((name) => name.endsWith('.so'));
  };
  expect(await compiled('amd64')).toEqual([expect.stringContaining('x86_64')]);
  expect(await compiled('arm64')).toEqual([expect.stringContaining('aarch64')]);
});

test('is the same from another directory with another cache, and changes with the code', async () => {
  const { digest } = locked();
  const other = join(folder, 'other');
  cpSync(join(folder, 'app'), join(other, 'app'), { recursive: true });
  const lockThere = async (): Promise<string> => {
    const args = ['lock', '--app', 'app', '--base', `${registry.host}/python:3`, '--requirements', 'requirements.txt'];
    const lockFile = join(other, 'serving.lock.json');
    const env = { XDG_CACHE_HOME: join(other, 'cache'), HOME: other };
    const result = await runNode([program, ...args, '--lock-file', lockFile], { cwd: other, env });
    expect(result).toMatchObject({ status: 0 });
    return JSON.parse(readFileSync(lockFile, 'utf8')).apps.app.digest;
  };
  expect(await lockThere()).toBe(digest);
  writeFileSync(join(other, 'app/app.py'), 'app = None\n');
  expect(await lockThere()).not.toBe(digest);
});

test('is not published if the code differs from the lock file', async () => {
  writeFileSync(join(folder, 'app/new.py'), '');
  try {
    const result = await serving('publish', 'app', '--to', `${registry.host}/elsewhere`);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(
      "the code in 'app' differs from the lock file; restore it, or run 'serving lock --app app",
    );
    expect(await serving('lock', '--check')).toMatchObject({
      status: 1,
      stdout: 'app: the code, its packages or its base changed\n',
    });
  } finally {
    rmSync(join(folder, 'app/new.py'));
  }
});

/** The packages of the lock file, as `name version architecture`. */
const packages = (): string[] =>
  locked().packages.wheels.map(
    ({ name, version, architecture = 'every' }: { name: string; version: string; architecture?: string }) =>
      `${name} ${version} ${architecture}`,
  );

describe('versions that a requirements file leaves open', () => {
  const list = (text: string) => writeFileSync(join(folder, 'app/open.txt'), text);
  const lockOpen = (...more: string[]) => lockApp('--requirements', 'open.txt', ...more);

  test('are chosen with their dependencies, kept when the file changes, and chosen again on request', async () => {
    list('jinja2==3.1.4\n');
    expect(await lockOpen()).toMatchObject({ status: 0 });
    expect(packages()).toEqual([
      'jinja2 3.1.4 every',
      expect.stringMatching(/^markupsafe \S+ amd64$/),
      expect.stringMatching(/^markupsafe \S+ arm64$/),
    ]);
    list('-r more.txt\njinja2>=3.1 # no longer pinned\n');
    writeFileSync(join(folder, 'app/more.txt'), 'itsdangerous[extra]<3 ; python_version >= "3"\n');
    expect(await lockOpen()).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/app: 3 packages for Python \S+: itsdangerous 2\S+\n/),
    });
    expect(packages()).toContain('jinja2 3.1.4 every');
    expect(await lockOpen('--upgrade')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/: jinja2 3\.1\.4 -> 3\.\d/),
    });
    const text = readFileSync(join(folder, 'serving.lock.json'), 'utf8');
    expect(await serving('lock')).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'serving.lock.json'), 'utf8')).toBe(text);
  });

  test('run in the process, from the locked wheels alone', async () => {
    // Without an index, so that nothing can be chosen.
    const env = { XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder, PIP_NO_INDEX: '1', PIP_FIND_LINKS: '' };
    expect(await runNode([program, 'publish', 'app'], { cwd: folder, env })).toMatchObject({ status: 0 });
    const { root } = await unpack('amd64');
    const script = 'import jinja2; print(jinja2.Template("{{ 6 * 7 }}").render())';
    const ran = spawnSync('python3', ['-c', script], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, PYTHONPATH: `${root}/opt/packages` },
    });
    expect(ran).toMatchObject({ stdout: '42\n' });
  });

  test('are chosen for the interpreter and the processor of the image, where they run', async () => {
    const other = otherPython(python);
    const minor = other.version.split('.').slice(0, 2).join('');
    await publishPythonBase(registry.host, other.version, 'other');
    list(
      `six ; python_version == "${python.replace(/\.\d+$/, '')}"\ncolorama ; sys_platform == "win32"\nwrapt<2\niniconfig ; platform_machine == "aarch64"\n`,
    );
    const base = ['--base', `${registry.host}/python:other`, '--to', `${registry.host}/app`];
    expect(await serving('lock', '--app', 'app', ...base, '--requirements', 'open.txt')).toMatchObject({ status: 0 });
    expect(locked().packages.python).toBe(other.version);
    expect(locked().packages.wheels.map(({ file }: { file: string }) => file)).toEqual([
      expect.stringMatching(/^iniconfig-.*-none-any\.whl$/),
      expect.stringMatching(new RegExp(`^wrapt-1\\..*-cp${minor}-cp${minor}-.*x86_64\\.whl$`)),
      expect.stringMatching(new RegExp(`^wrapt-1\\..*-cp${minor}-cp${minor}-.*aarch64\\.whl$`)),
    ]);
    expect(packages()[0]).toMatch(/ arm64$/);
    expect(await serving('publish', 'app')).toMatchObject({ status: 0 });
    const { root } = await unpack('amd64');
    const script = 'import sys, wrapt._wrappers; print(sys.version_info[:2], wrapt._wrappers.__file__)';
    const env = { PYTHONPATH: `${root}/opt/packages` };
    const ran = spawnSync(other.command, ['-c', script], { encoding: 'utf8', env });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringContaining('x86_64-linux-gnu.so') });
  });

  test.each([
    ['docopt', "'docopt' of '", 'only sources, and building them would run their code on this machine; build a wheel'],
    ['pywin32', "'pywin32' of '", 'has wheels, but none for Python'],
    ['numpy==1.0.1', "'numpy==1.0.1' of '", 'the index has wheels of'],
    ['no-such-package-of-serving', "'no-such-package-of-serving' of '", 'is not in the package index'],
    ['flask==3.1.2\nwerkzeug<3', 'require versions that exclude each other', 'werkzeug'],
  ])('fail with the way out if there are none: %j', async (text, what, why) => {
    list(`${text}\n`);
    const { status, stderr } = await lockOpen();
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining(what) });
    expect(stderr).toContain(why);
  });
});
