import type { Manifest } from '../artifact/artifact';
import { readBlob, streamBlob } from './blobs';
import { getManifest } from './manifests';
import type { RegistryClient } from './registry-client';

/** One repository that images are read from. */
export interface ImageSource {
  /** `registry/repository`. */
  readonly name: string;
  /** A manifest or an index, or nothing when it is not there. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** A small blob such as an image config. */
  config(digest: string): Promise<Buffer>;
  /** A layer from an offset on. */
  layer(digest: string, size: number, from?: number): AsyncIterable<Buffer>;
}

/** Reads images over the HTTP of registries. */
export function registrySource(client: RegistryClient): ImageSource {
  return {
    name: client.name,
    manifest: (reference) => getManifest(client, reference),
    config: (digest) => readBlob(client, digest),
    layer: (digest, size, from) => streamBlob(client, digest, size, from),
  };
}
