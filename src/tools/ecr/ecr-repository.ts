import type { Blob, Manifest, Report } from '../artifact/artifact';
import { DEFAULT_RETRY, type RetryPolicy, sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import type { Arrival, ImageRepository } from '../stores/image-repository';
import type { EcrApi } from './ecr-api';
import { LayerUpload } from './layer-upload';
import { journalFolder, UploadJournal } from './upload-journal';

/** Each layer in flight keeps four copies of a part in memory: raw, in base64, in JSON, and in the request body. */
const IN_FLIGHT = 4;

/** An ECR repository that is accessed through the AWS API only. */
export class EcrRepository implements ImageRepository {
  readonly name: string;
  readonly inFlight = IN_FLIGHT;
  /** Layers that were uploaded, and that ECR may not see yet when it validates manifests. */
  private readonly sent = new Set<string>();

  constructor(
    private readonly api: EcrApi,
    registry: string,
    private readonly journal = new UploadJournal(journalFolder()),
    private readonly retry: RetryPolicy = DEFAULT_RETRY,
  ) {
    this.name = `${registry}/${api.repository}`;
  }

  async tagged(tag: string): Promise<string | undefined> {
    return (await this.api.image(tag))?.digest;
  }

  manifest(reference: string): Promise<Manifest | undefined> {
    return this.api.image(reference);
  }

  blob(digest: string): Promise<Buffer> {
    return this.api.blob(digest);
  }

  sizes(digests: readonly string[]): Promise<Map<string, number>> {
    return this.api.available(digests);
  }

  async putBlob(blob: Blob, report: Report): Promise<Arrival> {
    await new LayerUpload(
      this.api,
      blob,
      { repository: this.name, journal: this.journal, retry: this.retry },
      report,
    ).run();
    this.sent.add(blob.digest);
    return 'done';
  }

  async putManifest(manifest: Manifest, reference: string, report: Report): Promise<void> {
    await this.waitForLayers(manifest, report);
    const tag = reference === manifest.digest ? undefined : reference;
    await this.retryUntil(manifest, report, async () => (await this.api.putImage(manifest, tag)) === 'done');
  }

  close(): void {
    this.api.close();
  }

  private async waitForLayers(manifest: Manifest, report: Report): Promise<void> {
    await this.retryUntil(manifest, report, async () => {
      if (this.sent.size === 0) return true;
      for (const digest of (await this.api.available([...this.sent])).keys()) this.sent.delete(digest);
      return this.sent.size === 0;
    });
  }

  private async retryUntil({ digest }: Manifest, report: Report, isDone: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; !(await isDone()); attempt++) {
      const reason = `ECR does not see all parts of ${digest} yet`;
      if (attempt + 1 >= this.retry.attempts)
        throw new StoreError('StoreFailed', `${reason}; run the command again to resume`);
      const wait = waitBefore(attempt, this.retry);
      report({ event: 'retry', part: digest, reason, waitSeconds: wait / 1000 });
      await sleep(wait);
    }
  }
}
