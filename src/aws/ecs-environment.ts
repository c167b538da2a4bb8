import type * as s3 from 'aws-cdk-lib/aws-s3';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { hasTag, tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';
import { EnvironmentSource } from '../workload/environment-source';

const BUCKET = {
  kind: 'an s3.IBucket',
  member: 'bucketName',
  example: "s3.Bucket.fromBucketName(this, 'Settings', 'acme-settings')",
};

/** Environment variables that exist on AWS only. */
export class EcsEnvironment extends EnvironmentSource {
  /**
   * A file in a bucket with a line `NAME=value` for each variable. Quotes are part of the value. The execution role is
   * allowed to read it. Tasks that start after a change of the file have the new variables.
   *
   * @param bucket the bucket
   * @param key the key of the file, which ends with `.env`
   *
   * @example
   * declare const endpoint: ServingEndpoint;
   * declare const bucket: s3.IBucket;
   * endpoint.addBackend('v1', {
   *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
   *   server: ModelServer.wsgi({ app: 'app:app' }),
   *   environmentFrom: [aws.EcsEnvironment.fromBucket(bucket, 'sentiment/production.env')],
   * });
   */
  public static fromBucket(bucket: s3.IBucket, key: string): EcsEnvironment {
    requireShape('bucket', bucket, BUCKET);
    if (!isUnresolved(requireIdentifier('key', key)) && !/[^/]\.env$/.test(key)) {
      throw new ServingError('InvalidName', `'key' ('${key}') must end with '.env', which ECS requires of the file`);
    }
    return new EcsEnvironment(bucket, key);
  }

  /**
   * Whether `x` is an EcsEnvironment, including one created by another copy of this package.
   *
   * @internal
   */
  public static _isEcsEnvironment(x: unknown): x is EcsEnvironment {
    return hasTag('EcsEnvironment', x);
  }

  private constructor(
    /** @internal */
    public readonly _bucket: s3.IBucket,
    /** @internal */
    public readonly _key: string,
  ) {
    super(`file '${_key}'`, 'aws');
  }
}

tagClass('EcsEnvironment', EcsEnvironment);
