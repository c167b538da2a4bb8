import type * as s3 from 'aws-cdk-lib/aws-s3';

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
