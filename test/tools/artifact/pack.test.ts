import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Blob, HashEvent } from '../../../src/tools/artifact/artifact';
import { packDirectory } from '../../../src/tools/artifact/pack';
import { type ModelOptions, packModel } from '../../../src/tools/artifact/pack-model';
import { NO_CACHE, withScratch, writeFiles } from '../../support/scratch';

const FILES = {
  'config.json': '{}',
  'weights/model-1.bin': Buffer.alloc(300_000, 'weights'),
  [`deep/${'long-name-'.repeat(15)}.bin`]: 'x',
  'über.txt': 'ü',
};

/** Packs without a cache, unless one is named. */
const pack = (folder: string, change: Partial<ModelOptions> = {}) =>
  packModel({ directory: folder, key: 'models/net', variant: 'data', cacheFile: NO_CACHE, ...change });

async function bytesOf(blob: Pick<Blob, 'read'>, from?: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of blob.read(from)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('the image of a directory', () => {
  test('consists of blobs and manifests that match their digests and sizes', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, FILES));
      for (const blob of artifact.blobs) {
        const bytes = await bytesOf(blob);
        expect([digestOf(bytes), bytes.length]).toEqual([blob.digest, blob.size]);
      }
      for (const manifest of [...artifact.manifests, artifact.index]) {
        expect(digestOf(manifest.bytes)).toBe(manifest.digest);
      }
    });
  });

  test('has manifests for two platforms with the same layers, and no artifact type', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, FILES));
      const index = JSON.parse(artifact.index.bytes.toString());
      expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
        { architecture: 'amd64', os: 'linux' },
        { architecture: 'arm64', os: 'linux' },
      ]);
      const [amd64, arm64] = artifact.manifests.map(({ bytes }) => JSON.parse(bytes.toString()));
      expect(amd64.layers).toEqual(arm64.layers);
      expect(amd64.config.digest).not.toBe(arm64.config.digest);
      expect(JSON.stringify([index, amd64])).not.toContain('artifactType');
    });
  });

  test('has configs whose diff ids are the digests of the layers', async () => {
    await withScratch(async (folder) => {
      const { artifact, entry } = await pack(writeFiles(folder, FILES));
      const configs = artifact.blobs.filter(({ mediaType }) => mediaType.includes('config'));
      expect(configs).toHaveLength(2);
      for (const config of configs) {
        const { rootfs, created, history } = JSON.parse((await bytesOf(config)).toString());
        expect(rootfs).toEqual({ type: 'layers', diff_ids: entry.layers.map(({ digest }) => digest) });
        expect(created).toBe('1970-01-01T00:00:00Z');
        expect(history).toHaveLength(entry.layers.length);
      }
    });
  });

  test('has annotations with its name and source', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, FILES), { source: 'https://example.com/commit/1' });
      expect(JSON.parse(artifact.index.bytes.toString()).annotations).toEqual({
        'org.opencontainers.image.title': 'net',
        'org.opencontainers.image.source': 'https://example.com/commit/1',
      });
    });
  });

  test('can be read from any offset', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, FILES));
      const [layer] = artifact.blobs as [Blob];
      const whole = await bytesOf(layer);
      for (const from of [1, 511, 512, 1024, 5000, 300_000, whole.length - 1, whole.length]) {
        expect(digestOf(await bytesOf(layer, from))).toBe(digestOf(whole.subarray(from)));
      }
    });
  });
});

describe('the same files result in the same image', () => {
  test('in another directory, with other times, modes and owners', async () => {
    await withScratch(async (scratch) => {
      const first = writeFiles(join(scratch, 'first'), FILES);
      const second = join(scratch, 'elsewhere', 'second');
      cpSync(first, second, { recursive: true });
      for (const path of Object.keys(FILES)) {
        chmodSync(join(second, path), 0o700);
        utimesSync(join(second, path), 1, 1);
      }
      const [a, b] = [await pack(first), await pack(second)];
      expect(statSync(join(second, 'config.json')).mode).not.toBe(statSync(join(first, 'config.json')).mode);
      expect(b.entry).toEqual(a.entry);
    });
  });

  test('if they were created in another order', async () => {
    await withScratch(async (scratch) => {
      const [a, b] = [
        writeFiles(join(scratch, 'a'), FILES),
        writeFiles(join(scratch, 'b'), Object.fromEntries(Object.entries(FILES).reverse())),
      ];
      expect((await pack(b)).entry).toEqual((await pack(a)).entry);
    });
  });

  test('and different content results in a different image', async () => {
    await withScratch(async (folder) => {
      const before = await pack(writeFiles(folder, FILES));
      const after = await pack(writeFiles(folder, { 'config.json': '[]' }));
      expect(after.entry.digest).not.toBe(before.entry.digest);
    });
  });
});

