import type { Artifact, Blob, PublishEvent, Store, Verification } from '../artifact/artifact';
import { concurrently } from '../net/concurrently';
import { BlobUpload } from './blob-upload';
import { manifestDigest, putManifest } from './manifests';
import { parseReference } from './reference';
import type { RegistryClient, Report } from './registry-client';
import { verifyIndex } from './verify-index';

export interface RegistryStoreOptions {
  /** How many layers are sent at once. @default 6 */
  readonly inFlight?: number;
  /** Tags beside the one that is the digest. @default - none */
  readonly tags?: readonly string[];
  /** Other repositories of the same registry that may have a layer already. @default - that of the layer's origin */
  readonly mountFrom?: readonly string[];
}

/** What ECR, the slowest of a single stream, was seen to gain from. */
const IN_FLIGHT = 6;

/** Artifacts in a repository of an OCI registry, spoken to over HTTP. */
export class RegistryStore implements Store {
  constructor(
    private readonly client: RegistryClient,
    private readonly options: RegistryStoreOptions = {},
  ) {}

  async publish(artifact: Artifact, report: Report): Promise<void> {
    const { index, manifests, blobs, name } = artifact;
    const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
    const counter = new SentBytes(report);
    report({ event: 'start', artifact: name, digest: index.digest, bytes });
    const missingTags = await this.missingTags(index.digest);
    // The index is put last, so all below it is there.
    const isComplete = missingTags.length < this.tags(index.digest).length;
    if (!isComplete) {
      // The largest first, so that none of them is begun when the others end.
      const order = [...blobs].sort((a, b) => b.size - a.size);
      await concurrently(order, this.options.inFlight ?? IN_FLIGHT, (blob) => this.putBlob(blob, counter));
      await concurrently(manifests, this.options.inFlight ?? IN_FLIGHT, (manifest) =>
        putManifest(this.client, manifest, manifest.digest, report),
      );
    }
    for (const tag of missingTags) await putManifest(this.client, index, tag, report);
    const reference = referenceOf(this.client.name, index.digest);
    report({ event: 'published', artifact: name, reference, bytesSent: counter.bytes });
  }

  verify(digest: string): Promise<Verification> {
    return verifyIndex(this.client, digest);
  }

  /** The tags that do not stand for the digest. */
  private async missingTags(digest: string): Promise<string[]> {
    const missing: string[] = [];
    for (const tag of this.tags(digest)) if ((await manifestDigest(this.client, tag)) !== digest) missing.push(tag);
    return missing;
  }

  private tags(digest: string): string[] {
    return [tagOf(digest), ...(this.options.tags ?? [])];
  }

  private async putBlob(blob: Blob, counter: SentBytes): Promise<void> {
    const mountFrom = [...originOf(blob, this.client), ...(this.options.mountFrom ?? [])];
    const arrival = await new BlobUpload(this.client, blob, mountFrom, counter.report).run();
    counter.report({ event: arrival === 'sent' ? 'done' : arrival, part: blob.digest, bytes: blob.size });
  }
}

/** The repository that a blob comes from, when it is of the same registry. */
function originOf({ origin }: Blob, { registry, repository }: RegistryClient): string[] {
  if (origin === undefined) return [];
  const from = parseReference(origin);
  return from.registry === registry && from.repository !== repository ? [from.repository] : [];
}

/** The tag that names an artifact: the digits of its digest. */
export function tagOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

/** The reference that the definitions render: by digest, with the tag by which clean-up tools know that it is used. */
export function referenceOf(name: string, digest: string): string {
  return `${name}:${tagOf(digest)}@${digest}`;
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
