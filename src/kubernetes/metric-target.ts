import { ScalingTarget } from '../constructs/scaling-target';
import { ScalingMetric } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';

/**
 * Autoscaling by a metric that an adapter in the cluster serves, such as the Prometheus adapter. It becomes a metric of the
 * HorizontalPodAutoscaler.
 *
 * @example
 * declare const backend: Backend;
 * backend.autoscale({
 *   maxReplicas: 6,
 *   targets: [kubernetes.MetricTarget.ofAverage('vllm:num_requests_waiting', 2)],
 * });
 */
export class MetricTarget {
  /**
   * A metric of the Pods: the API `custom.metrics.k8s.io`. Its average over the Pods is kept.
   *
   * @param metricName the name that the adapter serves, such as `vllm:num_requests_waiting` or `DCGM_FI_DEV_GPU_UTIL`
   * @param value the average value of a replica
   */
  public static ofAverage(metricName: string, value: number): ScalingTarget {
    return customTarget(metricName, 'value', value);
  }

  /**
   * A metric of all replicas together, or from outside of the cluster, such as the messages in a queue: the API
   * `external.metrics.k8s.io`. It is divided by the number of replicas.
   *
   * @param metricName the name that the adapter serves
   * @param perReplica the value for each replica
   */
  public static ofTotal(metricName: string, perReplica: number): ScalingTarget {
    return customTarget(metricName, 'perReplica', perReplica);
  }

  private constructor() {}
}

function customTarget(metricName: string, prop: 'value' | 'perReplica', value: number): ScalingTarget {
  // The name is a part of the path of the API.
  if (!/^[A-Za-z_:][A-Za-z0-9_:.-]{0,252}$/.test(requireIdentifier('metricName', metricName))) {
    throw new ServingError(
      'InvalidName',
      `'metricName' ('${metricName}') must be the name of a metric, of letters, digits, '_', ':', '.' and '-'; an adapter serves the result of a query under a name`,
    );
  }
  return ScalingTarget._ofSource(
    {
      metric: ScalingMetric.CUSTOM,
      name: metricName,
      value: requireNumber(prop, value, { min: 0.001, max: 1e12 }),
      ...(prop === 'perReplica' && { isTotal: true }),
    },
    { platform: 'kubernetes' },
  );
}
