import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Model } from '../models/model';
import type { S3ModelOptions } from '../models/model-options';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';

const BUCKET = {
  kind: 'an s3.IBucket',
  member: 'bucketName',
  example: "s3.Bucket.fromBucketName(this, 'Models', 'acme-models')",
};

/** Models in a bucket that is defined in or imported into the CDK app. */
export class S3Model {
  /**
   * A directory or one file in a bucket. The task role is allowed to read it, and to decrypt it if the bucket has a key.
   *
   * The permission is limited to the account of the bucket and the Region of its key. An imported bucket of another account
   * must have `account`, otherwise the fetch fails with 403: `Bucket.fromBucketAttributes(this, 'Models', { bucketName,
   * account, region, encryptionKey })`. The Region of an imported key is that of its ARN.
   *
   * @param bucket the bucket
   * @param key `prefix/` for all objects with this prefix, `key` for one object
   *
   * @example
   * declare const endpoint: ServingEndpoint;
   * declare const bucket: s3.IBucket;
   * endpoint.addBackend('v1', {
   *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
   *   server: ModelServer.wsgi({ app: 'app:app' }),
   *   model: aws.S3Model.fromBucket(bucket, 'sentiment/v1/'),
   * });
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: S3ModelOptions = {}): Model {
    checkOptions('S3ModelOptions', options, 'options');
    requireShape('bucket', bucket, BUCKET);
    requireIdentifier('key', key);
    if (options.endpoint !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'endpoint' conflicts with a bucket of the app, which is in Amazon S3; remove it, or use Model.fromS3('s3://bucket/key', { endpoint })`,
      );
    }
    if (options.credentials !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        "'credentials' conflicts with a bucket of the app, which the task role reads; remove it, or use Model.fromS3('s3://bucket/key', { credentials })",
      );
    }
    return Model.fromS3(`s3://${bucket.bucketName}/${key}`, options)._ownedBy(bucket);
  }

  private constructor() {}
}
