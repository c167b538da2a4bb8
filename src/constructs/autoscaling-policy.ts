import { Construct } from 'constructs';
import type { AutoscalingIntent } from '../plan/intents';
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
import type { ScalingTarget } from './scaling-target';

/** Options of autoscaling. */
export interface AutoscalingOptions {
  /**
   * The minimum number of replicas: at least 1, or 0 with `schedules` that start replicas.
   *
   * With 0 no replica runs outside of the schedules, and requests get status 503. AWS: the scheduled actions also set the
   * maximum. Kubernetes: 0 requires `keda` of the platform.
   *
   * @default 1
   */
  readonly minReplicas?: number;

  /** The maximum number of replicas. */
  readonly maxReplicas: number;

  /**
   * The metrics that determine the number of replicas, each used at most once. The one that requires the most replicas applies.
   *
   * AWS: target tracking. Kubernetes: a HorizontalPodAutoscaler, which supports CPU and memory, or with `keda` of the platform a
   * ScaledObject, which also supports `PrometheusTarget`.
   */
  readonly targets: ScalingTarget[];

  /**
   * Times of the week with more replicas, such as business hours. At most one of them applies at a time.
   *
   * AWS: scheduled actions. Kubernetes: cron triggers, which require `keda` of the platform.
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
 * Kubernetes: a Deployment that runs with `replicas` must hand their number over before the first apply without it, which
 * otherwise scales it to 1: see "Switching between fixed replicas and autoscaling" in `docs/autoscaling.md`.
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
    const { kind } = props.backend.platform;
    const metrics = props.targets.map((target) => target._on(kind, this));
    const targets = metrics.map((target) => target._intent());
    const repeated = firstRepeated(targets.map(({ metric, name = metric }) => name));
    checkOwners(metrics, kind, this);
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
    props.backend.platform._addAutoscaling(this, intent, metrics);
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
function checkOwners(targets: readonly ScalingTarget[], kind: string, at: Construct): void {
  const foreign = targets.find(({ _custom }) => _custom?.platform !== undefined && _custom.platform !== kind);
  if (foreign === undefined) return;
  throw new ServingError(
    'ForeignResource',
    `scaling target '${foreign._intent().name}' belongs to platform '${foreign._custom?.platform}' and cannot be used on '${kind}'; use one that both platforms support, or one for each in ScalingTarget.byPlatform`,
    at,
  );
}
