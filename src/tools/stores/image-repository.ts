import type { Blob, Manifest, Report } from '../artifact/artifact';

/** How a missing blob was added: mounted from another repository, or uploaded. */
export type Arrival = 'mounted' | 'done';

/** One repository, independent of the protocol. */
export interface ImageRepository {
  /** `registry/repository`. */
  readonly name: string;
  /** How many blobs to upload concurrently. */
  readonly inFlight: number;
  /** The digest of a tag. */
  tagged(tag: string): Promise<string | undefined>;
  /** A manifest or an index by tag or digest. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** A small blob. */
  blob(digest: string): Promise<Buffer>;
  /** The sizes of the blobs that exist; `NaN` if the store does not report a size. */
  sizes(digests: readonly string[]): Promise<Map<string, number>>;
  /** Uploads a missing blob. */
  putBlob(blob: Blob, report: Report): Promise<Arrival>;
  /** Puts a manifest under a tag or its digest, after all its parts exist. */
  putManifest(manifest: Manifest, reference: string, report: Report): Promise<void>;
  close(): void;
}
