/**
 * A code directory and a requirements file become an image on a base, through the command line and a real registry, with
 * wheels from the real package index. The image is then unpacked and run with the interpreter of this machine.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerImage } from '../../src';
import { publishPythonBase, pythonVersion } from './support/base-image';
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

test('fails if requirements lack a dependency', async () => {
  writeFileSync(join(folder, 'app/short.txt'), 'jinja2==3.1.6\n');
  const result = await lockApp('--requirements', 'short.txt');
  expect(result.status).toBe(3);
  expect(result.stderr).toMatch(
    /'.*short\.txt' lacks packages that the listed ones require; add these lines:\nmarkupsafe==\d+\.\d+\.\d+/,
  );
});
