import { readJsonObject } from '../../private/json';
import { isDigest, isObject } from '../../private/kinds';
import type { Manifest } from '../artifact/artifact';
import { StoreError } from '../net/store-error';

/** The platform of an image. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** How an index or a manifest describes one of its parts. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** What registries must accept (distribution specification 1.1). */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20;
/** The largest indexes have a few dozen: platforms, and an attestation for each. */
export const MAX_MANIFESTS = 256;
/** ECR accepts 500, and runtimes about 127. */
export const MAX_LAYERS = 512;
/** All manifests of an index, or configs of an image, are kept in memory. */
export const MAX_TOTAL_BYTES = 32 * 2 ** 20;
/** More than any registry accepts; sums of such sizes are exact. */
const MAX_BLOB_BYTES = 2 ** 40;

/** RFC 6838, section 4.2. */
const MEDIA_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}$/;
const PLATFORM_WORD = /^[A-Za-z0-9][\w.+-]{0,63}$/;
const INDEX_TYPE = /image\.index|manifest\.list/;

/** The manifests of an index. */
export function readIndex(index: Manifest, name: string): Descriptor[] {
  const { manifests } = read(index, name);
  const list = descriptors(manifests, index, name, { what: 'manifests', max: MAX_MANIFESTS });
  if (list.some(({ mediaType }) => INDEX_TYPE.test(mediaType)))
    throw new StoreError(
      'UnexpectedAnswer',
      `${name} has an index in the index ${index.digest}; nested indexes are not supported`,
    );
  requireTotal(list, 'manifests', index.digest, name);
  return list;
}

/** The config and the layers of a manifest. The `urls` of a descriptor, which name other locations, are ignored. */
export function readManifest(manifest: Manifest, name: string): Descriptor[] {
  const { config, layers } = read(manifest, name);
  return [
    ...descriptors([config], manifest, name, { what: 'configs', max: 1 }),
    ...descriptors(layers, manifest, name, { what: 'layers', max: MAX_LAYERS }),
  ];
}

/** Rejects parts that are too large in total to be kept in memory. */
export function requireTotal(parts: readonly Descriptor[], what: string, digest: string, name: string): void {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_TOTAL_BYTES) return;
  throw new StoreError(
    'LimitExceeded',
    `${name} lists ${what} of ${total} bytes in ${digest}; at most ${MAX_TOTAL_BYTES} are supported`,
  );
}

/** The platform in an image config. Rejects a config in which a member that is used has the wrong type. */
export function readConfig(config: Buffer, digest: string, name: string): Platform {
  const json = readJsonObject(config);
  if (json === undefined || !isPlatform(json) || !isUsable(json)) throw unreadable(digest, name);
  return plain(json);
}

function plain({ os, architecture, variant }: Platform): Platform {
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** Go writes missing members as `null`. */
function isUsable({ config, rootfs, history }: Record<string, unknown>): boolean {
  const { Env } = isObject(config) ? config : {};
  const { diff_ids } = isObject(rootfs) ? rootfs : {};
  return (
    isObject(config ?? {}) &&
    isObject(rootfs ?? {}) &&
    isListOf(Env, (variable) => typeof variable === 'string') &&
    isListOf(diff_ids, isDigest) &&
    isListOf(history, isObject)
  );
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isOne));
}

/** An index or a manifest. It must not be both, because clients would then see different images. */
function read(manifest: Manifest, name: string): Record<string, unknown> {
  const json = readJsonObject(manifest.bytes);
  const types = [manifest.mediaType, json?.mediaType].filter((type) => typeof type === 'string' && type !== '');
  const isIndex = types.some((type) => INDEX_TYPE.test(type as string));
  const isManifest = types.some((type) => /image\.manifest|distribution\.manifest\.v2/.test(type as string));
  const isBoth = (isIndex && isManifest) || (json !== undefined && 'manifests' in json && 'layers' in json);
  if (json === undefined || isBoth) throw unreadable(manifest.digest, name);
  return json;
}

function descriptors(
  list: unknown,
  { digest }: Manifest,
  name: string,
  { what, max }: { readonly what: string; readonly max: number },
): Descriptor[] {
  if (Array.isArray(list) && list.length > max)
    throw new StoreError(
      'LimitExceeded',
      `${name} lists ${list.length} ${what} in ${digest}; at most ${max} are supported`,
    );
  if (!Array.isArray(list) || !list.every(isDescriptor)) throw unreadable(digest, name);
  return list.map(({ mediaType, digest, size, platform, annotations }) => ({
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform: plain(platform) }),
    ...(isObject(annotations) ? { annotations } : {}),
  }));
}

function isDescriptor(value: unknown): value is Descriptor {
  if (!isObject(value)) return false;
  const { mediaType, digest, size, platform } = value;
  const isKnown = isMatch(mediaType, MEDIA_TYPE) && isDigest(digest);
  const isSize = Number.isSafeInteger(size) && (size as number) >= 0 && (size as number) <= MAX_BLOB_BYTES;
  return isKnown && isSize && (platform === undefined || isPlatform(platform));
}

/** These values are printed and written to the lock file. */
function isPlatform(value: unknown): value is Platform {
  if (!isObject(value)) return false;
  const { os, architecture, variant } = value;
  return (
    isMatch(os, PLATFORM_WORD) &&
    isMatch(architecture, PLATFORM_WORD) &&
    (variant === undefined || variant === null || variant === '' || isMatch(variant, PLATFORM_WORD))
  );
}

function isMatch(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function unreadable(digest: string, name: string): StoreError {
  return new StoreError('UnexpectedAnswer', `${digest} in ${name} is not an image; check the reference`);
}
