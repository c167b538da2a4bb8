import type { Construct } from 'constructs';
import type { Model } from '../models/model';
import type { AttachmentIntent, AutoscalingIntent, BackendIntent, EndpointIntent, SplitIntent } from '../plan/intents';
import type { SecretValue } from '../workload/secret-value';
import type { ServerImage } from '../workload/server-image';

/** An endpoint as its platform receives it. */
export interface EndpointBinding {
  /** The construct of the endpoint, below which its resources belong. */
  readonly scope: Construct;
  /** What the definition asks for, after defaults. It is frozen. */
  readonly intent: EndpointIntent;
}

/** A backend as its platform receives it. */
export interface BackendBinding {
  /** The construct of the backend, below which its resources belong. */
  readonly scope: Construct;
  /** What the definition asks for, after defaults. It is frozen. */
  readonly intent: BackendIntent;
  /** The container image. */
  readonly image: ServerImage;
  /** The secrets, by the environment variable that receives them. It is frozen. */
  readonly secrets: { readonly [name: string]: SecretValue };
  /** The models, in the order of `intent.models`. It is frozen. */
  readonly models: Model[];
}

/** A backend that serves an endpoint, perhaps not its first. */
export interface AttachmentBinding {
  /** The endpoint. */
  readonly endpoint: EndpointBinding;
  /** The backend. */
  readonly backend: BackendBinding;
  /** How the two belong together. */
  readonly intent: AttachmentIntent;
}

/** The shares and header rules of an endpoint as its platform receives them. */
export interface SplitBinding {
  /** The construct of the split. */
  readonly scope: Construct;
  /** The endpoint whose requests are split. */
  readonly endpoint: EndpointBinding;
  /** What the definition asks for, after defaults. It is frozen. */
  readonly intent: SplitIntent;
}

/** The autoscaling policy of a backend as its platform receives it. */
export interface AutoscalingBinding {
  /** The construct of the policy, below which its resources belong. */
  readonly scope: Construct;
  /** The backend that is scaled. */
  readonly backend: BackendBinding;
  /** What the definition asks for, after defaults. It is frozen. */
  readonly intent: AutoscalingIntent;
}
