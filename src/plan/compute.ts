import { type BackendIntent, type ImagePlatformIntent, ModelDeliveryKind } from './intents';
import { isBrought } from './models';
import { refuse } from './refuse';
import type { ModelPlan, Refusal } from './serving-plan';
import { mibOf } from './sizes';

/** An image of which the platforms are known. */
interface KnownImage {
  readonly what: string;
  readonly platforms: ImagePlatformIntent[];
}

/** Refuses images that the processors of a backend cannot run, and models that its disk cannot hold. */
export function refuseCompute(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  refuseArchitecture(backend, models, refusals);
  refuseScratch(backend, models, refusals);
  refuseDisk(backend, models, refusals);
}

/** The bytes that containers bring to each replica. */
export function broughtBytes(models: ModelPlan[]): number {
  return sum(models.filter(({ delivery }) => isBrought(delivery)).map(({ intent }) => intent.bytes ?? 0));
}

/** The bytes of the images that models are pulled in. */
export function modelImageBytes(models: ModelPlan[]): number {
  return sum(models.filter(isPulled).map(({ intent }) => intent.bytes ?? 0));
}

function isPulled({ delivery }: ModelPlan): boolean {
  return [ModelDeliveryKind.IMAGE_VOLUME, ModelDeliveryKind.COPY, ModelDeliveryKind.BAKED].includes(delivery);
}

function imagesOf({ name, imagePlatforms }: BackendIntent, models: ModelPlan[]): KnownImage[] {
  return [
    { what: `the image of backend '${name}'`, platforms: imagePlatforms ?? [] },
    ...models.filter(isPulled).map(({ intent }) => ({
      what: `the image of model '${intent.name}'`,
      platforms: intent.image?.platforms ?? [],
    })),
  ].filter(({ platforms }) => platforms.length > 0);
}

function refuseArchitecture(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const images = imagesOf(backend, models);
  const wanted = backend.architecture ?? backend.computeArchitecture;
  if (wanted !== undefined) {
    for (const { what, platforms } of images) {
      const has = architecturesOf(platforms);
      if (has.includes(wanted)) continue;
      refuse(
        refusals,
        'ArchitectureMismatch',
        backend.path,
        `${what} is locked for ${has.join(' and ')}, and ${
          backend.architecture === undefined ? `${backend.compute ?? 'the compute'} has` : "'architecture' says"
        } ${wanted}; build it for linux/${wanted} and lock it again, or set 'architecture' in 'resources'`,
      );
    }
    return;
  }
  const [first, ...others] = images;
  const rival = others.find(({ platforms }) => !shareOne(platforms, first?.platforms ?? []));
  if (first === undefined || rival === undefined) return;
  refuse(
    refusals,
    'ArchitectureMismatch',
    backend.path,
    `${first.what} is locked for ${architecturesOf(first.platforms).join(' and ')}, and ${rival.what} for ${architecturesOf(rival.platforms).join(' and ')}: no node runs both; build them for one architecture and lock them again`,
  );
}

/** Scratch disk that the user sized must hold what is brought into it. */
function refuseScratch(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const { ephemeralStorageMib, name } = backend;
  const needed = mibOf(broughtBytes(models));
  if (ephemeralStorageMib === undefined || needed <= ephemeralStorageMib) return;
  refuse(
    refusals,
    'DiskTooSmall',
    backend.path,
    `'ephemeralStorage' (${ephemeralStorageMib} MiB) of backend '${name}' must be at least ${needed} MiB: its models are copied into it; raise it, or deliver them in another way`,
  );
}

/**
 * A disk that images share holds each at least twice, packed and unpacked, beside what is brought. That is the least:
 * compressed layers are larger unpacked.
 */
function refuseDisk(backend: BackendIntent, models: ModelPlan[], refusals: Refusal[]): void {
  const { diskMib, maxDiskMib = Number.POSITIVE_INFINITY, compute = 'the compute', name } = backend;
  if (diskMib === undefined) return;
  const baked = models.find(({ delivery }) => delivery === ModelDeliveryKind.BAKED)?.intent.image?.platforms;
  const server = baked ?? backend.imagePlatforms ?? [];
  const pulled = models.filter((model) => isPulled(model) && model.delivery !== ModelDeliveryKind.BAKED);
  const images = mibOf(2 * (largest(server) + modelImageBytes(pulled)));
  const brought = mibOf(broughtBytes(models));
  const needed = Math.ceil((images + brought) / 1024) * 1024;
  if (needed <= diskMib) return;
  const way =
    needed <= maxDiskMib
      ? `set 'ephemeralStorage' in 'resources' to Size.gibibytes(${needed / 1024})`
      : `that is more than the ${maxDiskMib / 1024} GiB that ${compute} can have; use a volume, or a compute with larger disks`;
  refuse(
    refusals,
    'DiskTooSmall',
    backend.path,
    `the disk of backend '${name}' on ${compute} (${diskMib / 1024} GiB) must be at least ${needed / 1024} GiB: images take ${images} MiB, packed and unpacked, and models that are copied ${brought} MiB; ${way}`,
  );
}

function architecturesOf(platforms: ImagePlatformIntent[]): string[] {
  return platforms.map(({ architecture }) => architecture);
}

function shareOne(some: ImagePlatformIntent[], others: ImagePlatformIntent[]): boolean {
  const known = architecturesOf(others);
  return architecturesOf(some).some((architecture) => known.includes(architecture));
}

function largest(platforms: ImagePlatformIntent[]): number {
  return Math.max(0, ...platforms.map(({ bytes }) => bytes));
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
