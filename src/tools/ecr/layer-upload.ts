import { createHash } from 'node:crypto';
import type { Blob, Report } from '../artifact/artifact';
import { nameOf } from '../net/aws-error';
import { mayPass } from '../net/network-error';
import { type RetryPolicy, sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import type { EcrApi } from './ecr-api';
import { partsOf } from './parts';
import type { UploadJournal } from './upload-journal';

/** The least that ECR takes, but for the last part. */
const LEAST_PART = 5 * 2 ** 20;
/** The most parts of a layer. */
const MAX_PARTS = 4200;
/** The most that a part may have: more than ECR asks for is needed by layers of more than 42 GB. */
const MOST_PART = 20 * 2 ** 20;
const MIB = 2 ** 20;

/** The size of the parts of a layer: as small as the number of parts allows, because each is held in memory. */
export function partSizeOf(layerSize: number): number {
  const size = Math.max(LEAST_PART, Math.ceil(layerSize / MAX_PARTS / MIB) * MIB);
  if (size > MOST_PART)
    throw new StoreError(
      'LimitExceeded',
      `a layer of ${layerSize} bytes is larger than the layer API takes (${MAX_PARTS * MOST_PART}); use --transport http or divide the file`,
    );
  return size;
}

/** What all uploads to one repository have in common. */
export interface UploadSettings {
  /** `registry/repository`. */
  readonly repository: string;
  readonly journal: UploadJournal;
  readonly retry: RetryPolicy;
}

/** One upload through the layer API: parts one after the other, and after a failure from the last that ECR has. */
export class LayerUpload {
  private readonly repository: string;
  private readonly journal: UploadJournal;
  private readonly retry: RetryPolicy;
  private readonly key: string;

  constructor(
    private readonly api: EcrApi,
    private readonly blob: Blob,
    { repository, journal, retry }: UploadSettings,
    private readonly report: Report,
  ) {
    this.repository = repository;
    this.journal = journal;
    this.retry = retry;
    this.key = createHash('sha256').update(`${repository}@${blob.digest}`).digest('hex').slice(0, 32);
  }

  async run(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt();
      } catch (error) {
        const failure = this.asRetriable(error);
        if (attempt + 1 >= this.retry.attempts) throw failure;
        if ((await this.api.available([this.blob.digest])).has(this.blob.digest)) return this.journal.remove(this.key);
        const wait = waitBefore(attempt, this.retry);
        const kept = this.journal.claim(this.key)?.offset ?? 0;
        const { message: reason } = failure;
        this.report({ event: 'retry', part: this.blob.digest, reason, waitSeconds: wait / 1000, kept });
        await sleep(wait);
      }
    }
  }

  private async attempt(): Promise<void> {
    const { digest, size } = this.blob;
    const entry = this.journal.claim(this.key) ?? (await this.begin());
    let offset = entry.offset;
    while (offset < size) {
      const before = offset;
      for await (const part of partsOf(this.blob.read(offset), entry.partSize)) {
        const expected = offset + part.length;
        offset = await this.api.sendPart(entry.uploadId, offset, part);
        this.journal.write(this.key, { ...entry, offset });
        this.report({ event: 'sent', part: digest, bytes: part.length });
        // ECR has less or more than this part: go on where it is.
        if (offset !== expected) break;
      }
      if (offset === before)
        throw new StoreError(
          'UnexpectedAnswer',
          `ECR does not continue the upload of ${digest} at byte ${offset}; try again later`,
        );
    }
    await this.api.completeUpload(entry.uploadId, digest);
    this.journal.remove(this.key);
  }

  private async begin(): Promise<{ uploadId: string; partSize: number; offset: number; startedAt: number }> {
    const { uploadId } = await this.api.beginUpload();
    const entry = { uploadId, partSize: partSizeOf(this.blob.size), offset: 0, startedAt: Date.now() };
    this.journal.write(this.key, entry);
    return entry;
  }

  /** The error, when beginning again or going on can help. An upload that ECR forgot begins anew. */
  private asRetriable(error: unknown): Error {
    if (nameOf(error) === 'UploadNotFoundException') {
      this.journal.remove(this.key);
      return new StoreError('ConnectionLost', `ECR forgot an upload of ${this.repository}; run the command again`);
    }
    if (mayPass(error)) return error;
    // What ECR has is not what was sent.
    if (error instanceof StoreError && error.code === 'DigestMismatch') this.journal.remove(this.key);
    throw error;
  }
}
