import type { Manifest, Verification } from './artifact/artifact';
import type { ImageRepository } from './image-store';
import { type Descriptor, readIndex, readManifest } from './registry/image-json';
import { referenceOf, tagOf } from './registry/reference';
import { StoreError } from './store-error';

/** Follows an index down to its layers: manifests by their bytes, layers and configs by existence and size. */
export async function verifyIndex(repository: ImageRepository, digest: string): Promise<Verification> {
  const reference = referenceOf(repository.name, digest);
  const problems: string[] = [];
  const index = await read(repository, digest, 'the index', problems);
  if (index === undefined) return { reference, problems };
  const tag = tagOf(digest);
  const tagged = await repository.tagged(tag);
  if (tagged === undefined) problems.push(`the tag ${tag} is missing`);
  else if (tagged !== digest) problems.push(`the tag ${tag} stands for ${tagged}`);
  const parts = new Map<string, Descriptor>();
  for (const child of readIndex(index, repository.name)) {
    const manifest = await read(repository, child.digest, 'the manifest', problems);
    if (manifest === undefined) continue;
    for (const part of readManifest(manifest, repository.name)) parts.set(part.digest, part);
  }
  const sizes = await repository.sizes([...parts.keys()]);
  for (const [part, { size }] of parts) {
    const found = sizes.get(part);
    if (found === undefined) problems.push(`the layer ${part} is missing`);
    else if (found !== size) problems.push(`the layer ${part} has ${found} bytes and not ${size}`);
  }
  return { reference, problems };
}

async function read(
  repository: ImageRepository,
  digest: string,
  what: string,
  problems: string[],
): Promise<Manifest | undefined> {
  try {
    const manifest = await repository.manifest(digest);
    if (manifest === undefined) problems.push(`${what} ${digest} is missing`);
    return manifest;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'DigestMismatch') throw error;
    problems.push(`${what} ${digest} is damaged`);
    return undefined;
  }
}
