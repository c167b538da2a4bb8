import type { IConstruct } from 'constructs';
import { ScalingMetric, type ScalingTargetIntent } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Where a custom metric comes from. */
interface MetricSource {
  /** The only platform that has the metric. */
  readonly platform: string;
  /** The metric of its framework. */
  readonly metric?: unknown;
}

/** What a metric has in addition to its value. */
interface Details extends Partial<MetricSource> {
  readonly intent: ScalingTargetIntent;
}

/**
 * A metric for autoscaling, and its target value per replica.
 *
 * Metrics of one target are in the namespace of that target: `aws.MetricTarget` and `kubernetes.MetricTarget`. Queries are
 * `PrometheusTarget`.
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
   * AWS: not supported, because CloudWatch does not have the metrics of servers. Kubernetes: not supported, because the
   * labels of the metric depend on the cluster. Both errors name what to use instead.
   */
  public static queueDepth(count: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.QUEUE_DEPTH, requireNumber('queueDepth', count, { min: 0.01 }));
  }

  /**
   * The utilization of the GPUs of each replica, as a percentage. The backend must have NVIDIA GPUs. It is high long before
   * a server is overloaded, so prefer `ongoingRequests`.
   *
   * AWS: not supported, because ECS publishes no such metric. Kubernetes: not supported, because the labels of the
   * metric depend on the cluster. Both errors name what to use instead.
   */
  public static gpuUtilization(percent: number): ScalingTarget {
    return new ScalingTarget(ScalingMetric.GPU, percentOf(percent));
  }

  /**
   * A different metric for each platform, for a definition that is deployed to several. On a platform that is not listed it is an
   * error.
   *
   * @param targets the metric of each platform, by its `kind`: `aws` and `kubernetes`
   *
   * @example
   * declare const backend: Backend;
   * backend.autoscale({
   *   maxReplicas: 8,
   *   targets: [
   *     ScalingTarget.byPlatform({
   *       aws: ScalingTarget.ongoingRequests(4),
   *       kubernetes: PrometheusTarget.ofTotal('Running', 'sum(vllm:num_requests_running{namespace="models"})', 4),
   *     }),
   *   ],
   * });
   */
  public static byPlatform(targets: { [kind: string]: ScalingTarget }): ScalingTarget {
    checkValue('ScalingTarget{}', targets, 'targets');
    const own = { ...targets };
    const kinds = Object.keys(own);
    if (kinds.length === 0)
      throw new ServingError(
        'EmptyList',
        "'targets' ({}) must have at least one platform, such as 'aws' or 'kubernetes'",
      );
    for (const kind of kinds) checkPlatform(kind, own[kind] as ScalingTarget);
    return new ScalingTarget(ScalingMetric.CUSTOM, 0, undefined, own);
  }

  /**
   * A metric that has a name or a query in addition to its value.
   *
   * @internal
   */
  public static _ofIntent(intent: ScalingTargetIntent): ScalingTarget {
    return new ScalingTarget(intent.metric, intent.value, { intent });
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
    public readonly _custom?: Details,
    private readonly targets?: { readonly [kind: string]: ScalingTarget },
  ) {}

  /** @internal */
  public _intent(): ScalingTargetIntent {
    return this._custom?.intent ?? { metric: this.metric, value: this.value };
  }

  /**
   * The metric on a platform of this kind.
   *
   * @internal
   */
  public _on(kind: string, at: IConstruct): ScalingTarget {
    if (this.targets === undefined) return this;
    const own = this.targets[kind];
    if (own !== undefined) return own._on(kind, at);
    throw new ServingError(
      'Unsupported',
      `a scaling target has no metric for platform '${kind}', only for ${listed(Object.keys(this.targets))}; add '${kind}' to ScalingTarget.byPlatform`,
      at,
    );
  }
}

tagClass('ScalingTarget', ScalingTarget);

const listed = (kinds: readonly string[]): string => kinds.map((kind) => `'${kind}'`).join(' and ');

/** A metric of another platform would be an error on this one only. */
function checkPlatform(kind: string, { _custom: custom }: ScalingTarget): void {
  if (custom?.platform === undefined || custom.platform === kind) return;
  throw new ServingError(
    'ForeignResource',
    `'targets.${kind}' is scaling target '${custom.intent.name}' of platform '${custom.platform}'; use one that '${kind}' has`,
  );
}

function percentOf(percent: number): number {
  return requireNumber('percent', percent, { min: 1, max: 100, integer: true, hint: 'write 60 for 60 %' });
}
