import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packDirectory } from '../../../src/tools/artifact/pack';
import { OciLayout } from '../../../src/tools/stores/oci-layout';
import { type Bundle, bundleServing } from '../../support/bundle';
import { NO_CACHE, writeFiles } from '../../support/scratch';
import { Podman, run } from '../support/podman';
import { type Registry, startRegistry } from '../support/registry';

const LONG = `${'long-name-'.repeat(20)}.txt`;
const FILES = { 'config.json': '{}', [`deep/er/${LONG}`]: 'long', 'größe.txt': 'ü', 'version/1/weights': 'w' };

/** The digests of the files below a folder, by path. */
function contentOf(folder: string): string[] {
  const paths = run('find', folder, '-type', 'f', '-printf', '%P\\n').split('\n').filter(Boolean).sort();
  return paths.map(
    (path) =>
      `${path} ${createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')}`,
  );
}

describe('the image of a model', () => {
  let bundle: Bundle;
  let registry: Registry;
  let folder: string;
  let podman: Podman;
  let model: string;
  const lockOf = (file = 'serving.lock.json') =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')).models['models/net'];

  const serving = (...args: string[]): void => {
    const { status, stderr } = bundle.run(folder, ...args);
    if (status !== 0) throw new Error(`serving ${args.join(' ')} ended with ${status}\n${stderr}`);
  };
  /** Copies an image from a layout to the registry unchanged, and returns its reference by digest. */
  const push = (layout: string, name: string, digest: string): string => {
    const source = `oci:${join(folder, layout)}:${name}`;
    run(
      'skopeo',
      'copy',
      '--quiet',
      '--all',
      '--preserve-digests',
      '--dest-tls-verify=false',
      source,
      `docker://${registry.host}/${layout}:v1`,
    );
    return `${registry.host}/${layout}@${digest}`;
  };

  beforeAll(async () => {
    bundle = bundleServing();
    registry = await startRegistry();
    folder = mkdtempSync(join(tmpdir(), 'interop-'));
    podman = new Podman(join(folder, 'podman'));
    model = writeFiles(join(folder, 'models/net'), FILES);
    mkdirSync(join(model, 'ensemble/1'), { recursive: true });
    writeFileSync(join(model, 'big.bin'), 'weights');
    truncateSync(join(model, 'big.bin'), 65 * 2 ** 20);
    serving('lock', 'models/net');
    serving('pack', '--output', 'data');
  });

  afterAll(async () => {
    podman.remove();
    await registry.stop();
    rmSync(folder, { recursive: true });
    bundle.remove();
  });

  test.each([
    'amd64',
    'arm64',
  ])('can be inspected with skopeo for %s, with the digest of the lock file', (architecture) => {
    const text = run('skopeo', 'inspect', '--override-arch', architecture, `oci:${join(folder, 'data')}:models-net`);
    expect(JSON.parse(text)).toMatchObject({
      Digest: lockOf().digest,
      Architecture: architecture,
      Layers: lockOf().layers.map(({ digest }: { digest: string }) => digest),
    });
  });

  test('is unpacked by umoci to the files of the directory', () => {
    const single = `oci:${join(folder, 'single')}:net`;
    run('skopeo', 'copy', '--quiet', '--override-arch', 'arm64', `oci:${join(folder, 'data')}:models-net`, single);
    run('umoci', 'unpack', '--image', `${join(folder, 'single')}:net`, join(folder, 'unpacked'));
    const root = join(folder, 'unpacked/rootfs/models');
    expect(contentOf(root)).toEqual(contentOf(model));
    expect(run('find', root, '-type', 'd', '-empty', '-printf', '%P\\n')).toBe('ensemble/1\n');
  });

  test('has layers that GNU tar can list, owned by root and with a zero time', () => {
    for (const { digest } of lockOf().layers) {
      const lines = run(
        'tar',
        '--list',
        '--verbose',
        '--numeric-owner',
        '--utc',
        '--full-time',
        '--file',
        join(folder, 'data/blobs', ...digest.split(':')),
      )
        .trim()
        .split('\n');
      for (const line of lines) expect(line).toMatch(/^(drwxr-xr-x|-rw-r--r--) 0\/0 +\d+ 1970-01-01 00:00:00 models\//);
    }
  });

  test.each([
    'amd64',
    'arm64',
  ])('is pulled by the digest of its index for %s and mounted with all files', async (architecture) => {
    const id = await podman.pull(push('data', 'models-net', lockOf().digest), architecture);
    expect(contentOf(join(podman.mount(id), 'models'))).toEqual(contentOf(model));
  });

  test('differs in a mounted file if a byte in the directory differs', () => {
    const other = join(folder, 'other');
    cpSync(model, other, { recursive: true });
    writeFileSync(join(other, 'config.json'), '[]');
    expect(contentOf(other)).not.toEqual(contentOf(model));
  });

  test('on a small base runs the command of the KServe sidecar', async () => {
    const base = writeFiles(join(folder, 'busybox'), {});
    mkdirSync(join(base, 'bin'), { recursive: true });
    for (const name of ['sh', 'ln', 'cat'])
      cpSync(run('sh', '-c', 'command -v busybox').trim(), join(base, 'bin', name));
    const { artifact } = await packDirectory({
      directory: base,
      name: 'base',
      prefix: '',
      keepExecutable: true,
      cacheFile: NO_CACHE,
      image: { annotations: {} },
    });
    await new OciLayout(join(folder, 'base')).add(artifact, 'base', () => {});
    const reference = push('base', 'base', artifact.index.digest);

    serving(
      'lock',
      'models/net',
      '--variant',
      'shell',
      '--base',
      `${registry.host}/base:v1`,
      '--lock-file',
      'shell.json',
    );
    expect(lockOf('shell.json').base).toBe(reference.replace('@', ':v1@'));
    serving('pack', '--output', 'shell', '--lock-file', 'shell.json');
    const id = await podman.pull(push('shell', 'models-net', lockOf('shell.json').digest), 'amd64');
    const script = `ln -sf /proc/$$/root/models /mnt-models && cat /mnt-models/version/1/weights "/mnt-models/deep/er/${LONG}"`;
    expect(podman.exec(id, 'sh', '-c', script)).toBe('wlong');
  });
});
