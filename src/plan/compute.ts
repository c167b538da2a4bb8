import { type BackendIntent, type ImagePlatformIntent, ModelDeliveryKind, type ModelIntent } from './intents';
import { isTransferred } from './models';
import { refuse } from './refuse';
import type { ModelPlan, Refusal } from './serving-plan';
import { mibOf } from './sizes';

/** An image whose platforms are known. */
interface KnownImage {
  readonly what: string;
  readonly platforms: ImagePlatformIntent[];
}

/** Refuses images for another architecture than that of a backend, and models that exceed its disk. */
export function refuseCompute(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  refuseArchitecture(backend, models, refusals);
  refuseScratch(backend, models, refusals);
  refuseDisk(backend, models, refusals);
}

/** The bytes of models that are transferred to each replica. */
export function transferredBytes(models: ModelPlan[]): number {
  return sum(models.filter(({ delivery }) => isTransferred(delivery)).map(({ intent }) => bytesOf(intent)));
}

/** The bytes of a fetched model. An archive, which is not larger than its files, is removed after it is unpacked. */
function bytesOf({ bytes = 0, archive = false }: ModelIntent): number {
  return archive ? 2 * bytes : bytes;
}

/** The bytes of models that are pulled as images. */
export function modelImageBytes(models: ModelPlan[]): number {
  return sum(models.filter(isPulled).map(({ intent }) => intent.bytes ?? 0));
}

function isPulled({ delivery }: ModelPlan): boolean {
  return [ModelDeliveryKind.IMAGE_VOLUME, ModelDeliveryKind.COPY, ModelDeliveryKind.BAKED].includes(delivery);
}

function imagesOf({ name, imagePlatforms, sidecars = [] }: BackendIntent, models: ModelPlan[]): KnownImage[] {
  return [
    { what: `the image of backend '${name}'`, platforms: imagePlatforms ?? [] },
    ...sidecars.map((sidecar) => ({
      what: `the image of sidecar '${sidecar.name}'`,
      platforms: sidecar.imagePlatforms ?? [],
    })),
    ...models.filter(isPulled).map(({ intent }) => ({
      what: `the image of model '${intent.name}'`,
      platforms: intent.image?.platforms ?? [],
    })),
  ].filter(({ platforms }) => platforms.length > 0);
}

function refuseArchitecture(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const images = imagesOf(backend, models);
  const required = backend.architecture ?? backend.computeArchitecture;
  if (required !== undefined) {
    for (const { what, platforms } of images) {
      const locked = architecturesOf(platforms);
      if (locked.includes(required)) continue;
      refuse(
        refusals,
        'ArchitectureMismatch',
        backend.path,
        `${what} is locked for ${locked.join(' and ')}, but ${
          backend.architecture === undefined ? `${backend.compute ?? 'the compute'} runs` : "'architecture' is"
        } ${required}; build it for linux/${required} and lock it again, or set 'architecture' in 'resources'`,
      );
    }
    return;
  }
  const [first, ...others] = images;
  const other = others.find(({ platforms }) => !overlaps(platforms, first?.platforms ?? []));
  if (first === undefined || other === undefined) return;
  refuse(
    refusals,
    'ArchitectureMismatch',
    backend.path,
    `${first.what} is locked for ${architecturesOf(first.platforms).join(' and ')}, but ${other.what} for ${architecturesOf(other.platforms).join(' and ')}, and no node can run both; build them for one architecture and lock them again`,
  );
}

/** A scratch disk whose size the user set must have room for the transferred models. */
function refuseScratch(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const { ephemeralStorageMib, name } = backend;
  const needed = mibOf(transferredBytes(models));
  if (ephemeralStorageMib === undefined || needed <= ephemeralStorageMib) return;
  refuse(
    refusals,
    'DiskTooSmall',
    backend.path,
    `'ephemeralStorage' (${ephemeralStorageMib} MiB) of backend '${name}' must be at least ${needed} MiB: its models are copied to this disk; raise the value, or use another 'delivery'`,
  );
}

/**
 * A disk with images contains each of them twice, packed and unpacked, in addition to the transferred models. This is a lower
 * bound, because compressed layers are larger when unpacked.
 */
function refuseDisk(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const { diskMib, maxDiskMib = Number.POSITIVE_INFINITY, compute = 'the compute', name } = backend;
  if (diskMib === undefined) return;
  const baked = models.find(({ delivery }) => delivery === ModelDeliveryKind.BAKED)?.intent.image?.platforms;
  const server = baked ?? backend.imagePlatforms ?? [];
  const pulled = models.filter((model) => isPulled(model) && model.delivery !== ModelDeliveryKind.BAKED);
  const sidecars = sum((backend.sidecars ?? []).map((sidecar) => largest(sidecar.imagePlatforms ?? [])));
  const images = mibOf(2 * (largest(server) + sidecars + modelImageBytes(pulled)));
  const transferred = mibOf(transferredBytes(models));
  const needed = Math.ceil((images + transferred) / 1024) * 1024;
  if (needed <= diskMib) return;
  const way =
    needed <= maxDiskMib
      ? `set 'ephemeralStorage' in 'resources' to Size.gibibytes(${needed / 1024})`
      : `this exceeds the maximum of ${maxDiskMib / 1024} GiB on ${compute}; use a volume, or compute with larger disks`;
  refuse(
    refusals,
    'DiskTooSmall',
    backend.path,
    `the disk of backend '${name}' on ${compute} (${diskMib / 1024} GiB) must be at least ${needed / 1024} GiB: images take ${images} MiB, packed and unpacked, and copied models ${transferred} MiB; ${way}`,
  );
}

function architecturesOf(platforms: ImagePlatformIntent[]): string[] {
  return platforms.map(({ architecture }) => architecture);
}

function overlaps(some: ImagePlatformIntent[], others: ImagePlatformIntent[]): boolean {
  const known = architecturesOf(others);
  return architecturesOf(some).some((architecture) => known.includes(architecture));
}

function largest(platforms: ImagePlatformIntent[]): number {
  return Math.max(0, ...platforms.map(({ bytes }) => bytes));
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
