import { createHash } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { type AwsConnections, awsConnections } from '../net/aws';
import { nameOf } from '../net/aws-error';
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

const ATTEMPTS = 8;
const NOT_FOUND = new Set(['NotFound', 'NoSuchKey']);

/** One bucket: the calls that publishing needs, with the errors that they may end with. */
export class S3Bucket {
  private constructor(
    private readonly s3: S3,
    private readonly connections: AwsConnections,
    readonly bucket: string,
  ) {}

  /** Loads the client of AWS, which takes a while. */
  static open(bucket: string, environment: NodeJS.ProcessEnv = process.env): S3Bucket {
    const { S3: Client } = require('./s3-sdk') as typeof import('./s3-sdk');
    const connections = awsConnections('s3', environment.AWS_REGION ?? 'us-east-1');
    const s3 = new Client({
      requestHandler: connections.requestHandler,
      maxAttempts: ATTEMPTS,
      followRegionRedirects: true,
      // Servers with an address of their own seldom answer to names below it.
      forcePathStyle: (environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL) !== undefined,
    });
    return new S3Bucket(s3, connections, bucket);
  }

  close(): void {
    this.s3.destroy();
    this.connections.close();
  }

  /** An object's size and checksum, or nothing when it is not there. */
  async head(key: string): Promise<StoredObject | undefined> {
    try {
      const answer = await this.s3.headObject({ Bucket: this.bucket, Key: key, ChecksumMode: 'ENABLED' });
      return { size: answer.ContentLength ?? 0, checksum: answer.ChecksumSHA256 };
    } catch (error) {
      if (NOT_FOUND.has(nameOf(error))) return undefined;
      throw this.explain(error, `look for ${key}`);
    }
  }

  /** A small object, or nothing when it is not there. */
  async read(key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.s3.getObject({ Bucket: this.bucket, Key: key });
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
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
        this.s3.listObjectsV2({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) sizes.set(Key.slice(prefix.length), Size);
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return sizes;
  }

  /** Puts an object whole. Returns its checksum. */
  async put(key: string, body: Buffer, contentType = 'application/octet-stream'): Promise<string> {
    const checksum = sha256(body);
    await this.ask(
      `put ${key}`,
      this.s3.putObject({
        Bucket: this.bucket,
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
      const { Uploads = [] } = await this.s3.listMultipartUploads({ Bucket: this.bucket, Prefix: key });
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
        Bucket: this.bucket,
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
          Bucket: this.bucket,
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
        Bucket: this.bucket,
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
        Bucket: this.bucket,
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
