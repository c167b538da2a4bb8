import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { requireNumber, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';

/**
 * Logs of the load balancer in S3: one line for each request, and optionally one for each connection.
 *
 * They contain client addresses, URLs and status codes. Elastic Load Balancing delivers them every five minutes, free of charge; S3
 * bills their storage.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
 */
export interface LoadBalancerLogOptions {
  /**
   * The bucket, in the Region of the load balancer and encrypted with keys of S3, not of KMS. Its policy gets the statement that
   * Elastic Load Balancing requires. The policy of an imported bucket cannot be changed, and must already have it.
   *
   * @default - a new bucket, which is kept with its logs when the platform is removed
   */
  readonly bucket?: s3.IBucket;

  /**
   * The prefix of the keys, without `/` at its end.
   *
   * @default - none
   */
  readonly prefix?: string;

  /**
   * Whether connections are logged too, with the protocol and cipher of TLS and the reason of a failed handshake.
   *
   * @default false
   */
  readonly connectionLogs?: boolean;

  /**
   * How many days the new bucket keeps logs.
   *
   * @default 90
   */
  readonly retentionDays?: number;
}

const BUCKET = { kind: 'an s3.IBucket', member: 'bucketName', example: "new s3.Bucket(this, 'Logs')" };

/** 100 years. */
const MAX_DAYS = 36_500;

/** Checks the logs of a load balancer. */
export function checkLoadBalancerLogs(options: LoadBalancerLogOptions, at: IConstruct): void {
  const { bucket, prefix = '', retentionDays: days } = options;
  const prop = 'loadBalancerLogs';
  if (days !== undefined) requireNumber(`${prop}.retentionDays`, days, { min: 1, max: MAX_DAYS, integer: true, at });
  if (!isUnresolved(prefix) && (/^\/|\/$/.test(prefix) || prefix.split('/').includes('AWSLogs')))
    throw new ServingError(
      'InvalidPath',
      `'${prop}.prefix' ('${prefix}') must not begin or end with '/', or contain 'AWSLogs', which Elastic Load Balancing adds itself`,
      at,
    );
  if (bucket === undefined) return;
  requireShape(`${prop}.bucket`, bucket, BUCKET, at);
  if (days !== undefined)
    throw new ServingError(
      'ConflictingProps',
      `'${prop}.retentionDays' (${days}) has no effect on '${prop}.bucket', which has its own lifecycle; remove one of them`,
      at,
    );
  if (bucket.encryptionKey !== undefined)
    throw new ServingError(
      'Unsupported',
      `'${prop}.bucket' is encrypted with a key of KMS, which is not supported for logs of load balancers; use a bucket with s3.BucketEncryption.S3_MANAGED`,
      at,
    );
}
