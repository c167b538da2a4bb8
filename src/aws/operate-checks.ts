import type { IConstruct } from 'constructs';
import { requireNumber, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';
import { requireSeconds } from '../units/private/seconds';
import type { AlarmOptions } from './alarm-options';
import type { LoadBalancerLogOptions } from './load-balancer-logs';
import type { ServiceLevelObjectiveOptions } from './objective-options';

/** What is read from `actions` and `okActions`. */
const ACTION = {
  kind: 'a cloudwatch.IAlarmAction',
  member: 'bind',
  example: "new SnsAction(topic) of 'aws-cdk-lib/aws-cloudwatch-actions'",
};

/** The longest response time of an alarm, in seconds: that of a request through the load balancer. */
const MAX_LATENCY_SECONDS = 4000;

/** Checks the values of alarms. */
export function checkAlarms(options: AlarmOptions, at?: IConstruct): void {
  const { actions = [], okActions = [], errorPercent, latency } = options;
  for (const [prop, list] of Object.entries({ actions, okActions }))
    for (const [index, action] of list.entries()) requireShape(`alarms.${prop}[${index}]`, action, ACTION, at);
  if (errorPercent !== undefined) requireNumber('alarms.errorPercent', errorPercent, { min: 0, max: 99, at });
  if (latency !== undefined)
    requireSeconds('alarms.latency', latency, { min: 0.001, max: MAX_LATENCY_SECONDS, whole: false, at });
}

const BUCKET = { kind: 'an s3.IBucket', member: 'bucketName', example: "new s3.Bucket(this, 'Logs')" };

/** 100 years. */
const MAX_RETENTION_DAYS = 36_500;

/** Checks the logs of a load balancer. */
export function checkLoadBalancerLogs(options: LoadBalancerLogOptions, at: IConstruct): void {
  const { bucket, prefix = '', retentionDays: days } = options;
  const prop = 'loadBalancerLogs';
  if (days !== undefined)
    requireNumber(`${prop}.retentionDays`, days, { min: 1, max: MAX_RETENTION_DAYS, integer: true, at });
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

/** Goals after defaults. */
export interface Objectives {
  readonly availabilityGoal: number;
  readonly latency?: { readonly seconds: number; readonly goal: number };
  readonly days: number;
}

/** https://docs.aws.amazon.com/applicationsignals/latest/APIReference/API_Goal.html */
const GOAL = { min: 0.1, max: 99.999 };
const MAX_INTERVAL_DAYS = 365;

/** Checks the goals, and applies the defaults. */
export function resolveObjectives(options: ServiceLevelObjectiveOptions): Objectives {
  const { availabilityGoal = 99.9, latency, latencyGoal, intervalDays = 28 } = options;
  if (latencyGoal !== undefined && latency === undefined)
    throw new ServingError(
      'ConflictingProps',
      `'latencyGoal' (${latencyGoal}) requires 'latency'; set both, or neither`,
    );
  return {
    availabilityGoal: requireNumber('availabilityGoal', availabilityGoal, GOAL),
    days: requireNumber('intervalDays', intervalDays, { min: 1, max: MAX_INTERVAL_DAYS, integer: true }),
    ...(latency !== undefined && {
      latency: {
        seconds: requireSeconds('latency', latency, { min: 0.001, max: 4000, whole: false }),
        goal: requireNumber('latencyGoal', latencyGoal ?? 99, GOAL),
      },
    }),
  };
}