describe('a file that changes', () => {
  const LARGE = 40 * 2 ** 20;
  const grow = (folder: string) => appendFileSync(join(folder, 'w'), 'x');

  test.each<[string, (folder: string) => void]>([
    ['grows', grow],
    ['shrinks', (folder) => truncateSync(join(folder, 'w'), 10)],
    ['is replaced', (folder) => execFileSync('sh', ['-c', 'cp w n && mv n w'], { cwd: folder })],
  ])('while it is hashed is refused: it %s', async (_, change) => {
    await withScratch(async (folder) => {
      writeFiles(folder, { w: '', z: '' });
      truncateSync(join(folder, 'w'), LARGE);
      let changed = false;
      const report = ({ event }: HashEvent) => {
        if (event !== 'read' || changed) return;
        changed = true;
        change(folder);
      };
      await expect(pack(folder, { report, workers: 1 })).rejects.toThrow(
        "'w' changed while it was read; run the command again when the file is complete",
      );
    });
  });

  test('between hashing and sending is refused when it is sent', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, { w: 'abc' }));
      grow(folder);
      await expect(bytesOf(artifact.blobs[0] as Blob)).rejects.toThrow("'w' changed while it was read");
      await expect(bytesOf(artifact.files[0]!)).rejects.toThrow("'w' changed while it was read");
    });
  });

  test('and is then deleted is refused', async () => {
    await withScratch(async (folder) => {
      const { artifact } = await pack(writeFiles(folder, { w: 'abc' }));
      execFileSync('rm', [join(folder, 'w')]);
      await expect(bytesOf(artifact.blobs[0] as Blob)).rejects.toThrow("'w' cannot be read (ENOENT)");
    });
  });
});

describe('the digests of an earlier run', () => {
  /** Packs twice with one cache and returns what the second run read. */
  async function secondRun(change: (folder: string) => void): Promise<string[]> {
    return withScratch(async (scratch) => {
      const folder = writeFiles(join(scratch, 'model'), { a: 'aaa', b: 'bbb' });
      const old = new Date(Date.now() - 60_000);
      const age = (path: string) => utimesSync(join(folder, path), old, old);
      age('a');
      age('b');
      const cacheFile = join(scratch, 'cache.json');
      // The files changed just now, so the cache gets a later time of hashing.
      await pack(folder, { cacheFile });
      const cached = JSON.parse(readFileSync(cacheFile, 'utf8'));
      for (const layer of cached.layers) layer.hashedAt += 10_000;
      writeFileSync(cacheFile, JSON.stringify(cached));
      change(folder);
      const events: string[] = [];
      await pack(folder, { cacheFile, report: ({ event }) => events.push(event) });
      return events;
    });
  }

  test('are used if nothing changed', async () => {
    expect(await secondRun(() => {})).toEqual(['hash', 'unchanged', 'hashed']);
  });

  test.each<[string, (folder: string) => void]>([
    ['a file was modified', (folder) => writeFileSync(join(folder, 'a'), 'aab')],
    ['a file was touched', (folder) => utimesSync(join(folder, 'a'), 5, 5)],
    ['a file was renamed', (folder) => execFileSync('mv', ['a', 'c'], { cwd: folder })],
    ['a file was added', (folder) => writeFileSync(join(folder, 'c'), '')],
    ['a directory was added', (folder) => mkdirSync(join(folder, 'd'))],
  ])('are not used if %s', async (_, change) => {
    expect(await secondRun(change)).toEqual(['hash', 'read', 'hashed']);
  });

  test('are not used if a file was written within two seconds of hashing', async () => {
    await withScratch(async (scratch) => {
      const folder = writeFiles(join(scratch, 'model'), { a: 'aaa' });
      const cacheFile = join(scratch, 'cache.json');
      await pack(folder, { cacheFile });
      const events: string[] = [];
      await pack(folder, { cacheFile, report: ({ event }) => events.push(event) });
      expect(events).toContain('read');
    });
  });

  test.each([
    '',
    '{',
    '{"format":1,"layers":7}',
    '{"format":99,"root":"","layers":[]}',
    'null',
  ])('are ignored if the cache is damaged: %j', async (text) => {
    await withScratch(async (scratch) => {
      const folder = writeFiles(join(scratch, 'model'), { a: 'aaa' });
      const cacheFile = join(scratch, 'cache.json');
      writeFileSync(cacheFile, text);
      await expect(pack(folder, { cacheFile })).resolves.toBeDefined();
    });
  });
});

