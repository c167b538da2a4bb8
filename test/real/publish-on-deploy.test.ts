/**
 * `cdk deploy` publishes models by itself: the real CDK command line, the real `serving` command, a real registry, and an
 * AWS emulator. No program that could build or run a container is on the PATH.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ACCOUNT, type AwsEmulator, REGION, startAws } from './support/aws-emulator';
import { bundleCommandLine } from './support/command-line';
import { type Registry, startRegistry } from './support/registry';

const ROOT = resolve(__dirname, '../..');
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

/** Only the programs that `cdk` requires; in particular no docker, podman, finch or nerdctl. */
const COMMANDS = ['node', 'sh', 'env'];

/** The command line as npm installs it with the package. */
const PROGRAM = 'node_modules/serving-constructs/assets/tools/serving/index.js';

let aws: AwsEmulator;
let registry: Registry;
let project: string;

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'publish-on-deploy-'));
  aws = await startAws();
  registry = await startRegistry();
  installCommands(bundleCommandLine());
  for (const model of ['base', 'net', 'files']) {
    mkdirSync(join(project, 'models', model), { recursive: true });
    writeFileSync(join(project, 'models', model, 'weights.bin'), randomBytes(100_000));
  }
  // Nothing runs here, so any image can replace one with a copy program.
  serving('lock', 'models/base', '--to', `${registry.host}/base`);
  serving('publish', 'models/base');
  const base = `${registry.host}/base@${digestOf('models/base')}`;
  serving('lock', 'models/net', '--to', `${registry.host}/net`, '--variant', 'shell', '--base', base);
  serving('lock', 'models/files', '--to', `s3://${ASSETS}/published`);
  writeFileSync(join(project, 'runs'), '');
});

afterAll(async () => {
  await registry?.stop();
  await aws?.stop();
  rmSync(project, { recursive: true, force: true });
});

/**
 * The package in the project, with its sources instead of compiled code, and a command line that records each run. Another
 * program with its name comes first on the PATH and in `.bin`.
 */
function installCommands(program: string): void {
  const bin = join(project, 'bin');
  const modules = join(project, 'node_modules');
  for (const folder of [bin, join(modules, '.bin'), join(project, PROGRAM, '..')])
    mkdirSync(folder, { recursive: true });
  for (const command of COMMANDS) {
    const place = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(place, join(bin, command));
  }
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  const note = `require('node:fs').appendFileSync('${join(project, 'runs')}', process.argv.slice(2).join(' ') + '\\n')`;
  const run = `require('node:child_process').spawnSync(process.execPath, ['${program}', ...process.argv.slice(2)], { stdio: 'inherit' })`;
  writeFileSync(join(project, PROGRAM), `${note};\nprocess.exitCode = ${run}.status;\n`);
  for (const part of ['src', 'test/real/apps/publish-on-deploy.ts'])
    cpSync(join(ROOT, part), join(modules, 'serving-constructs', part), { recursive: true });
  for (const peer of ['aws-cdk-lib', 'constructs', 'cdk8s'])
    symlinkSync(join(ROOT, 'node_modules', peer), join(modules, peer));
  for (const folder of [bin, join(modules, '.bin')]) {
    writeFileSync(join(folder, 'serving'), `#!/bin/sh\necho ran >>'${join(project, 'hijacked')}'\n`);
    chmodSync(join(folder, 'serving'), 0o755);
  }
}

const environment = () => ({
  ...aws.environment,
  PATH: join(project, 'bin'),
  HOME: project,
  XDG_CACHE_HOME: join(project, 'cache'),
  npm_config_update_notifier: 'false',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
});

function serving(...args: string[]): void {
  const child = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: project,
    encoding: 'utf8',
    env: environment(),
  });
  if (child.status !== 0) throw new Error(`serving ${args.join(' ')}:\n${child.stdout}${child.stderr}`);
}

function deploy(): { readonly status: number | null; readonly output: string } {
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const app = `node ${tsx} --tsconfig ${join(ROOT, 'tsconfig.json')} ${join(project, 'node_modules/serving-constructs/test/real/apps/publish-on-deploy.ts')}`;
  const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  const options = ['--require-approval', 'never', '--no-notices', '--no-version-reporting', '--progress', 'events'];
  const child = spawnSync(process.execPath, [cdk, 'deploy', '--app', app, ...options], {
    cwd: project,
    encoding: 'utf8',
    env: environment(),
  });
  return { status: child.status, output: `${child.stdout}${child.stderr}` };
}

const digestOf = (key: string): string =>
  JSON.parse(readFileSync(join(project, 'serving.lock.json'), 'utf8')).models[key].digest;
const runs = (): string[] => readFileSync(join(project, 'runs'), 'utf8').split('\n').filter(Boolean);
const isPublished = async (): Promise<boolean> => {
  const hex = digestOf('models/net').slice('sha256:'.length);
  const accept = { accept: 'application/vnd.oci.image.index.v1+json' };
  return (await fetch(`http://${registry.host}/v2/net/manifests/${hex}`, { headers: accept })).ok;
};

test('no program that builds or runs containers is available', () => {
  const path = { PATH: join(project, 'bin') };
  for (const tool of ['docker', 'podman', 'finch', 'nerdctl', 'skopeo'])
    expect({ tool, ...spawnSync(tool, ['--version'], { env: path }) }).toMatchObject({ error: { code: 'ENOENT' } });
});

test('the first deploy publishes each model, and keeps a receipt by its digest', async () => {
  expect(await isPublished()).toBe(false);
  const { status, output } = deploy();
  expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
  expect(runs().sort()).toEqual([
    `publish --lock-file serving.lock.json --to ${registry.host}/net --receipt -- models/net`,
    `publish --lock-file serving.lock.json --to s3://${ASSETS}/published --receipt -- models/files`,
  ]);
  expect(await isPublished()).toBe(true);
  const objects = aws.objectsOf(ASSETS);
  const [net, files] = ['models/net', 'models/files'].map((key) => digestOf(key).slice('sha256:'.length));
  expect(JSON.parse(objects[net as string] as string)).toMatchObject({ model: 'models/net', digest: `sha256:${net}` });
  expect(Object.keys(objects)).toEqual(
    expect.arrayContaining([files, `published/${files}/weights.bin`, `published/${files}.json`]),
  );
});

test('the command is that of the package, not the first with its name', () => {
  const { files } = JSON.parse(readFileSync(join(project, 'cdk.out/Serving.assets.json'), 'utf8'));
  const commands = Object.values(files as Record<string, { source: { executable?: string[] } }>).flatMap(
    ({ source }) => (source.executable === undefined ? [] : [source.executable.slice(0, 2)]),
  );
  expect(commands).toEqual([
    ['node', PROGRAM],
    ['node', PROGRAM],
  ]);
  expect(existsSync(join(project, 'hijacked'))).toBe(false);
});

test('the second deploy publishes nothing', () => {
  const before = runs().length;
  expect(deploy()).toMatchObject({ status: 0 });
  expect(runs()).toHaveLength(before);
});

test('a deploy without the weights reports that, and changes nothing', () => {
  writeFileSync(join(project, 'models/net/weights.bin'), randomBytes(100_001));
  serving('lock', 'models/net');
  const hex = digestOf('models/net').slice('sha256:'.length);
  rmSync(join(project, 'models/net'), { recursive: true });
  const { status, output } = deploy();
  expect(status).toBe(1);
  expect(output).toContain(
    "'models/net' is not published, and its directory does not exist; run 'serving publish models/net' on a machine that has it",
  );
  expect(Object.keys(aws.objectsOf(ASSETS))).not.toContain(hex);
});
