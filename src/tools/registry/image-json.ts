import type { Manifest } from '../artifact/artifact';
import { StoreError } from '../store-error';

/** What an image runs on. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** What an index or a manifest says of one of its parts. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
}

/** The manifests of an index. */
export function readIndex(index: Manifest, name: string): Descriptor[] {
  const { manifests } = parse(index, name);
  return descriptors(manifests, index, name);
}

/** The config and the layers of a manifest. */
export function readManifest(manifest: Manifest, name: string): Descriptor[] {
  const { config, layers } = parse(manifest, name);
  return descriptors([config, ...(Array.isArray(layers) ? layers : [undefined])], manifest, name);
}

/** The platform that an image config names. */
export function readConfig(config: Buffer, digest: string, name: string): Platform {
  const json = parse({ bytes: config, digest, mediaType: '' }, name);
  if (!isPlatform(json)) throw unreadable({ bytes: config, digest, mediaType: '' }, name);
  const { os, architecture, variant } = json;
  return { os, architecture, ...(typeof variant === 'string' ? { variant } : {}) };
}

function parse(manifest: Manifest, name: string): Record<string, unknown> {
  try {
    const json = JSON.parse(manifest.bytes.toString('utf8')) as unknown;
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw unreadable(manifest, name);
}

function descriptors(list: unknown, manifest: Manifest, name: string): Descriptor[] {
  if (!Array.isArray(list) || !list.every(isDescriptor)) throw unreadable(manifest, name);
  return list;
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size, platform } = value as Record<string, unknown>;
  const isKnown = typeof mediaType === 'string' && typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest);
  return (
    isKnown && Number.isSafeInteger(size) && (size as number) >= 0 && (platform === undefined || isPlatform(platform))
  );
}

function isPlatform(value: unknown): value is Platform {
  if (typeof value !== 'object' || value === null) return false;
  const { os, architecture } = value as Record<string, unknown>;
  return typeof os === 'string' && typeof architecture === 'string';
}

function unreadable({ digest }: Manifest, name: string): StoreError {
  return new StoreError(
    'UnexpectedAnswer',
    `${name} keeps something else than an image as ${digest}; check the reference`,
  );
}
