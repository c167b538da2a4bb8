import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { AlarmOptions } from '../../alarm-options';
import { makeAlarms } from './alarms';
import type { Measures } from './measures';

/**
 * What the load balancer counts for all backends together: the status codes that it creates, which differ by cause.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
const COUNTERS: readonly (readonly [id: string, metricName: string, description: (idle: number) => string])[] = [
  [
    'BadGateway502',
    'HTTPCode_ELB_502_Count',
    () =>
      'The load balancer answers with 502: a server closed the connection of a request, or sent an invalid response. FailedConnections and the logs of the backends show which one.',
  ],
  [
    'Unavailable503',
    'HTTPCode_ELB_503_Count',
    () =>
      'The load balancer answers with 503: a backend with a share of the requests has no task. NoHealthyTasks and MissingTasks of the backends show which one.',
  ],
  [
    'Timeout504',
    'HTTPCode_ELB_504_Count',
    (idle) =>
      `The load balancer answers with 504: a server sent no data for ${idle} s, or accepted no connection for 10 s. SlowResponses of the backends shows which one.`,
  ],
  [
    'RejectedConnections',
    'RejectedConnectionCount',
    () => 'The load balancer rejects connections because it has reached its maximum number of connections.',
  ],
];

/** Creates the alarms of the load balancer, in the stack of the platform. */
export function addBalancerAlarms(
  platform: Construct,
  measures: Measures,
  options: AlarmOptions,
  idleSeconds: () => number,
): void {
  makeAlarms(
    platform,
    options,
    COUNTERS.map(([id, metricName, description]) => ({
      id,
      metric: measures.ofBalancer({ metricName, statistic: cloudwatch.Stats.SUM }),
      threshold: () => 1,
      description: () => description(idleSeconds()),
    })),
  );
}
