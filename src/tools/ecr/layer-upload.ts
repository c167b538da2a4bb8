import { createHash } from 'node:crypto';
import type { Blob, Report } from '../artifact/artifact';
import { nameOf } from '../net/aws-error';
import { isRetryable } from '../net/network-error';
import { type RetryPolicy, sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import type { EcrApi } from './ecr-api';
import { partsOf } from './parts';
import type { UploadJournal } from './upload-journal';

/** The minimum part size of ECR, except for the last part. */
const MIN_PART = 5 * 2 ** 20;
/** The maximum number of parts of a layer. */
const MAX_PARTS = 4200;
/** The maximum part size. Layers of more than 42 GB need larger parts than ECR suggests. */
const MAX_PART = 20 * 2 ** 20;
const MIB = 2 ** 20;

/** The size of the parts of a layer: as small as the number of parts allows, because each is kept in memory. */
export function partSizeOf(layerSize: number): number {
  const size = Math.max(MIN_PART, Math.ceil(layerSize / MAX_PARTS / MIB) * MIB);
  if (size > MAX_PART)
    throw new StoreError(
      'LimitExceeded',
      `a layer of ${layerSize} bytes exceeds the limit of the layer API (${MAX_PARTS * MAX_PART}); use --transport http, or split the file`,
    );
  return size;
}

/** The settings of all uploads to one repository. */
export interface UploadSettings {
  /** `registry/repository`. */
  readonly repository: string;
  readonly journal: UploadJournal;
  readonly retry: RetryPolicy;
}

/** One upload through the layer API: parts in sequence, and after a failure from the last one that ECR has. */
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
    const entry = this.journal.claim(this.key) ?? (await this.start());
    let offset = entry.offset;
    while (offset < size) {
      const before = offset;
      for await (const part of partsOf(this.blob.read(offset), entry.partSize)) {
        const expected = offset + part.length;
        offset = await this.api.sendPart(entry.uploadId, offset, part);
        this.journal.write(this.key, { ...entry, offset });
        this.report({ event: 'sent', part: digest, bytes: part.length });
        // ECR has fewer or more bytes than this part: continue from there.
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

  private async start(): Promise<{ uploadId: string; partSize: number; offset: number; startedAt: number }> {
    const { uploadId } = await this.api.startUpload();
    const entry = { uploadId, partSize: partSizeOf(this.blob.size), offset: 0, startedAt: Date.now() };
    this.journal.write(this.key, entry);
    return entry;
  }

  /** Returns the error if a retry can help. An upload that ECR no longer has is restarted. */
  private asRetriable(error: unknown): Error {
    if (nameOf(error) === 'UploadNotFoundException') {
      this.journal.remove(this.key);
      return new StoreError(
        'ConnectionLost',
        `ECR no longer has an upload to ${this.repository}; run the command again`,
      );
    }
    if (isRetryable(error)) return error;
    // ECR has other bytes than those that were sent.
    if (error instanceof StoreError && error.code === 'DigestMismatch') this.journal.remove(this.key);
    throw error;
  }
}
