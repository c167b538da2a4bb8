/** Users without a writable home, and read-only disks: commands work without their caches and state. */
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { HostileProject, run, UNLISTED_USER } from '../support/hostile';
import { useStores } from '../support/stores';

const ROOT = join(__dirname, '../../..');

const stores = useStores();
let project: HostileProject;

beforeEach(() => {
  project = new HostileProject(stores.program);
  project.giveTo(UNLISTED_USER, 'project', 'project/models', 'project/models/net', 'project/models/net/weights.bin');
  mkdirSync(join(project.outside, 'home/.docker'), { recursive: true });
});
afterEach(() => project.remove());

/** Environments of users without a writable folder. */
const HOMES: Record<string, () => Record<string, string>> = {
  'no home and no entry in the list of users': () => ({}),
  'an empty home': () => ({ HOME: '' }),
  'a home that does not exist': () => ({ HOME: '/nonexistent/home' }),
  'a home of another user': () => ({ HOME: join(project.outside, 'home') }),
  'a home that cannot be entered': () => {
    chmodSync(join(project.outside, 'home'), 0o700);
    return { HOME: join(project.outside, 'home') };
  },
  'a home that is a file': () => ({ HOME: '/dev/null' }),
};

describe.each(Object.keys(HOMES))('a user with %s', (kind) => {
  const serving = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    project.serving(args, { uid: UNLISTED_USER, env: { ...HOMES[kind]?.(), ...env } });

  test('locks, publishes, verifies and gets the status', async () => {
    const to = `${stores.registry.host}/net`;
    const locked = await serving(['lock', 'models/net', '--to', to]);
    expect(locked).toMatchObject({ status: 0, stdout: expect.stringContaining('serving.lock.json was written') });
    expect(locked.stderr).toContain('warning: this machine cannot save');
    expect(await serving(['publish'])).toMatchObject({ status: 1 });
    const published = await serving(['publish', '--to', to]);
    expect(published).toMatchObject({ status: 0, stdout: expect.stringMatching(`^${to}:`) });
    expect(published.stderr).toContain("warning: 'models/net' is published, but this machine cannot save a receipt: ");
    expect(await serving(['verify'])).toMatchObject({ status: 0 });
    expect(await serving(['status'])).toMatchObject({ status: 0, stdout: expect.stringContaining('published  yes') });
    expect(await serving(['pack', '--output', 'out'])).toMatchObject({ status: 0 });
    expect(existsSync(join(project.folder, '.cache'))).toBe(false);
  });

  test('gets a receipt for cdk deploy', async () => {
    await serving(['lock', 'models/net']);
    const { status, stdout } = await serving(['publish', '--to', `${stores.registry.host}/net`, '--receipt']);
    expect(status).toBe(0);
    expect(JSON.parse(readFileSync(stdout.trim(), 'utf8'))).toMatchObject({ model: 'models/net' });
  });

  test('publishes to a bucket with the credentials of the environment', async () => {
    await serving(['lock', 'models/net']);
    const { status, stderr } = await serving(['publish', '--to', 's3://models/nets'], stores.s3.environment);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('"event":"published"') });
  });

  test('synthesizes', async () => {
    await serving(['lock', 'models/net', '--to', 's3://acme-models']);
    const outfile = join(project.outside, 'app.js');
    const contents = `const { Model } = require('${ROOT}/src/models/model'); console.log(Model.fromDirectory('models/net')._intent().name);`;
    const stdin = { contents, resolveDir: ROOT };
    buildSync({
      stdin,
      outfile,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
      external: ['aws-cdk-lib', 'cdk8s'],
    });
    const here = { cwd: project.folder, uid: UNLISTED_USER, env: HOMES[kind]?.() };
    expect(await run([process.execPath, outfile], here)).toEqual({ status: 0, stdout: 'net\n', stderr: '' });
  });
});

describe('a user without a folder for temporary files', () => {
  const env = { TMPDIR: '/nonexistent/tmp' };

  test('locks and publishes', async () => {
    await project.serving(['lock', 'models/net'], { env: { ...project.home(), ...env } });
    const args = ['publish', '--to', `${stores.registry.host}/net`];
    expect(await project.serving(args, { env: { ...project.home(), ...env } })).toMatchObject({ status: 0 });
    expect(await project.serving(args, { env, uid: UNLISTED_USER })).toMatchObject({ status: 0 });
  });

  test('gets an error from explain, which requires one', async () => {
    project.write('project', { 'cdk.json': '{"app":"true"}' });
    expect(await project.serving(['explain'], { env: { ...project.home(), ...env } })).toEqual({
      status: 3,
      stdout: '',
      stderr:
        "[TemporaryFolderUnusable] the folder for temporary files ('/nonexistent/tmp') cannot be used (ENOENT); make it writable, or set TMPDIR to another folder\n",
    });
  });
});

describe('on a read-only disk', () => {
  /** Runs a command in a mount namespace in which the folder of the test is read-only. */
  const onReadOnly = (...args: string[]) => {
    const script = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0/project" && exec "$@"`;
    const command = [
      'unshare',
      '--mount',
      'sh',
      '-c',
      script,
      project.outside,
      process.execPath,
      stores.program,
      ...args,
    ];
    return run(command, { env: project.home() });
  };

  test('publish works, without a receipt', async () => {
    await project.serving(['lock', 'models/net']);
    const { status, stderr } = await onReadOnly('publish', '--to', `${stores.registry.host}/net`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('cannot save a receipt') });
  });

  test('lock reports in one sentence that it cannot write', async () => {
    const { status, stderr } = await onReadOnly('lock', 'models/net');
    expect(status).toBe(3);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^\[OutputUnwritable\] 'serving.lock.json' cannot be written: EROFS: /,
    );
  });
});
