import type { LockedImage, LockedPlatform } from '../../models/lock/lock-file';
import type { Blob, Manifest } from '../artifact/artifact';
import type { BaseImage, BasePlatform } from '../artifact/base-image';
import { mapConcurrently } from '../net/concurrently';
import { StoreError } from '../net/store-error';
import { VerifiedBytes } from '../net/verified';
import { type Descriptor, type Platform, readConfig, readIndex, readManifest, requireTotal } from './image-json';
import type { ImageSource } from './image-source';
import { MEDIA_TYPES } from './manifests';
import { parseReference } from './reference';
import { openSource } from './sources';

/** Options of reading an image. */
export interface ResolveOptions {
  /** Use HTTP without TLS. @default - on this machine only */
  readonly plainHttp?: boolean;
}

/** Concurrent requests. */
const IN_FLIGHT = 6;

/** One platform of an image with the content of its manifest. */
interface ResolvedPlatform {
  readonly platform: Platform;
  readonly manifest: Manifest;
  readonly config: Descriptor;
  readonly layers: Descriptor[];
}

/** Looks an image up: the current digest of its tag, its platforms and their sizes. */
export async function resolveImage(reference: string, options: ResolveOptions = {}): Promise<LockedImage> {
  const parsed = parseReference(reference);
  return resolveFrom(await openSource(parsed, options), parsed.digest ?? parsed.tag ?? 'latest', reference);
}

/** The same in a repository that is already open. */
export async function resolveFrom(source: ImageSource, tag: string, reference: string): Promise<LockedImage> {
  const top = await topOf(source, tag, reference);
  const platforms = await platformsOf(source, top);
  return {
    digest: top.digest,
    mediaType: top.mediaType,
    platforms: platforms.map(
      ({ platform, manifest, layers }): LockedPlatform => ({
        os: platform.os,
        architecture: platform.architecture,
        digest: manifest.digest,
        compressedSize: layers.reduce((sum, { size }) => sum + size, 0),
      }),
    ),
  };
}

/** Looks a base image up. Its layers are read only when they are uploaded elsewhere. */
export async function loadBaseImage(reference: string, options: ResolveOptions = {}): Promise<BaseImage> {
  const parsed = parseReference(reference);
  return loadFrom(await openSource(parsed, options), parsed.digest ?? parsed.tag ?? 'latest', reference);
}

/** The same in a repository that is already open. */
export async function loadFrom(source: ImageSource, tag: string, reference: string): Promise<BaseImage> {
  const top = await topOf(source, tag, reference);
  const platforms = await platformsOf(source, top);
  const configs = platforms.map(({ config }) => config);
  requireTotal(configs, 'configs', top.digest, source.name);
  return {
    reference: `${source.name}@${top.digest}`,
    locked: reference.includes('@') ? reference : `${reference}@${top.digest}`,
    platforms: await mapConcurrently(platforms, IN_FLIGHT, (platform) => basePlatform(source, platform)),
  };
}

async function topOf(source: ImageSource, tag: string, reference: string): Promise<Manifest> {
  const top = await source.manifest(tag);
  if (top !== undefined) return top;
  throw new StoreError(
    'NotFound',
    `'${reference}' is not in ${source.name}; check its name and tag, and that your credentials can read it`,
  );
}

async function platformsOf(source: ImageSource, top: Manifest): Promise<ResolvedPlatform[]> {
  if (!isOneOf(MEDIA_TYPES.index, top.mediaType)) {
    const [config, ...layers] = readManifest(top, source.name) as [Descriptor, ...Descriptor[]];
    const platform = readConfig(await source.config(config.digest), config.digest, source.name);
    return [{ platform, manifest: top, config, layers }];
  }
  // Attestations are listed in an index as images of an unknown platform.
  const children = readIndex(top, source.name).filter(
    ({ platform }) => platform !== undefined && platform.os !== 'unknown',
  );
  return mapConcurrently(children, IN_FLIGHT, async ({ digest, size, platform }) => {
    const manifest = await source.manifest(digest);
    if (manifest === undefined)
      throw new StoreError('NotFound', `${source.name} lists ${digest} in ${top.digest} but does not have it`);
    requireSize(manifest.bytes, { digest, size }, source.name);
    const [config, ...layers] = readManifest(manifest, source.name) as [Descriptor, ...Descriptor[]];
    return { platform: platform as Platform, manifest, config, layers };
  });
}

/** Limits are checked with the declared sizes, so these must be correct. */
function requireSize(bytes: Buffer, { digest, size }: Pick<Descriptor, 'digest' | 'size'>, name: string): void {
  if (bytes.length === size) return;
  throw new StoreError('DigestMismatch', `${name} lists ${digest} with ${size} bytes, but it has ${bytes.length}`);
}

async function basePlatform(
  source: ImageSource,
  { platform, config, layers }: ResolvedPlatform,
): Promise<BasePlatform> {
  const bytes = await source.config(config.digest);
  requireSize(bytes, config, source.name);
  readConfig(bytes, config.digest, source.name);
  return { ...platform, config: bytes, layers: layers.map((layer) => layerBlob(source, layer)) };
}

/** A layer that is read from the registry while it is uploaded elsewhere, and verified in transit. */
function layerBlob(source: ImageSource, { digest, mediaType, size }: Descriptor): Blob {
  const verified = new VerifiedBytes({ digest, size, source: source.name }, (from) => source.layer(digest, size, from));
  return { digest, mediaType, size, origin: source.name, read: (from) => verified.read(from) };
}

function isOneOf(types: readonly string[], type: string): boolean {
  return types.includes(type);
}
