import { ScalingMetric } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { requireQuery } from './private/prometheus-query';
import { ScalingTarget } from './scaling-target';

/**
 * Autoscaling by the result of a Prometheus query.
 *
 * AWS: not supported, because CloudWatch does not evaluate such queries; `ScalingTarget.byPlatform` takes a CloudWatch metric
 * for AWS next to the query for Kubernetes. Kubernetes: a `prometheus` trigger of a ScaledObject, which requires `keda` with
 * a `prometheusAddress` on the platform. The query must have exactly one result. Without one, as during an outage of
 * Prometheus, the number of replicas stays as it is.
 *
 * @example
 * declare const backend: Backend;
 * backend.autoscale({
 *   maxReplicas: 6,
 *   targets: [PrometheusTarget.ofTotal('Waiting', 'sum(vllm:num_requests_waiting{namespace="models"})', 2)],
 * });
 */
export class PrometheusTarget {
  /**
   * A query whose result is that of one replica, on average, such as a latency or a utilization.
   *
   * @param name the name of the target, unique in the backend, such as `Latency`
   * @param query the query, such as `avg(DCGM_FI_DEV_GPU_UTIL{namespace="models"})`
   * @param value the result that is kept
   */
  public static ofAverage(name: string, query: string, value: number): ScalingTarget {
    return queryTarget({ name, query, value: requireNumber('value', value, VALUES), isTotal: false });
  }

  /**
   * A query whose result is that of all replicas together, such as their waiting requests. It is divided by the number of
   * replicas.
   *
   * @param name the name of the target, unique in the backend, such as `Waiting`
   * @param query the query, such as `sum(vllm:num_requests_waiting{namespace="models"})`
   * @param perReplica the part of the result for each replica
   */
  public static ofTotal(name: string, query: string, perReplica: number): ScalingTarget {
    return queryTarget({ name, query, value: requireNumber('perReplica', perReplica, VALUES), isTotal: true });
  }

  private constructor() {}
}

/** A quantity of Kubernetes has thousandths. */
const VALUES = { min: 0.001, max: 1e12 };

interface QueryTarget {
  readonly name: string;
  readonly query: string;
  readonly value: number;
  readonly isTotal: boolean;
}

function queryTarget({ name, query, value, isTotal }: QueryTarget): ScalingTarget {
  return ScalingTarget._ofIntent({
    metric: ScalingMetric.QUERY,
    name: targetName(name),
    query: requireQuery('query', query),
    value,
    ...(isTotal && { isTotal }),
  });
}

/** The name of the trigger, in the form that a policy of `aws.MetricTarget` has. */
function targetName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9]{0,63}$/.test(requireIdentifier('name', name))) return name;
  throw new ServingError(
    'InvalidName',
    `'name' ('${name}') must consist of at most 64 letters and digits and start with a letter, such as 'Waiting'`,
  );
}
