import { createHash } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { type AwsConnections, awsConnections } from '../net/aws';
import { nameOf } from '../net/aws-error';
import { StoreError } from '../net/store-error';
import { explainS3Error } from './s3-errors';

/** What S3 keeps of an object. */
export interface StoredObject {
  readonly size: number;
  /** SHA-256 in base64; of the parts' own, with their number behind, where it came in parts. */
  readonly checksum?: string;
}

/** A part that S3 has of an upload that was begun. */
export interface StoredPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: string;
}

/** How a bucket is opened. */
export interface BucketOptions {
  /** The account that must own the bucket. @default - any */
  readonly owner?: string;
  /** Whether its endpoint may be one without TLS. @default - on this machine only */
  readonly plainHttp?: boolean;
  /** @default - of this process */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A marker of half a million files has this size. */
const MAX_SMALL_OBJECT = 64 * 2 ** 20;
/** Far more than the files of an artifact. */
const MAX_KEYS = 1_000_000;
const ATTEMPTS = 8;
const NOT_FOUND = new Set(['NotFound', 'NoSuchKey']);

/** One bucket: the calls that publishing needs, with the errors that they may end with. */
export class S3Bucket {
  private constructor(
    private readonly s3: S3,
    private readonly connections: AwsConnections,
    readonly bucket: string,
    private readonly owned: { readonly Bucket: string; readonly ExpectedBucketOwner?: string },
  ) {}

  /** Loads the client of AWS, which takes a while. */
  static open(bucket: string, { owner, plainHttp, environment = process.env }: BucketOptions = {}): S3Bucket {
    const { S3: Client } = require('./s3-sdk') as typeof import('./s3-sdk');
    const connections = awsConnections('s3', environment.AWS_REGION ?? 'us-east-1', plainHttp);
    const s3 = new Client({
      requestHandler: connections.requestHandler,
      maxAttempts: ATTEMPTS,
      followRegionRedirects: true,
      // Servers with an address of their own seldom answer to names below it.
      forcePathStyle: (environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL) !== undefined,
    });
    // With it, S3 refuses a request to a bucket of that name that somebody else owns.
    const owned = { Bucket: bucket, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) };
    return new S3Bucket(s3, connections, bucket, owned);
  }

  close(): void {
    this.s3.destroy();
    this.connections.close();
  }

