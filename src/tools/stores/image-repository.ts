import type { Blob, Manifest, Report } from '../artifact/artifact';

/** How a blob that was missing came to be there. */
export type Arrival = 'mounted' | 'done';

/** One repository, by whatever protocol it is spoken to. */
export interface ImageRepository {
  /** `registry/repository`. */
  readonly name: string;
  /** How many blobs are best sent at once. */
  readonly inFlight: number;
  /** The digest that a tag stands for. */
  tagged(tag: string): Promise<string | undefined>;
  /** A manifest or an index by tag or digest. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** A small blob. */
  blob(digest: string): Promise<Buffer>;
  /** The sizes of those of the blobs that are there; `NaN` where the store does not say it. */
  sizes(digests: readonly string[]): Promise<Map<string, number>>;
  /** Brings a blob that is not there. */
  putBlob(blob: Blob, report: Report): Promise<Arrival>;
  /** Puts a manifest under a tag or its digest, when all that it names is there. */
  putManifest(manifest: Manifest, reference: string, report: Report): Promise<void>;
  close(): void;
}
