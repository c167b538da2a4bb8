import type { Blob } from './artifact';

/** An image below the files of an artifact: what its registry says of it. */
export interface BaseImage {
  /** `registry/repository@sha256:…`. */
  readonly reference: string;
  /** As it was asked for, with the digest: what the lock file keeps, so that a definition can say the same. */
  readonly locked: string;
  /** One for each platform that a container can run on. */
  readonly platforms: BasePlatform[];
}

/** One platform of a base image. */
export interface BasePlatform {
  readonly os: string;
  readonly architecture: string;
  /** The variant of the architecture, such as `v8`. @default - none */
  readonly variant?: string;
  /** The image config as the registry keeps it. */
  readonly config: Buffer;
  /** The layers from the lowest to the highest. */
  readonly layers: Blob[];
}
