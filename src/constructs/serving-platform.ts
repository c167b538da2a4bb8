import { Construct, type IConstruct } from 'constructs';
import type { AttachmentIntent, AutoscalingIntent, SplitIntent } from '../plan/intents';
import type { TargetProfile } from '../plan/target-profile';
import { requireNewId, requireScope } from '../private/construct-arguments';
import { hasTag, tagClass } from '../private/package-copy';
import type { Duration } from '../units/duration';

import type { TargetSettings } from '../workload/target-settings';
import type { BackendBinding, EndpointBinding } from './bindings';
import type { Intermediary } from './intermediary';
import type { Declarations } from './private/declarations';
import { attachPlatform, BUILT_IN_ID, findPlatform, requireSinglePlatform } from './private/platform-lookup';
import type { ScalingTarget } from './scaling-target';

/** Properties that every platform has. */
export interface ServingPlatformProps {
  /**
   * Whether it is an error to use a feature that would be left to the gateway.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * The proxies in front of the balancer, in order from the client, such as a CDN or another load balancer. Their timeouts
   * are validated with the rest of the chain; the proxies themselves are not configured.
   *
   * @default - none
   */
  readonly behind?: Intermediary[];

  /**
   * How long the balancer keeps an idle connection. The rules of the timeout chain are checked with this value.
   *
   * AWS: the idle timeout of the load balancer. Kubernetes: supported with Envoy Gateway; not supported by the router and by
   * a portable gateway.
   *
   * @default - computed from the longest request
   */
  readonly idleTimeout?: Duration;

  /**
   * The target settings of backends that do not set them: `aws.TaskSettings` on AWS, `kubernetes.PodSettings` on
   * Kubernetes.
   *
   * The settings of a backend are merged over these like a JSON merge patch (RFC 7386): objects such as `nodeSelector` are
   * merged by key, and lists and all other values are replaced. They apply to later deployments of every backend of the
   * platform, including those of other stacks or charts.
   *
   * @default - none
   */
  readonly backendDefaults?: TargetSettings;
}

/**
 * The target of endpoints and the resources that they share on it: cluster, balancer, capacity.
 *
 * Constructing a platform attaches it to its scope; endpoints and backends below that scope use the nearest one. Without
 * one, they use the built-in platform of the nearest `Stack` or `Chart`.
 *
 * To add a target, extend `extension.TargetPlatform`.
 */
export abstract class ServingPlatform extends Construct {
  /**
   * The construct id of the built-in platform of a `Stack` or `Chart`.
   *
   * To configure the built-in platform of a deployed definition without replacing its load balancer and cluster, create
   * your platform with this id directly in the `Stack` or `Chart`. A different id creates new resources.
   */
  public static readonly DEFAULT_ID = BUILT_IN_ID;

  /** The platform that endpoints and backends in `scope` use, created if there is none yet. */
  public static of(scope: IConstruct): ServingPlatform {
    return findPlatform(requireScope(scope)) as ServingPlatform;
  }

  /** Whether `x` is a platform, including one created by another copy of this package. */
  public static isServingPlatform(x: unknown): x is ServingPlatform {
    return hasTag('ServingPlatform', x);
  }

  /** The kind of platform, such as `aws`. Images and secrets for one platform can only be used on platforms of that kind. */
  public abstract readonly kind: string;

  constructor(scope: Construct, id: string) {
    super(requireSinglePlatform(requireScope(scope), id), requireNewId(scope, id));
    attachPlatform(scope, this);
  }

  /** @internal */
  public abstract get _target(): TargetProfile;

  /**
   * The target settings of backends that do not set them.
   *
   * @internal
   */
  public abstract get _backendDefaults(): TargetSettings | undefined;

  /**
   * What was declared so far.
   *
   * @internal
   */
  public abstract get _declared(): Declarations;

  /** @internal */
  public abstract _addEndpoint(endpoint: EndpointBinding): void;

  /** @internal */
  public abstract _addBackend(backend: BackendBinding): void;

  /** @internal */
  public abstract _attach(attachment: AttachmentIntent): void;

  /** @internal */
  public abstract _addSplit(scope: Construct, split: SplitIntent): void;

  /** @internal */
  public abstract _addAutoscaling(scope: Construct, policy: AutoscalingIntent, targets: ScalingTarget[]): void;

  /** @internal */
  public abstract _urlOf(endpoint: string): string;

  /** @internal */
  public abstract _internalUrlOf(endpoint: string): string;
}

tagClass('ServingPlatform', ServingPlatform);
