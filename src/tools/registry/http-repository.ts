import type { Blob, Manifest, Report } from '../artifact/artifact';
import { concurrently } from '../net/concurrently';
import type { Arrival, ImageRepository } from '../stores/image-repository';
import { BlobUpload } from './blob-upload';
import { blobSize, readBlob } from './blobs';
import { getManifest, manifestDigest, putManifest } from './manifests';
import { parseReference } from './reference';
import type { RegistryClient } from './registry-client';

/** ECR, which has the slowest single streams, was measured to gain from up to this many. */
const IN_FLIGHT = 6;

/** A repository that is accessed over HTTP according to the distribution specification. */
export class HttpRepository implements ImageRepository {
  readonly name: string;
  readonly inFlight = IN_FLIGHT;

  constructor(
    private readonly client: RegistryClient,
    /** Other repositories of the same registry that layers may be mounted from. */
    private readonly mountFrom: readonly string[] = [],
  ) {
    this.name = client.name;
  }

  tagged(tag: string): Promise<string | undefined> {
    return manifestDigest(this.client, tag);
  }

  manifest(reference: string): Promise<Manifest | undefined> {
    return getManifest(this.client, reference);
  }

  blob(digest: string): Promise<Buffer> {
    return readBlob(this.client, digest);
  }

  async sizes(digests: readonly string[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    await concurrently(digests, IN_FLIGHT, async (digest) => {
      const size = await blobSize(this.client, digest);
      if (size !== undefined) sizes.set(digest, size);
    });
    return sizes;
  }

  putBlob(blob: Blob, report: Report): Promise<Arrival> {
    const mountFrom = [...new Set([...originOf(blob, this.client), ...this.mountFrom])];
    return new BlobUpload(this.client, blob, mountFrom, report).run();
  }

  putManifest(manifest: Manifest, reference: string, report: Report): Promise<void> {
    return putManifest(this.client, manifest, reference, report);
  }

  close(): void {
    this.client.close();
  }
}

/** The repository that a blob comes from, if it is in the same registry. */
function originOf({ origin }: Blob, { registry, repository }: RegistryClient): string[] {
  if (origin === undefined) return [];
  const from = parseReference(origin);
  return from.registry === registry && from.repository !== repository ? [from.repository] : [];
}
