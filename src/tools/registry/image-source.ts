import type { Manifest } from '../artifact/artifact';
import { readBlob, streamBlob } from './blobs';
import { getManifest } from './manifests';
import type { RegistryClient } from './registry-client';

/** A repository that images are read from. */
export interface ImageSource {
  /** `registry/repository`. */
  readonly name: string;
  /** A manifest or an index, or undefined if it does not exist. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** A small blob such as an image config. */
  config(digest: string): Promise<Buffer>;
  /** A layer, starting at an offset. */
  layer(digest: string, size: number, from?: number): AsyncIterable<Buffer>;
}

/** Reads images over the HTTP API of registries. */
export function registrySource(client: RegistryClient): ImageSource {
  return {
    name: client.name,
    manifest: (reference) => getManifest(client, reference),
    config: (digest) => readBlob(client, digest),
    layer: (digest, size, from) => streamBlob(client, digest, size, from),
  };
}
