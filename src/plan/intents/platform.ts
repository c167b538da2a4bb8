import type { TargetProfile } from '../target-profile';
import type { AutoscalingIntent } from './autoscaling';
import type { BackendIntent } from './backend';
import type { EndpointIntent } from './endpoint';
import type { HopIntent } from './hop';
import type { AttachmentIntent, SplitIntent } from './traffic';

/** All that the users of one platform asked for: the whole input of a plan. */
export interface PlatformIntents {
  /** The target's limits and capabilities. */
  readonly target: TargetProfile;
  /** Whether what is left to the gateway is an error. */
  readonly strict: boolean;
  /** What stands in front of the balancer, from the client inwards. @default - nothing */
  readonly behind?: HopIntent[];
  /** The idle time of the balancer that the user set, in whole seconds. @default - computed */
  readonly idleSeconds?: number;
  /** The endpoints, in the order of their declaration. */
  readonly endpoints: EndpointIntent[];
  /** The backends, in the order of their declaration. */
  readonly backends: BackendIntent[];
  /** Which backend serves which endpoint, in the order of their declaration. */
  readonly attachments: AttachmentIntent[];
  /** The splits. */
  readonly splits: SplitIntent[];
  /** The autoscaling policies. */
  readonly autoscaling: AutoscalingIntent[];
}
