import type { Manifest, Verification } from '../artifact/artifact';
import { concurrently } from '../net/concurrently';
import { StoreError } from '../store-error';
import { blobSize } from './blob-upload';
import { type Descriptor, readIndex, readManifest } from './image-json';
import { getManifest, manifestDigest } from './manifests';
import type { RegistryClient } from './registry-client';
import { referenceOf, tagOf } from './registry-store';

const IN_FLIGHT = 6;

/** Follows an index down to its layers: manifests by their bytes, layers and configs by existence and size. */
export async function verifyIndex(client: RegistryClient, digest: string): Promise<Verification> {
  const reference = referenceOf(client.name, digest);
  const problems: string[] = [];
  const index = await readable(client, digest, 'the index', problems);
  if (index === undefined) return { reference, problems };
  const tagged = await manifestDigest(client, tagOf(digest));
  if (tagged !== digest)
    problems.push(
      tagged === undefined ? `the tag ${tagOf(digest)} is missing` : `the tag ${tagOf(digest)} stands for ${tagged}`,
    );
  const parts = new Map<string, Descriptor>();
  for (const child of readIndex(index, client.name)) {
    const manifest = await readable(client, child.digest, 'the manifest', problems);
    if (manifest === undefined) continue;
    for (const part of readManifest(manifest, client.name)) parts.set(part.digest, part);
  }
  await concurrently([...parts.values()], IN_FLIGHT, async (part) => {
    const size = await blobSize(client, part.digest);
    if (size === undefined) problems.push(`the layer ${part.digest} is missing`);
    else if (size !== part.size) problems.push(`the layer ${part.digest} has ${size} bytes and not ${part.size}`);
  });
  return { reference, problems: problems.sort() };
}

async function readable(
  client: RegistryClient,
  digest: string,
  what: string,
  problems: string[],
): Promise<Manifest | undefined> {
  try {
    const manifest = await getManifest(client, digest);
    if (manifest === undefined) problems.push(`${what} ${digest} is missing`);
    return manifest;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'DigestMismatch') throw error;
    problems.push(`${what} ${digest} is damaged`);
    return undefined;
  }
}
