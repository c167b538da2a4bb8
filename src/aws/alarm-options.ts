import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from '../units/duration';

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
   * Not supported in the Regions of China and of AWS GovCloud (US). Set it to `false` to end it, also together with
   * `enabled: false` and before `alarms` is removed: ECS may keep what a template no longer has.
   *
   * @default - deployments do not depend on alarms
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
   */
  readonly rollBackDeployments?: boolean;
}
