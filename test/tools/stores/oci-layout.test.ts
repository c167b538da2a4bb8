import fs, { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact, PublishEvent } from '../../../src/tools/artifact/artifact';
import { OciLayout } from '../../../src/tools/stores/oci-layout';
import { withScratch } from '../../support/scratch';
import { digestOf, noise, testArtifact } from '../../support/stores/artifacts';

afterEach(() => jest.restoreAllMocks());

const artifact = testArtifact({ files: { 'a.bin': noise(300_000, 1), 'b.bin': noise(100, 2) } });

async function add(folder: string, content: Artifact = artifact): Promise<PublishEvent[]> {
  const events: PublishEvent[] = [];
  await new OciLayout(folder).add(content, 'net', (event) => events.push(event));
  return events;
}

const blobsOf = (folder: string): string => join(folder, 'blobs/sha256');

/** Expects every blob to match the digest in its name. */
function expectRight(folder: string): void {
  for (const name of readdirSync(blobsOf(folder)))
    expect(digestOf(readFileSync(join(blobsOf(folder), name)))).toBe(`sha256:${name}`);
}

test('a layout has every part under its digest, and is written once', async () => {
  await withScratch(async (folder) => {
    await add(folder);
    expect(readdirSync(blobsOf(folder))).toHaveLength(artifact.blobs.length + artifact.manifests.length + 1);
    expectRight(folder);
    expect((await add(folder)).filter(({ event }) => event === 'present')).toHaveLength(artifact.blobs.length);
  });
});

test.each<[string, Buffer, RegExp]>([
  [
    'other bytes',
    noise(artifact.blobs[0]!.size, 9),
    /^\[DigestMismatch\] sha256:\w+ from the directory has the digest/,
  ],
  ['more bytes', noise(900_000, 1), /^\[DigestMismatch\] sha256:\w+ from the directory has more than/],
  ['fewer bytes', noise(10, 1), /^\[ConnectionLost\] sha256:\w+ from the directory ends after/],
])('a layer with %s gets no final name', async (_, bytes, message) => {
  const [layer] = artifact.blobs;
  async function* read(): AsyncIterable<Buffer> {
    yield bytes;
  }
  const blobs = [{ ...layer!, read }, ...artifact.blobs.slice(1)];
  await withScratch(async (folder) => {
    await expect(add(folder, { ...artifact, blobs })).rejects.toThrow(message);
    expect(readdirSync(blobsOf(folder))).toEqual([]);
    expect(existsSync(join(folder, 'index.json'))).toBe(false);
  });
});

test('a link in place of a blob is replaced, and its target is not changed', async () => {
  await withScratch(async (folder) => {
    const victim = join(folder, 'victim');
    const layout = join(folder, 'layout');
    mkdirSync(blobsOf(layout), { recursive: true });
    writeFileSync(victim, 'victim');
    const { digest } = artifact.index;
    for (const name of [digest, artifact.blobs[0]!.digest]) symlinkSync(victim, join(blobsOf(layout), name.slice(7)));
    symlinkSync(victim, join(layout, 'oci-layout'));
    await add(layout);
    expect(readFileSync(victim, 'utf8')).toBe('victim');
    expectRight(layout);
  });
});

test.each(['blobs', 'blobs/sha256'])("a link in place of the folder '%s' is rejected", async (name) => {
  await withScratch(async (folder) => {
    mkdirSync(join(folder, 'elsewhere/sha256'), { recursive: true });
    mkdirSync(join(folder, 'layout', name, '..'), { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'layout', name));
    await expect(add(join(folder, 'layout'))).rejects.toThrow(
      `${name}' must be a folder and not a link; choose another folder`,
    );
    expect(readdirSync(join(folder, 'elsewhere'), { recursive: true })).toEqual(['sha256']);
  });
});

test('a disk that becomes full between two writes is reported, and no draft remains', async () => {
  const { createWriteStream } = fs;
  const full = (_: unknown, __: unknown, done: (error: Error) => void): void => {
    setImmediate(() => done(Object.assign(new Error('no space'), { code: 'ENOSPC' })));
  };
  jest.spyOn(fs, 'createWriteStream').mockImplementation((path, options) => {
    const file = createWriteStream(path, options);
    return Object.assign(file, { _write: full, _writev: undefined });
  });
  async function* read(): AsyncIterable<Buffer> {
    for (const seed of [1, 2, 3, 4]) {
      yield noise(1000, seed);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const [layer] = artifact.blobs;
  const blobs = [{ ...layer!, read }, ...artifact.blobs.slice(1)];
  await withScratch(async (folder) => {
    await expect(add(folder, { ...artifact, blobs })).rejects.toThrow(/cannot be written \(ENOSPC\)$/);
    expect(readdirSync(blobsOf(folder))).toEqual([]);
  });
});

test.each([
  '{"manifests":[null]}',
  '{"manifests":["x"]}',
  '{"manifests":{}}',
  '{}',
  'null',
  `{"manifests":${'['.repeat(100_000)}`,
])('%.30s is not the index of a layout', async (index) => {
  await withScratch(async (folder) => {
    writeFileSync(join(folder, 'index.json'), index);
    await expect(add(folder)).rejects.toThrow(
      `'${join(folder, 'index.json')}' is not the index of an OCI image layout; choose another folder`,
    );
  });
});
