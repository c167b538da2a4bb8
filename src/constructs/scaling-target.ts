import { ScalingMetric, type ScalingTargetIntent } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { tagClass } from '../private/package-copy';

/** Where a custom metric comes from. */
interface MetricSource {
  /** The only platform that has the metric. */
  readonly platform: string;
  /** The metric of its framework. */
  readonly metric?: unknown;
}

/**
 * A metric for autoscaling, and its target value per replica.
 *
 * Metrics of one target are in the namespace of that target: `aws.MetricTarget` and `kubernetes.MetricTarget`.
 */
export class ScalingTarget {
  /** CPU utilization, as a percentage of the requested CPU. */
  public static cpuUtilization(percent: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.CPU, percentOf(percent));
  }

  /** Memory utilization, as a percentage of the requested memory. */
  public static memoryUtilization(percent: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.MEMORY, percentOf(percent));
  }

  /** Requests per second per replica. */
  public static requestsPerSecond(count: number): ScalingTarget {
    return new ScalingTarget(
      ScalingMetric.REQUESTS_PER_SECOND,
      requireNumber('requestsPerSecond', count, { min: 0.01 }),
    );
  }

  /** The average number of requests that each replica processes concurrently. */
  public static ongoingRequests(count: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.ONGOING_REQUESTS, requireNumber('ongoingRequests', count, { min: 0.01 }));
  }

  /**
   * The average number of requests that wait in the server of each replica. The server must have a metric of them.
   *
   * AWS: not supported, because CloudWatch does not have the metrics of servers. Kubernetes: not supported, because it needs
   * KEDA. Both errors name what to use instead.
   */
  public static queueDepth(count: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.QUEUE_DEPTH, requireNumber('queueDepth', count, { min: 0.01 }));
  }

  /**
   * The utilization of the GPUs of each replica, as a percentage. The backend must have NVIDIA GPUs. It is high long before
   * a server is overloaded, so prefer `ongoingRequests`.
   *
   * AWS: not supported, because ECS publishes no such metric. Kubernetes: not supported, because it needs KEDA. Both errors
   * name what to use instead.
   */
  public static gpuUtilization(percent: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.GPU, percentOf(percent));
  }

  /**
   * A metric of one platform.
   *
   * @internal
   */
  public static _ofSource(intent: ScalingTargetIntent, source: MetricSource): ScalingTarget {
    return new ScalingTarget(intent.metric, intent.value, { ...source, intent });
  }

  private constructor(
    private readonly metric: ScalingMetric,
    private readonly value: number,
    /** @internal */
    public readonly _custom?: MetricSource & { readonly intent: ScalingTargetIntent },
  ) {}

  /** @internal */
  public _intent(): ScalingTargetIntent {
    return this._custom?.intent ?? { metric: this.metric, value: this.value };
  }
}

tagClass('ScalingTarget', ScalingTarget);

function percentOf(percent: number): number {
  return requireNumber('percent', percent, { min: 1, max: 100, integer: true, hint: 'write 60 for 60 %' });
}
