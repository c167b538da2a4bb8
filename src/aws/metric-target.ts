import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { ScalingTarget } from '../constructs/scaling-target';
import { ScalingMetric } from '../plan/intents';
import { requireIdentifier, requireNumber, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';

const METRIC = {
  kind: 'a cloudwatch.IMetric',
  member: 'toMetricConfig',
  example: 'queue.metricApproximateNumberOfMessagesVisible()',
};

/**
 * Autoscaling by any CloudWatch metric of the account and Region of the backend, math expressions included. It becomes a
 * target tracking policy of the service.
 *
 * A metric without data neither adds nor removes replicas. A changed name replaces the policy.
 *
 * @example
 * declare const backend: Backend;
 * declare const queue: sqs.Queue;
 * backend.autoscale({
 *   maxReplicas: 20,
 *   targets: [aws.MetricTarget.ofTotal('Jobs', queue.metricApproximateNumberOfMessagesVisible(), 10)],
 * });
 */
export class MetricTarget {
  /**
   * A metric whose value is that of one replica, on average, such as a utilization.
   *
   * @param name the name of the policy, unique in the backend, such as `Latency`
   * @param metric the metric
   * @param value the value that the policy keeps
   */
  public static ofAverage(name: string, metric: cloudwatch.IMetric, value: number): ScalingTarget {
    return customTarget({ name, metric, value });
  }

  /**
   * A metric whose value is that of all replicas together, such as the messages in a queue. The policy divides it by the
   * number of healthy replicas.
   *
   * @param name the name of the policy, unique in the backend, such as `Jobs`
   * @param metric the metric
   * @param perReplica the value for each replica that the policy keeps
   */
  public static ofTotal(name: string, metric: cloudwatch.IMetric, perReplica: number): ScalingTarget {
    return customTarget({ name, metric, value: perReplica, isTotal: true });
  }

  private constructor() {}
}

interface CustomTarget {
  readonly name: string;
  readonly metric: cloudwatch.IMetric;
  readonly value: number;
  readonly isTotal?: boolean;
}

function customTarget({ name, metric, value, isTotal }: CustomTarget): ScalingTarget {
  requireShape('metric', metric, METRIC);
  return ScalingTarget._ofSource(
    {
      metric: ScalingMetric.CUSTOM,
      name: policyName(name),
      value: requireNumber(isTotal ? 'perReplica' : 'value', value, { min: 0.000_001, max: 1e12 }),
      ...(isTotal && { isTotal }),
    },
    { platform: 'aws', metric },
  );
}

/** A part of the ids of the policy, which stays the same for changed metrics. */
function policyName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(requireIdentifier('name', name))) return name;
  throw new ServingError(
    'InvalidName',
    `'name' ('${name}') must consist of at most 64 letters and digits and start with a letter, such as 'Jobs'`,
  );
}
