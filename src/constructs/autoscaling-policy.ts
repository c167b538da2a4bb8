import { Construct } from 'constructs';
import { type AutoscalingIntent, ScalingMetric, type ScalingTargetIntent } from '../plan/intents';
import { requireNumber } from '../private/checks';
import { requireNewId, requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { firstRepeated } from '../private/repeated';
import { Duration } from '../units/duration';
import { schedulesOf } from './private/schedules';
import type { IBackend } from './references';
import type { ScalingSchedule } from './scaling-schedule';
import type { ServingPlatform } from './serving-platform';

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

/** Options of autoscaling. */
export interface AutoscalingOptions {
  /**
   * The minimum number of replicas: at least 1, or 0 with `schedules` that start replicas.
   *
   * With 0 no replica runs outside of the schedules, and requests get status 503. AWS: the scheduled actions also set the
   * maximum. Kubernetes: 0 is not supported.
   *
   * @default 1
   */
  readonly minReplicas?: number;

  /** The maximum number of replicas. */
  readonly maxReplicas: number;

  /**
   * The metrics that determine the number of replicas, each used at most once. The one that requires the most replicas applies.
   *
   * AWS: target tracking. Kubernetes: a HorizontalPodAutoscaler, which supports CPU and memory.
   */
  readonly targets: ScalingTarget[];

  /**
   * Times of the week with more replicas, such as business hours. At most one of them applies at a time.
   *
   * AWS: scheduled actions. Kubernetes: not supported, because it needs KEDA.
   *
   * @default - none
   */
  readonly schedules?: ScalingSchedule[];

  /**
   * The delay before replicas are added.
   *
   * AWS: the scale-out cooldown. Kubernetes: the stabilization window, at most an hour.
   *
   * @default Duration.seconds(30)
   */
  readonly scaleUpDelay?: Duration;

  /**
   * The delay before replicas are removed.
   *
   * AWS: the scale-in cooldown. Kubernetes: the stabilization window, at most an hour.
   *
   * @default Duration.minutes(10)
   */
  readonly scaleDownDelay?: Duration;
}

/** Properties of an autoscaling policy. */
export interface AutoscalingPolicyProps extends AutoscalingOptions {
  /** The backend whose replicas are scaled. */
  readonly backend: IBackend;
}

/**
 * Scales the number of replicas of a backend with the load. A backend has at most one policy. Usually created by
 * `backend.autoscale`.
 *
 * @example
 * declare const backend: Backend;
 * new AutoscalingPolicy(this, 'Autoscaling', {
 *   backend,
 *   minReplicas: 2,
 *   maxReplicas: 8,
 *   targets: [ScalingTarget.cpuUtilization(60)],
 * });
 */
export class AutoscalingPolicy extends Construct {
  /** The backend whose replicas are scaled. */
  public readonly backend: IBackend;

  constructor(scope: Construct, id: string, props: AutoscalingPolicyProps) {
    super(requireScope(scope), requireNewId(scope, id));
    checkOptions('AutoscalingPolicyProps', props, 'options', this);
    this.backend = props.backend;
    const { _target: target } = props.backend.platform;
    const hasSchedules = props.schedules !== undefined && props.schedules.length > 0;
    const minReplicas = requireNumber('minReplicas', props.minReplicas ?? 1, {
      min: hasSchedules ? 0 : 1,
      integer: true,
      code: 'ReplicasOutOfRange',
      hint: "none of these metrics can start the first replica, only 'schedules'",
      at: this,
    });
    const maxReplicas = requireNumber('maxReplicas', props.maxReplicas, {
      min: 1,
      max: target.maxReplicas,
      integer: true,
      code: 'ReplicasOutOfRange',
      at: this,
    });
    if (minReplicas > maxReplicas) {
      throw new ServingError(
        'ReplicasOutOfRange',
        `'minReplicas' (${minReplicas}) must be at most 'maxReplicas' (${maxReplicas})`,
        this,
      );
    }
    if (props.targets.length === 0) {
      throw new ServingError(
        'EmptyList',
        "'targets' ([]) must have at least one target, such as ScalingTarget.cpuUtilization(60)",
        this,
      );
    }
    const targets = props.targets.map((target) => target._intent());
    const repeated = firstRepeated(targets.map(({ metric, name = metric }) => name));
    checkOwners(props.targets, props.backend.platform, this);
    if (repeated !== undefined)
      throw new ServingError(
        'DuplicateScalingTarget',
        `duplicate scaling target '${repeated}' in 'targets'; use each metric once`,
        this,
      );
    const intent: AutoscalingIntent = {
      path: this.node.path,
      backend: props.backend.node.path,
      minReplicas,
      maxReplicas,
      targets,
      ...(hasSchedules && { schedules: schedulesOf(props.schedules ?? [], { minReplicas, maxReplicas }, this) }),
      scaleUpSeconds: this.delayOf('scaleUpDelay', props.scaleUpDelay ?? Duration.seconds(30)),
      scaleDownSeconds: this.delayOf('scaleDownDelay', props.scaleDownDelay ?? Duration.minutes(10)),
    };
    props.backend.platform._addAutoscaling(this, intent, [...props.targets]);
  }

  private delayOf(prop: string, delay: Duration): number {
    return requireNumber(prop, delay.toSeconds(), {
      min: 0,
      max: this.backend.platform._target.maxScalingDelaySeconds,
      integer: true,
      unit: 'seconds',
      at: this,
    });
  }
}

tagClass('AutoscalingPolicy', AutoscalingPolicy);

/** Metrics of one platform do not exist on another. */
function checkOwners(targets: readonly ScalingTarget[], { kind }: ServingPlatform, at: Construct): void {
  const foreign = targets.find(({ _custom }) => _custom !== undefined && _custom.platform !== kind);
  if (foreign === undefined) return;
  throw new ServingError(
    'ForeignResource',
    `scaling target '${foreign._intent().name}' belongs to platform '${foreign._custom?.platform}' and cannot be used on '${kind}'; use one that both platforms support, or choose by platform`,
    at,
  );
}

function percentOf(percent: number): number {
  return requireNumber('percent', percent, { min: 1, max: 100, integer: true, hint: 'write 60 for 60 %' });
}