  /** An object's size and checksum, or nothing when it is not there. */
  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const answer = await this.s3.headObject({ ...this.owned, Key: key, ChecksumMode: 'ENABLED' });
      return { size: answer.ContentLength ?? 0, checksum: answer.ChecksumSHA256 };
    } catch (error) {
      if (NOT_FOUND.has(nameOf(error))) return undefined;
      throw this.explain(error, `look for ${key}`);
    }
  }

  /** A small object, or nothing when it is not there. */
  async read(key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.s3.getObject({ ...this.owned, Key: key });
      return await this.small(key, (Body ?? []) as AsyncIterable<Uint8Array>);
    } catch (error) {
      if (NOT_FOUND.has(nameOf(error))) return undefined;
      throw this.explain(error, `read ${key}`);
    }
  }

  /** The sizes of all objects below a prefix, by what follows it. */
  async list(prefix: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    let token: string | undefined;
    do {
      const page = await this.ask(
        `list ${prefix}`,
        this.s3.listObjectsV2({ ...this.owned, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) sizes.set(Key.slice(prefix.length), Size);
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined && sizes.size <= MAX_KEYS);
    if (sizes.size > MAX_KEYS) throw this.tooMuch(`lists more than ${MAX_KEYS} objects below ${prefix}`);
    return sizes;
  }

  private async small(key: string, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_SMALL_OBJECT) throw this.tooMuch(`has more than ${MAX_SMALL_OBJECT} bytes as ${key}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private tooMuch(what: string): StoreError {
    return new StoreError('LimitExceeded', `the bucket ${this.bucket} ${what}; publish to another prefix`);
  }

  /** Puts an object whole. Returns its checksum. */
  async put(key: string, body: Buffer, contentType = 'application/octet-stream'): Promise<string> {
    const checksum = sha256(body);
    await this.ask(
      `put ${key}`,
      this.s3.putObject({
        ...this.owned,
        Key: key,
        Body: body,
        ChecksumSHA256: checksum,
        ContentType: contentType,
      }),
    );
    return checksum;
  }

  /** The upload of a key that was begun last and not ended, if any. */
  async unfinishedUpload(key: string): Promise<string | undefined> {
    try {
      const { Uploads = [] } = await this.s3.listMultipartUploads({ ...this.owned, Prefix: key });
      const own = Uploads.filter(
        ({ Key, ChecksumAlgorithm }) => Key === key && (ChecksumAlgorithm ?? 'SHA256') === 'SHA256',
      );
      own.sort((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0));
      return own[0]?.UploadId;
    } catch (error) {
      // To list uploads is a permission of its own, and not every server knows the call: then the file begins anew.
      const failure = this.explain(error, `look for unfinished uploads of ${key}`);
      if (nameOf(error) === 'AccessDenied' || nameOf(error) === 'NotImplemented') return undefined;
      throw failure;
    }
  }

  async beginUpload(key: string): Promise<string> {
    const { UploadId = '' } = await this.ask(
      `begin to send ${key}`,
      this.s3.createMultipartUpload({
        ...this.owned,
        Key: key,
        ChecksumAlgorithm: 'SHA256',
        ContentType: 'application/octet-stream',
      }),
    );
    return UploadId;
  }

  /** The parts that S3 has of an upload; nothing when it forgot the upload. */
  async parts(key: string, uploadId: string): Promise<StoredPart[] | undefined> {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    try {
      do {
        const page = await this.s3.listParts({
          ...this.owned,
          Key: key,
          UploadId: uploadId,
          PartNumberMarker: marker,
        });
        for (const { PartNumber = 0, Size = 0, ETag = '', ChecksumSHA256 = '' } of page.Parts ?? [])
          parts.push({ number: PartNumber, size: Size, etag: ETag, checksum: ChecksumSHA256 });
        marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
      } while (marker !== undefined);
      return parts;
    } catch (error) {
      if (nameOf(error) === 'NoSuchUpload') return undefined;
      throw this.explain(error, `look for the parts of ${key}`);
    }
  }

  /** Sends a part; nothing comes back when S3 forgot the upload. */
  async sendPart(key: string, uploadId: string, number: number, body: Buffer): Promise<StoredPart | undefined> {
    const checksum = sha256(body);
    try {
      const { ETag = '' } = await this.s3.uploadPart({
        ...this.owned,
        Key: key,
        UploadId: uploadId,
        PartNumber: number,
        Body: body,
        ChecksumSHA256: checksum,
      });
      return { number, size: body.length, etag: ETag, checksum };
    } catch (error) {
      if (nameOf(error) === 'NoSuchUpload') return undefined;
      throw this.explain(error, `send part ${number} of ${key}`);
    }
  }

  /** Makes an object of parts. Returns its checksum, or nothing when S3 forgot the upload. */
  async completeUpload(key: string, uploadId: string, parts: readonly StoredPart[]): Promise<string | undefined> {
    const sorted = [...parts].sort((a, b) => a.number - b.number);
    try {
      const answer = await this.s3.completeMultipartUpload({
        ...this.owned,
        Key: key,
        UploadId: uploadId,
        MultipartUpload: {
          Parts: sorted.map(({ number, etag, checksum }) => ({
            PartNumber: number,
            ETag: etag,
            ChecksumSHA256: checksum,
          })),
        },
      });
      return answer.ChecksumSHA256 ?? compositeChecksum(sorted);
    } catch (error) {
      if (nameOf(error) === 'NoSuchUpload') return undefined;
      throw this.explain(error, `put ${key} together`);
    }
  }

  private async ask<T>(action: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.explain(error, action);
    }
  }

  private explain(error: unknown, action: string): Error {
    return explainS3Error(error, `${action} in the bucket ${this.bucket}`, this.bucket);
  }
}

/** The checksum that S3 gives an object of parts. */
export function compositeChecksum(parts: readonly StoredPart[]): string {
  const all = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, 'base64')));
  return `${sha256(all)}-${parts.length}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
