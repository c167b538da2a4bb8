import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Model } from '../models/model';
import type { S3ModelOptions } from '../models/model-options';
import { requireIdentifier, requireShape } from '../private/checks';
import { checkOptions } from '../private/options';

const BUCKET = {
  kind: 'an s3.IBucket',
  member: 'bucketName',
  example: "s3.Bucket.fromBucketName(this, 'Models', 'acme-models')",
};

/** Models in a bucket that the CDK app knows. */
export class S3Model {
  /**
   * A directory or one file in a bucket. The task may read it, and decrypt it where the bucket has a key.
   *
   * The right is limited to the account of the bucket, and to the Region of its key. An imported bucket of another account
   * must state it, or the fetch is refused with 403: `Bucket.fromBucketAttributes(this, 'Models', { bucketName, account,
   * region, encryptionKey })`. An imported key has the Region of its ARN.
   *
   * @param bucket the bucket
   * @param key `prefix/` for everything below a prefix, `key` for one object
   */
  public static fromBucket(bucket: s3.IBucket, key: string, options: S3ModelOptions = {}): Model {
    checkOptions('S3ModelOptions', options, 'options');
    requireShape('bucket', bucket, BUCKET);
    requireIdentifier('key', key);
    return Model.fromS3(`s3://${bucket.bucketName}/${key}`, options)._ownedBy(bucket);
  }

  private constructor() {}
}
