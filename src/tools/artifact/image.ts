import { createHash } from 'node:crypto';
import type { LockedPlatform } from '../../models/lock/lock-file';
import { readJsonObject } from '../../private/json';
import type { Blob, Manifest } from './artifact';
import type { BaseImage, BasePlatform } from './base-image';

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
/** Uncompressed, so that the digest of a layer is also that of its content: weights do not compress. */
export const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';

/** A fixed date, so that an image does not depend on when it is built. */
const CREATED = '1970-01-01T00:00:00Z';

/** Both, because a runtime does not use an image for another platform. */
const DATA_PLATFORMS: readonly Pick<BasePlatform, 'os' | 'architecture' | 'variant'>[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

/** The OCI media types of Docker's layers, for manifests of OCI. */
const LAYER_TYPES: { readonly [type: string]: string } = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': `${LAYER_TYPE}+gzip`,
  'application/vnd.docker.image.rootfs.diff.tar': LAYER_TYPE,
};

/** The properties of an image other than its layers. */
export interface ImageOptions {
  /** The base image below the layers. @default - none, the image contains only the files */
  readonly base?: BaseImage;
  readonly annotations: { readonly [name: string]: string };
  /** Layers of a single platform, between the base and the shared layers. @default - none */
  readonly platformLayers?: (platform: BasePlatform) => readonly Blob[];
  /** Changes the container config of the base, such as its command. @default - unchanged */
  readonly configure?: (config: { readonly [name: string]: unknown }) => { readonly [name: string]: unknown };
}

/** An image for several platforms, which share the layers on top. */
export interface Image {
  readonly index: Manifest;
  readonly manifests: Manifest[];
  /** Configs and layers, without duplicates. */
  readonly blobs: Blob[];
  readonly platforms: LockedPlatform[];
}

/** Builds an image from layers, for each platform of the base, or for amd64 and arm64 without a base. */
export function buildImage(layers: readonly Blob[], options: ImageOptions): Image {
  const { base, annotations, configure = (config) => config, platformLayers = () => [] } = options;
  const blobs = new Map<string, Blob>();
  const manifests: Manifest[] = [];
  const platforms: LockedPlatform[] = [];
  const entries: object[] = [];
  for (const platform of base?.platforms ?? DATA_PLATFORMS) {
    const { os, architecture, variant } = platform;
    const below = 'layers' in platform ? (platform as BasePlatform) : undefined;
    const added = [...(below === undefined ? [] : platformLayers(below)), ...layers];
    const config = bytesBlob(CONFIG_TYPE, renderConfig(platform, below, added, configure));
    const all = [...(below?.layers ?? []), ...added];
    const manifest = manifestOf(MANIFEST_TYPE, {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: descriptorOf(config),
      layers: all.map(descriptorOf),
      annotations,
    });
    for (const blob of [...all, config]) blobs.set(blob.digest, blob);
    manifests.push(manifest);
    entries.push({
      mediaType: MANIFEST_TYPE,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    });
    platforms.push({
      os,
      architecture,
      digest: manifest.digest,
      compressedSize: all.reduce((sum, { size }) => sum + size, 0),
    });
  }
  const index = manifestOf(INDEX_TYPE, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: entries, annotations });
  return { index, manifests, blobs: [...blobs.values()], platforms };
}

/** The members of a config that an image inherits from its base, which was validated when it was read. */
interface ImageConfig {
  readonly config?: { readonly [name: string]: unknown };
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
  readonly history?: readonly object[];
}

function renderConfig(
  { os, architecture, variant }: Pick<BasePlatform, 'os' | 'architecture' | 'variant'>,
  base: BasePlatform | undefined,
  layers: readonly Blob[],
  configure: NonNullable<ImageOptions['configure']>,
): object {
  const below: ImageConfig = (base === undefined ? undefined : readJsonObject(base.config)) ?? {};
  return {
    ...below,
    created: CREATED,
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: configure(below.config ?? {}),
    rootfs: { type: 'layers', diff_ids: [...(below.rootfs?.diff_ids ?? []), ...layers.map(({ digest }) => digest)] },
    history: [...(below.history ?? []), ...layers.map(() => ({ created: CREATED, created_by: 'serving-constructs' }))],
  };
}

function descriptorOf({ mediaType, digest, size }: Blob): object {
  return { mediaType: LAYER_TYPES[mediaType] ?? mediaType, digest, size };
}

function manifestOf(mediaType: string, content: object): Manifest {
  const bytes = Buffer.from(JSON.stringify(content));
  return { digest: digestOf(bytes), mediaType, bytes };
}

/** A blob in memory. */
function bytesBlob(mediaType: string, content: object): Blob {
  const bytes = Buffer.from(JSON.stringify(content));
  return {
    digest: digestOf(bytes),
    mediaType,
    size: bytes.length,
    async *read(from = 0) {
      yield bytes.subarray(from);
    },
  };
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
