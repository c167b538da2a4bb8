import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact, PublishEvent } from '../../src/tools/artifact/artifact';
import { OciLayout } from '../../src/tools/oci-layout';
import { withScratch } from '../support/scratch';
import { digestOf, noise, testArtifact } from '../support/stores/artifacts';

const artifact = testArtifact({ files: { 'a.bin': noise(300_000, 1), 'b.bin': noise(100, 2) } });

async function add(folder: string, content: Artifact = artifact): Promise<PublishEvent[]> {
  const events: PublishEvent[] = [];
  await new OciLayout(folder).add(content, 'net', (event) => events.push(event));
  return events;
}

const blobsOf = (folder: string): string => join(folder, 'blobs/sha256');

/** Every file has the bytes that its name says. */
function expectRight(folder: string): void {
  for (const name of readdirSync(blobsOf(folder)))
    expect(digestOf(readFileSync(join(blobsOf(folder), name)))).toBe(`sha256:${name}`);
}

test('a layout has everything under its digest, and is written once', async () => {
  await withScratch(async (folder) => {
    await add(folder);
    expect(readdirSync(blobsOf(folder))).toHaveLength(artifact.blobs.length + artifact.manifests.length + 1);
    expectRight(folder);
    expect((await add(folder)).filter(({ event }) => event === 'present')).toHaveLength(artifact.blobs.length);
  });
});

test.each<[string, Buffer, RegExp]>([
  ['other bytes', noise(artifact.blobs[0]!.size, 9), /^\[DigestMismatch\] the directory sends bytes of the digest/],
  ['more bytes', noise(900_000, 1), /^\[DigestMismatch\] the directory sends more than/],
  ['fewer bytes', noise(10, 1), /^\[ConnectionLost\] the directory ends sha256:/],
])('a layer of %s gets no name', async (_, bytes, message) => {
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

test('a link where a blob belongs is replaced, and what it leads to left alone', async () => {
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

test.each(['blobs', 'blobs/sha256'])("a link in place of the folder '%s' is refused", async (name) => {
  await withScratch(async (folder) => {
    mkdirSync(join(folder, 'elsewhere/sha256'), { recursive: true });
    mkdirSync(join(folder, 'layout', name, '..'), { recursive: true });
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'layout', name));
    await expect(add(join(folder, 'layout'))).rejects.toThrow(
      `${name}' must be a folder and not a link; name another folder`,
    );
    expect(readdirSync(join(folder, 'elsewhere'), { recursive: true })).toEqual(['sha256']);
  });
});
