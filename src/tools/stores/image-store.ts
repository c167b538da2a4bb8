import type { Artifact, Blob, Report } from '../artifact/artifact';
import { concurrently } from '../net/concurrently';
import { StoreError } from '../net/store-error';
import { referenceOf, tagOf } from '../registry/reference';
import type { ImageRepository } from './image-repository';
import { SentBytes } from './sent-bytes';
import type { Store, Verification } from './store';
import { type EvidenceCheck, type FoundEvidence, verifyEvidence } from './verify-evidence';
import { hasSize, mismatchedTags, verifyIndex } from './verify-index';

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
    const toPut = [...(await mismatchedTags(repository, index.digest, tags)).keys()];
    const isTagged = !toPut.includes(tagOf(index.digest));
    // Parts may have been deleted since, even if the tags are correct.
    const isComplete = isTagged && (await verifyIndex(repository, index.digest, [])).length === 0;
    if (!isComplete) await this.putParts(artifact, counter.report);
    // If all tags are correct, the index itself may be damaged.
    const references = isComplete || toPut.length > 0 ? toPut : [index.digest];
    for (const reference of references) await repository.putManifest(index, reference, report);
    report({ event: 'published', artifact: name, reference: this.referenceOf(index.digest), bytesSent: counter.bytes });
  }

  async verify(digest: string): Promise<Verification> {
    const problems = await verifyIndex(this.repository, digest, [tagOf(digest), ...this.tags]);
    return { reference: this.referenceOf(digest), problems, surplus: [] };
  }

  /** The signatures and attestations of an artifact in the layout of cosign, and problems with them. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence> {
    return verifyEvidence(this.repository, digest, check);
  }

  close(): void {
    this.repository.close();
  }

  private async putParts({ blobs, manifests }: Artifact, report: Report): Promise<void> {
    const { repository } = this;
    const present = await repository.sizes(blobs.map(({ digest }) => digest));
    const isPresent = ({ digest, size }: Blob): boolean => hasSize(present.get(digest), size);
    for (const { digest, size } of blobs.filter(isPresent)) report({ event: 'present', part: digest, bytes: size });
    // Largest first, so that no large upload starts last.
    const missing = blobs.filter((blob) => !isPresent(blob)).sort((a, b) => b.size - a.size);
    await concurrently(missing, repository.inFlight, async (blob) => {
      const event = await repository.putBlob(blob, report);
      report({ event, part: blob.digest, bytes: blob.size });
    });
    await this.requireRepaired(missing.filter(({ digest }) => present.has(digest)));
    for (const manifest of manifests) await repository.putManifest(manifest, manifest.digest, report);
  }

  /** A registry may not replace a damaged blob, because it has one with that digest already. */
  private async requireRepaired(damaged: readonly Blob[]): Promise<void> {
    if (damaged.length === 0) return;
    const sizes = await this.repository.sizes(damaged.map(({ digest }) => digest));
    const broken = damaged.find(({ digest, size }) => !hasSize(sizes.get(digest), size));
    if (broken === undefined) return;
    throw new StoreError(
      'DigestMismatch',
      `${broken.digest} in ${this.repository.name} is damaged (${sizes.get(broken.digest)} of ${broken.size} bytes), and the registry does not replace it; delete it there, or publish to another repository`,
    );
  }
}

function sum(parts: readonly { readonly size: number }[]): number {
  return parts.reduce((total, { size }) => total + size, 0);
}