test('an image with a base keeps the layers and the command of the base', async () => {
  await withScratch(async (folder) => {
    const below: Blob = {
      digest: `sha256:${'1'.repeat(64)}`,
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      size: 7,
      origin: 'r/base',
      async *read() {},
    };
    const config = Buffer.from(
      JSON.stringify({
        config: { Cmd: ['sh'], Env: ['A=1'] },
        rootfs: { type: 'layers', diff_ids: [`sha256:${'2'.repeat(64)}`] },
        history: [{ created_by: 'base' }],
      }),
    );
    const base = {
      reference: `r/base@sha256:${'3'.repeat(64)}`,
      locked: `r/base:1@sha256:${'3'.repeat(64)}`,
      platforms: [{ os: 'linux', architecture: 'arm64', variant: 'v8', config, layers: [below] }],
    };
    const { artifact, entry } = await pack(writeFiles(folder, { a: 'x' }), { variant: 'shell', base });
    const manifest = JSON.parse(artifact.manifests[0]!.bytes.toString());
    expect(manifest.layers[0]).toEqual({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: below.digest,
      size: 7,
    });
    const built = JSON.parse(
      (await bytesOf(artifact.blobs.find(({ mediaType }) => mediaType.includes('config'))!)).toString(),
    );
    expect(built).toMatchObject({ config: { Cmd: ['sh'], Env: ['A=1'] }, architecture: 'arm64', variant: 'v8' });
    expect(built.rootfs.diff_ids).toEqual([`sha256:${'2'.repeat(64)}`, entry.layers[0]!.digest]);
    expect(built.history).toHaveLength(2);
    expect(entry).toMatchObject({ base: base.locked, variant: 'shell' });
    expect(entry.platforms[0]!.compressedSize).toBe(7 + entry.layers[0]!.size);
  });
});

test('the prefix of a code directory is configurable', async () => {
  await withScratch(async (folder) => {
    const { artifact } = await packDirectory({
      directory: writeFiles(folder, { 'app.py': '' }),
      name: 'app',
      prefix: 'app/',
      image: { annotations: {} },
      cacheFile: NO_CACHE,
    });
    expect((await bytesOf(artifact.blobs[0]!)).toString('latin1', 512, 522)).toBe('app/app.py');
  });
});

describe('a program in a model', () => {
  const FILES = {
    'stub/run.sh': '#!/bin/sh\n',
    'stub/binary': '\u007fELF and more',
    'weights.bin': 'w',
    'notes.sh': '#!/bin/sh\n',
  };
  const filesIn = (folder: string) => {
    writeFiles(folder, FILES);
    for (const name of ['stub/run.sh', 'stub/binary', 'weights.bin']) chmodSync(join(folder, name), 0o755);
    return folder;
  };
  const modesIn = async (blobs: readonly Blob[]) => {
    const tar = Buffer.concat(await Promise.all(blobs.slice(0, 1).map((blob) => bytesOf(blob))));
    const modes: Record<string, string> = {};
    for (let at = 0; tar[at] !== 0; ) {
      const field = (start: number, length: number) =>
        tar
          .subarray(at + start, at + start + length)
          .toString('latin1')
          .replace(/\0.*$/, '');
      modes[field(0, 100)] = field(100, 8);
      at += 512 * (1 + Math.ceil(Number.parseInt(field(124, 12), 8) / 512));
    }
    return modes;
  };

  test('stays executable in the image and in the lock file, and data with that mode does not', async () => {
    await withScratch(async (folder) => {
      const { artifact, entry } = await pack(filesIn(folder));
      expect(await modesIn(artifact.blobs)).toEqual({
        'models/': '0000755',
        'models/notes.sh': '0000644',
        'models/stub/': '0000755',
        'models/stub/binary': '0000755',
        'models/stub/run.sh': '0000755',
        'models/weights.bin': '0000644',
      });
      expect(entry.layers[0]?.files).toEqual([
        { path: 'notes.sh', size: 10 },
        { path: 'stub/binary', size: 13, executable: true },
        { path: 'stub/run.sh', size: 10, executable: true },
        { path: 'weights.bin', size: 1 },
      ]);
    });
  });

  test('is packed as it was locked, also with another mode', async () => {
    await withScratch(async (folder) => {
      const cacheFile = join(folder, 'cache.json');
      const model = filesIn(join(folder, 'model'));
      const before = (await pack(model, { cacheFile, programs: new Set() })).entry.digest;
      const after = (await pack(model, { cacheFile })).entry.digest;
      expect(after).not.toBe(before);
      for (const name of Object.keys(FILES)) chmodSync(join(model, name), 0o644);
      const digestWith = async (programs: string[]) =>
        (await pack(model, { cacheFile, programs: new Set(programs) })).entry.digest;
      expect(await digestWith([])).toBe(before);
      expect(await digestWith(['stub/run.sh', 'stub/binary'])).toBe(after);
      expect(await digestWith(['stub/run.sh'])).not.toBe(after);
    });
  });
});
