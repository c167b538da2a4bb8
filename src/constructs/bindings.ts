import type { Construct } from 'constructs';
import type { CacheVolume } from '../models/cache-volume';
import type { Model } from '../models/model';
import type {
  AttachmentIntent,
  AutoscalingIntent,
  BackendIntent,
  EndpointIntent,
  SidecarIntent,
  SplitIntent,
} from '../plan/intents';
import type { EnvironmentSource } from '../workload/environment-source';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';
import type { ScalingTarget } from './scaling-target';

/** An endpoint as its platform receives it. */
export interface EndpointBinding {
  /** The construct of the endpoint. Create its resources below it. */
  readonly scope: Construct;
  /** The definition with defaults applied. It is frozen. */
  readonly intent: EndpointIntent;
}

/** A sidecar as its platform receives it. */
export interface SidecarBinding {
  /** The definition with defaults applied. It is frozen. */
  readonly intent: SidecarIntent;
  /** The container image. */
  readonly image: ServerImage;
  /** The secrets, by the environment variable that receives them. It is frozen. */
  readonly secrets: { readonly [name: string]: SecretValue };
}

/** A backend as its platform receives it. */
export interface BackendBinding {
  /** The construct of the backend. Create its resources below it. */
  readonly scope: Construct;
  /** The definition with defaults applied. It is frozen. */
  readonly intent: BackendIntent;
  /** The container image. */
  readonly image: ServerImage;
  /** The secrets, by the environment variable that receives them. It is frozen. */
  readonly secrets: { readonly [name: string]: SecretValue };
  /**
   * Sources of environment variables that the definition does not list, in order: later ones take precedence, and all
   * others of the definition over them. It is frozen.
   *
   * @default - none
   */
  readonly environmentFrom?: EnvironmentSource[];
  /** The sidecars, in the order of `intent.sidecars`. It is frozen. @default - none */
  readonly sidecars?: SidecarBinding[];
  /** The models, in the order of `intent.models`. It is frozen. */
  readonly models: Model[];
  /** The volume that outlives the replicas. @default - none */
  readonly cache?: CacheVolume;
  /**
   * The options of the `TargetSettings` for this kind of platform, merged over `backendDefaults` of the platform. Empty
   * without any. It is frozen.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each target has its own options.
  readonly settings: { readonly [option: string]: any };
}

/** The attachment of a backend to an endpoint. */
export interface AttachmentBinding {
  /** The endpoint. */
  readonly endpoint: EndpointBinding;
  /** The backend. */
  readonly backend: BackendBinding;
  /** The definition of the attachment. It is frozen. */
  readonly intent: AttachmentIntent;
}

/** The shares and header rules of an endpoint as its platform receives them. */
export interface SplitBinding {
  /** The construct of the split. */
  readonly scope: Construct;
  /** The endpoint whose requests are split. */
  readonly endpoint: EndpointBinding;
  /** The definition with defaults applied. It is frozen. */
  readonly intent: SplitIntent;
}

/** The autoscaling policy of a backend as its platform receives it. */
export interface AutoscalingBinding {
  /** The construct of the policy. Create its resources below it. */
  readonly scope: Construct;
  /** The backend that is scaled. */
  readonly backend: BackendBinding;
  /** The targets, in the order of the intent. A custom one has a metric of the target's framework. */
  readonly targets: ScalingTarget[];
  /** The definition with defaults applied. It is frozen. */
  readonly intent: AutoscalingIntent;
}
