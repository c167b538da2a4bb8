import type { ArtifactFile, Report } from '../artifact/artifact';
import { StoreError } from '../net/store-error';
import type { FileRecord } from './marker';
import { type PartPlan, planParts } from './part-plan';
import type { S3Bucket, StoredPart } from './s3-bucket';

/** The object that a file becomes. */
export interface UploadTarget {
  readonly key: string;
  /** The checksum of the object published before. @default - any checksum is accepted */
  readonly published?: string;
}

/** The upload of one file: in one request if it is small, otherwise in parts, in any order. */
export class FileUpload {
  private readonly key: string;
  private readonly published?: string;
  private readonly plan: PartPlan[];
  private readonly done = new Map<number, StoredPart>();
  private uploadId: string | undefined;
  private checksum: string | undefined;

  constructor(
    private readonly bucket: S3Bucket,
    readonly file: ArtifactFile,
    { key, published }: UploadTarget,
    private readonly report: Report,
  ) {
    this.key = key;
    this.published = published;
    this.plan = planParts(file.size);
  }

  /** Looks for what S3 already has: the file, or parts of it. */
  async prepare(presentSize: number | undefined): Promise<void> {
    const { path, size } = this.file;
    if (presentSize === size && (await this.adopt())) return this.report({ event: 'present', part: path, bytes: size });
    if (this.plan.length === 1) return;
    this.uploadId = await this.resume();
    if (this.uploadId === undefined) this.uploadId = await this.bucket.startUpload(this.key);
    // All parts may be uploaded, but not completed.
    await this.completeWhenWhole();
  }

  /** The parts that are still to be sent. */
  missing(): PartPlan[] {
    return this.checksum === undefined ? this.plan.filter(({ number }) => !this.done.has(number)) : [];
  }

  /** Sends a part. The last one completes the file. */
  async send(part: PartPlan): Promise<void> {
    if (this.checksum !== undefined) return;
    const body = await this.read(part);
    if (this.uploadId === undefined) {
      this.checksum = await this.bucket.put(this.key, body);
      this.sent(part);
      this.report({ event: 'done', part: this.file.path, bytes: this.file.size });
      return;
    }
    const stored = await this.bucket.sendPart(this.key, this.uploadId, part.number, body);
    if (stored === undefined) return this.lost();
    this.sent(part);
    this.done.set(part.number, stored);
    await this.completeWhenWhole();
  }

  record(): FileRecord {
    const { path, size } = this.file;
    if (this.checksum === undefined) throw new Error(`the upload of '${path}' is not complete`);
    return { path, size, checksum: this.checksum };
  }

  private sent({ length }: PartPlan): void {
    this.report({ event: 'sent', part: this.file.path, bytes: length });
  }

  private async completeWhenWhole(): Promise<void> {
    if (this.uploadId === undefined || this.done.size < this.plan.length) return;
    const parts = [...this.done.values()];
    this.checksum = await this.bucket.completeUpload(this.key, this.uploadId, parts);
    if (this.checksum === undefined) return this.lost();
    this.report({ event: 'done', part: this.file.path, bytes: this.file.size });
  }

  /** The upload no longer exists: another publisher completed it, or S3 dropped it. */
  private async lost(): Promise<void> {
    if (await this.adopt()) return;
    throw new StoreError('ConnectionLost', `S3 no longer has the upload of '${this.file.path}'; run the command again`);
  }

  /** Uses the existing object if it has the size of the file, and its published checksum if one is recorded. */
  private async adopt(): Promise<boolean> {
    const stored = await this.bucket.head(this.key);
    if (stored?.size !== this.file.size) return false;
    const { checksum = this.published ?? '' } = stored;
    if (this.published !== undefined && this.published !== checksum) return false;
    this.checksum = checksum;
    return true;
  }

  /** Resumes an unfinished upload. Keeps parts of the right size, whoever sent them. */
  private async resume(): Promise<string | undefined> {
    const uploadId = await this.bucket.unfinishedUpload(this.key);
    const parts = uploadId === undefined ? undefined : await this.bucket.parts(this.key, uploadId);
    if (parts === undefined) return undefined;
    const lengths = new Map(this.plan.map(({ number, length }) => [number, length]));
    const usable = parts.filter(({ number, size, checksum }) => lengths.get(number) === size && checksum !== '');
    for (const part of usable) this.done.set(part.number, part);
    return uploadId;
  }

  private async read({ from, length }: PartPlan): Promise<Buffer> {
    const body = Buffer.allocUnsafe(length);
    let filled = 0;
    for await (const chunk of this.file.read(from)) {
      filled += chunk.copy(body, filled);
      if (filled === length) break;
    }
    if (filled < length) throw new Error(`'${this.file.path}' ends at byte ${from + filled} of ${this.file.size}`);
    return body;
  }
}
