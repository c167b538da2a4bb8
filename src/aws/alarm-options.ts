import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { requireNumber, requireShape } from '../private/checks';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';

/**
 * CloudWatch alarms.
 *
 * Each is named after the construct path of its backend or platform, and its description contains the name of the backend
 * and the likely cause. Adding, changing and removing alarms replaces no task. CloudWatch bills each alarm per month.
 */
export interface AlarmOptions {
  /**
   * Whether there are alarms. `false` in the settings of a backend excludes it from the alarms of its platform.
   *
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * What happens when an alarm fires, such as `new SnsAction(topic)` of `aws-cloudwatch-actions`.
   *
   * @default - nothing; CloudWatch shows the state of the alarms
   */
  readonly actions?: cloudwatch.IAlarmAction[];

  /**
   * What happens when the cause of an alarm is gone.
   *
   * @default - nothing
   */
  readonly okActions?: cloudwatch.IAlarmAction[];

  /**
   * The percentage of responses with a 5xx status of the server above which `ServerErrors` fires.
   *
   * @default 5
   */
  readonly errorPercent?: number;

  /**
   * The response time above which `SlowResponses` fires, compared with the 99th percentile of the time until the response
   * starts.
   *
   * @default - 80 % of the longest `requestTimeout` of the endpoints, so that it fires before clients see timeouts
   */
  readonly latency?: Duration;

  /**
   * Whether ECS rolls a deployment back during which `ServerErrors` or `FailedConnections` fires. A deployment then takes at
   * least five minutes longer. An alarm that fires already when a deployment starts does not stop it, so that a corrected
   * version can be deployed.
   *
   * Not supported in the Regions of China and of AWS GovCloud (US). Set it to `false` to end it: ECS may keep what a template no
   * longer has.
   *
   * @default - deployments do not depend on alarms
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
   */
  readonly rollBackDeployments?: boolean;
}

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
