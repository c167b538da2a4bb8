import type { Blob } from './artifact';

/** The base image of an artifact, as its registry describes it. */
export interface BaseImage {
  /** `registry/repository@sha256:…`. */
  readonly reference: string;
  /** The reference that the user specified, with the digest. It is locked, so that definitions can use the same reference. */
  readonly locked: string;
  /** The platforms that containers can run on. */
  readonly platforms: BasePlatform[];
}

/** One platform of a base image. */
export interface BasePlatform {
  readonly os: string;
  readonly architecture: string;
  /** The variant of the architecture, such as `v8`. @default - none */
  readonly variant?: string;
  /** The image config, byte by byte as in the registry. */
  readonly config: Buffer;
  /** The layers, the lowest first. */
  readonly layers: Blob[];
}
