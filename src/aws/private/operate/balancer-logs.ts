import { Duration, Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { LoadBalancerLogOptions } from '../../load-balancer-logs';

/** How many days a bucket of the platform keeps logs. */
const RETENTION_DAYS = 90;

/**
 * The writer of the logs, in every Region. The account of Elastic Load Balancing in the Region, which CDK uses in stacks with a
 * Region, is the former way.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
const WRITER = 'logdelivery.elasticloadbalancing.amazonaws.com';

/** The kinds of logs. Both can have one prefix, because their file names differ. */
const KINDS = ['access_logs', 'connection_logs'];

/**
 * Sets the logs of a load balancer, also if there are none: a load balancer keeps an attribute that a template no longer has.
 *
 * @returns whether the load balancer may write to the bucket; false if that depends on a policy outside of the app
 */
export function setBalancerLogs(
  scope: Construct,
  loadBalancer: elbv2.ApplicationLoadBalancer,
  options?: LoadBalancerLogOptions,
): boolean {
  const kinds = options === undefined ? [] : KINDS.slice(0, options.connectionLogs === true ? 2 : 1);
  for (const kind of KINDS) loadBalancer.setAttribute(`${kind}.s3.enabled`, String(kinds.includes(kind)));
  if (options === undefined) return true;
  const { prefix = '', bucket = makeBucket(scope, options) } = options;
  for (const kind of kinds) {
    loadBalancer.setAttribute(`${kind}.s3.bucket`, bucket.bucketName);
    loadBalancer.setAttribute(`${kind}.s3.prefix`, prefix);
  }
  const folder = `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${Stack.of(loadBalancer).account}/*`;
  const { statementAdded } = bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      actions: ['s3:PutObject'],
      principals: [new iam.ServicePrincipal(WRITER)],
      resources: [bucket.arnForObjects(folder)],
    }),
  );
  // Elastic Load Balancing writes a test object when it enables logs.
  if (bucket.policy !== undefined) loadBalancer.node.addDependency(bucket.policy);
  return statementAdded;
}

function makeBucket(scope: Construct, { retentionDays = RETENTION_DAYS }: LoadBalancerLogOptions): s3.Bucket {
  return new s3.Bucket(scope, 'LogBucket', {
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(retentionDays) }],
  });
}
