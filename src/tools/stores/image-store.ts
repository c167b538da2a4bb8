import type { Artifact, Blob, Report } from '../artifact/artifact';
import { concurrently } from '../net/concurrently';
import { StoreError } from '../net/store-error';
import { referenceOf, tagOf } from '../registry/reference';
import type { ImageRepository } from './image-repository';
import { SentBytes } from './sent-bytes';
import type { Store, Verification } from './store';
import { type EvidenceCheck, type FoundEvidence, verifyEvidence } from './verify-evidence';
import { hasSize, strayTags, verifyIndex } from './verify-index';

/** Artifacts as images: layers first, then manifests, then the index under its tags. */
export class ImageStore implements Store {
  constructor(
    private readonly repository: ImageRepository,
    private readonly tags: readonly string[] = [],
  ) {}

  referenceOf(digest: string): string {
    return referenceOf(this.repository.name, digest);
  }

  async publish(artifact: Artifact, report: Report): Promise<void> {
    const { repository } = this;
    const { index, name, blobs } = artifact;
    const counter = new SentBytes(report);
    report({ event: 'start', artifact: name, digest: index.digest, bytes: sum(blobs) });
    const tags = [tagOf(index.digest), ...this.tags];
    const astray = [...(await strayTags(repository, index.digest, tags)).keys()];
    const isTagged = !astray.includes(tagOf(index.digest));
    // Somebody may have removed a part of what was published, whatever the tags stand for.
    const isWhole = isTagged && (await verifyIndex(repository, index.digest, [])).length === 0;
    if (!isWhole) await this.putParts(artifact, counter.report);
    // Where all tags are right, the index itself may be what is damaged.
    const references = isWhole || astray.length > 0 ? astray : [index.digest];
    for (const reference of references) await repository.putManifest(index, reference, report);
    report({ event: 'published', artifact: name, reference: this.referenceOf(index.digest), bytesSent: counter.bytes });
  }

  async verify(digest: string): Promise<Verification> {
    const problems = await verifyIndex(this.repository, digest, [tagOf(digest), ...this.tags]);
    return { reference: this.referenceOf(digest), problems, surplus: [] };
  }

  /** What vouches for an artifact in the layout of cosign, and what is wrong with it. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence> {
    return verifyEvidence(this.repository, digest, check);
  }

  close(): void {
    this.repository.close();
  }

  private async putParts({ blobs, manifests }: Artifact, report: Report): Promise<void> {
    const { repository } = this;
    const present = await repository.sizes(blobs.map(({ digest }) => digest));
    const isThere = ({ digest, size }: Blob): boolean => hasSize(present.get(digest), size);
    for (const { digest, size } of blobs.filter(isThere)) report({ event: 'present', part: digest, bytes: size });
    // The largest first, so that none of them is begun when the others end.
    const missing = blobs.filter((blob) => !isThere(blob)).sort((a, b) => b.size - a.size);
    await concurrently(missing, repository.inFlight, async (blob) => {
      const event = await repository.putBlob(blob, report);
      report({ event, part: blob.digest, bytes: blob.size });
    });
    await this.requireMended(missing.filter(({ digest }) => present.has(digest)));
    for (const manifest of manifests) await repository.putManifest(manifest, manifest.digest, report);
  }

  /** A registry may keep the bytes that it has, although they are not what their name says. */
  private async requireMended(damaged: readonly Blob[]): Promise<void> {
    if (damaged.length === 0) return;
    const sizes = await this.repository.sizes(damaged.map(({ digest }) => digest));
    const broken = damaged.find(({ digest, size }) => !hasSize(sizes.get(digest), size));
    if (broken === undefined) return;
    throw new StoreError(
      'DigestMismatch',
      `${this.repository.name} keeps ${sizes.get(broken.digest)} bytes as ${broken.digest}, which has ${broken.size}, and takes no others; have it deleted there, or publish to another repository`,
    );
  }
}

function sum(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((total, { size }) => total + size, 0);
}
