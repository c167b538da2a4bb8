import { createHash } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { type AwsConnections, awsConnections } from '../net/aws';
import { nameOf } from '../net/aws-error';
import { StoreError } from '../net/store-error';
import { explainS3Error } from './s3-errors';

/** An object in S3. */
export interface StoredObject {
  readonly size: number;
  /** SHA-256 in base64. For a multipart upload: of the checksums of the parts, followed by their number. */
  readonly checksum?: string;
}

/** A part of an unfinished upload. */
export interface StoredPart {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: string;
}

/** Options of opening a bucket. */
export interface BucketOptions {
  /** The account that must own the bucket. @default - any */
  readonly owner?: string;
  /** Whether the endpoint may be without TLS. @default - on this machine only */
  readonly plainHttp?: boolean;
  /** @default - that of this process */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The size of a marker with half a million files. */
const MAX_SMALL_OBJECT = 64 * 2 ** 20;
/** Far more than an artifact has files. */
const MAX_KEYS = 1_000_000;
const ATTEMPTS = 8;
const NOT_FOUND = new Set(['NotFound', 'NoSuchKey']);

/** The calls that publishing needs, for one bucket. Converts S3 errors into ours. */
export class S3Bucket {
  private constructor(
    private readonly s3: S3,
    private readonly connections: AwsConnections,
    readonly bucket: string,
    private readonly owned: { readonly Bucket: string; readonly ExpectedBucketOwner?: string },
  ) {}

  /** Loads the AWS client, which takes a while. */
  static open(bucket: string, { owner, plainHttp, environment = process.env }: BucketOptions = {}): S3Bucket {
    const { S3: Client } = require('./s3-sdk') as typeof import('./s3-sdk');
    const connections = awsConnections('s3', environment.AWS_REGION ?? 'us-east-1', plainHttp);
    const s3 = new Client({
      requestHandler: connections.requestHandler,
      maxAttempts: ATTEMPTS,
      followRegionRedirects: true,
      // Custom endpoints rarely support bucket names as subdomains.
      forcePathStyle: (environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL) !== undefined,
    });
    // S3 then rejects the request if another account owns the bucket.
    const owned = { Bucket: bucket, ...(owner === undefined ? {} : { ExpectedBucketOwner: owner }) };
    return new S3Bucket(s3, connections, bucket, owned);
  }

  close(): void {
    this.s3.destroy();
    this.connections.close();
  }

  /** The size and checksum of an object, or undefined if it does not exist. */
  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const response = await this.s3.headObject({ ...this.owned, Key: key, ChecksumMode: 'ENABLED' });
      return { size: response.ContentLength ?? 0, checksum: response.ChecksumSHA256 };
    } catch (error) {
      if (NOT_FOUND.has(nameOf(error))) return undefined;
      throw this.explain(error, `look for ${key}`);
    }
  }

  /** A small object, or undefined if it does not exist. */
  async read(key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.s3.getObject({ ...this.owned, Key: key });
      return await this.small(key, (Body ?? []) as AsyncIterable<Uint8Array>);
    } catch (error) {
      if (NOT_FOUND.has(nameOf(error))) return undefined;
      throw this.explain(error, `read ${key}`);
    }
  }

  /** The sizes of all objects below a prefix, by the rest of their keys. */
  async list(prefix: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    let token: string | undefined;
    do {
      const page = await this.call(
        `list ${prefix}`,
        this.s3.listObjectsV2({ ...this.owned, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) sizes.set(Key.slice(prefix.length), Size);
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined && sizes.size <= MAX_KEYS);
    if (sizes.size > MAX_KEYS) throw this.limitExceeded(`has more than ${MAX_KEYS} objects below ${prefix}`);
    return sizes;
  }

  private async small(key: string, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MAX_SMALL_OBJECT) throw this.limitExceeded(`has more than ${MAX_SMALL_OBJECT} bytes in ${key}`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private limitExceeded(what: string): StoreError {
    return new StoreError('LimitExceeded', `the bucket ${this.bucket} ${what}; publish to another prefix`);
  }

  /** Puts an object in one request. Returns its checksum. */
  async put(key: string, body: Buffer, contentType = 'application/octet-stream'): Promise<string> {
    const checksum = sha256(body);
    await this.call(
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

  /** The latest unfinished upload of a key, if any. */
  async unfinishedUpload(key: string): Promise<string | undefined> {
    try {
      const { Uploads = [] } = await this.s3.listMultipartUploads({ ...this.owned, Prefix: key });
      const own = Uploads.filter(
        ({ Key, ChecksumAlgorithm }) => Key === key && (ChecksumAlgorithm ?? 'SHA256') === 'SHA256',
      );
      own.sort((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0));
      return own[0]?.UploadId;
    } catch (error) {
      // Listing uploads requires another permission, and some servers do not support it: the file is then sent from its start.
      const failure = this.explain(error, `look for unfinished uploads of ${key}`);
      if (nameOf(error) === 'AccessDenied' || nameOf(error) === 'NotImplemented') return undefined;
      throw failure;
    }
  }

  async startUpload(key: string): Promise<string> {
    const { UploadId = '' } = await this.call(
      `start the upload of ${key}`,
      this.s3.createMultipartUpload({
        ...this.owned,
        Key: key,
        ChecksumAlgorithm: 'SHA256',
        ContentType: 'application/octet-stream',
      }),
    );
    return UploadId;
  }

  /** The parts of an upload in S3, or undefined if the upload no longer exists. */
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

  /** Sends a part. Returns undefined if the upload no longer exists. */
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
      throw this.explain(error, `upload part ${number} of ${key}`);
    }
  }

  /** Completes an upload. Returns the checksum of the object, or undefined if the upload no longer exists. */
  async completeUpload(key: string, uploadId: string, parts: readonly StoredPart[]): Promise<string | undefined> {
    const sorted = [...parts].sort((a, b) => a.number - b.number);
    try {
      const response = await this.s3.completeMultipartUpload({
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
      return response.ChecksumSHA256 ?? compositeChecksum(sorted);
    } catch (error) {
      if (nameOf(error) === 'NoSuchUpload') return undefined;
      throw this.explain(error, `complete the upload of ${key}`);
    }
  }

  private async call<T>(action: string, response: Promise<T>): Promise<T> {
    try {
      return await response;
    } catch (error) {
      throw this.explain(error, action);
    }
  }

  private explain(error: unknown, action: string): Error {
    return explainS3Error(error, `${action} in the bucket ${this.bucket}`, this.bucket);
  }
}

/** The checksum of an object after a multipart upload. */
export function compositeChecksum(parts: readonly StoredPart[]): string {
  const all = Buffer.concat(parts.map(({ checksum }) => Buffer.from(checksum, 'base64')));
  return `${sha256(all)}-${parts.length}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
