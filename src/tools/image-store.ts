import type { Artifact, Blob, Manifest, PublishEvent, Store, Verification } from './artifact/artifact';
import { concurrently } from './net/concurrently';
import { referenceOf, tagOf } from './registry/reference';
import { type EvidenceCheck, type FoundEvidence, verifyEvidence } from './verify-evidence';
import { verifyIndex } from './verify-index';

export type Report = (event: PublishEvent) => void;

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
  /** The sizes of those of the blobs that are there. */
  sizes(digests: readonly string[]): Promise<Map<string, number>>;
  /** Brings a blob that is not there. */
  putBlob(blob: Blob, report: Report): Promise<Arrival>;
  /** Puts a manifest under a tag or its digest, when all that it names is there. */
  putManifest(manifest: Manifest, reference: string, report: Report): Promise<void>;
  close(): void;
}

/** Artifacts as images: layers first, then manifests, then the index under its tags. */
export class ImageStore implements Store {
  constructor(
    private readonly repository: ImageRepository,
    private readonly tags: readonly string[] = [],
  ) {}

  referenceOf(digest: string): string {
    return referenceOf(this.repository.name, digest);
  }

  async has(digest: string): Promise<boolean> {
    return (await this.missingTags(digest)).length === 0;
  }

  async publish(artifact: Artifact, report: Report): Promise<void> {
    const { repository } = this;
    const { index, name, blobs } = artifact;
    const counter = new SentBytes(report);
    report({ event: 'start', artifact: name, digest: index.digest, bytes: sum(blobs) });
    const missing = await this.missingTags(index.digest);
    // The index is put last: where one tag stands for it, all below it is there.
    if (missing.length === 1 + this.tags.length) await this.putParts(artifact, counter.report);
    for (const tag of missing) await repository.putManifest(index, tag, report);
    report({ event: 'published', artifact: name, reference: this.referenceOf(index.digest), bytesSent: counter.bytes });
  }

  verify(digest: string): Promise<Verification> {
    return verifyIndex(this.repository, digest);
  }

  /** What vouches for an artifact in the layout of cosign, and what is wrong with it. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence> {
    return verifyEvidence(this.repository, digest, check);
  }

  close(): void {
    this.repository.close();
  }

  /** The tags that do not stand for the digest. */
  private async missingTags(digest: string): Promise<string[]> {
    const missing: string[] = [];
    for (const tag of [tagOf(digest), ...this.tags])
      if ((await this.repository.tagged(tag)) !== digest) missing.push(tag);
    return missing;
  }

  private async putParts({ blobs, manifests }: Artifact, report: Report): Promise<void> {
    const { repository } = this;
    const present = await repository.sizes(blobs.map(({ digest }) => digest));
    const isThere = ({ digest, size }: Blob): boolean => present.get(digest) === size;
    for (const { digest, size } of blobs.filter(isThere)) report({ event: 'present', part: digest, bytes: size });
    // The largest first, so that none of them is begun when the others end.
    const missing = blobs.filter((blob) => !isThere(blob)).sort((a, b) => b.size - a.size);
    await concurrently(missing, repository.inFlight, async (blob) => {
      const event = await repository.putBlob(blob, report);
      report({ event, part: blob.digest, bytes: blob.size });
    });
    for (const manifest of manifests) await repository.putManifest(manifest, manifest.digest, report);
  }
}

/** Counts what went over the wire, what had to be sent again included. */
export class SentBytes {
  bytes = 0;

  constructor(private readonly inner: Report) {}

  readonly report = (event: PublishEvent): void => {
    if (event.event === 'sent') this.bytes += event.bytes;
    this.inner(event);
  };
}

function sum(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((total, { size }) => total + size, 0);
}
