import type { Manifest } from '../artifact/artifact';
import { StoreError } from '../net/store-error';
import { type Descriptor, readIndex, readManifest } from '../registry/image-json';
import type { ImageRepository } from './image-repository';

/** The tags that do not point to a digest, with the digest that they point to. */
export async function mismatchedTags(
  repository: ImageRepository,
  digest: string,
  tags: readonly string[],
): Promise<Map<string, string | undefined>> {
  const mismatched = new Map<string, string | undefined>();
  for (const tag of tags) {
    const found = await repository.tagged(tag);
    if (found !== digest) mismatched.set(tag, found);
  }
  return mismatched;
}

/**
 * Verifies an index down to its layers: manifests by content, layers and configs by existence and size. Returns what is
 * missing or differs, including tags that point elsewhere.
 */
export async function verifyIndex(
  repository: ImageRepository,
  digest: string,
  tags: readonly string[],
): Promise<string[]> {
  const problems: string[] = [];
  const index = await read(repository, digest, 'the index', problems);
  if (index === undefined) return problems;
  for (const [tag, found] of await mismatchedTags(repository, digest, tags))
    problems.push(found === undefined ? `the tag ${tag} is missing` : `the tag ${tag} points to ${found}`);
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
    else if (!hasSize(found, size)) problems.push(`the layer ${part} has ${found} bytes instead of ${size}`);
  }
  return problems;
}

/** Whether a blob has the expected size, or the store reports none. */
export function hasSize(found: number | undefined, size: number): boolean {
  return found === size || Number.isNaN(found);
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
