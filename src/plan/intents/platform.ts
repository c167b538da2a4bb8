import type { TargetProfile } from '../target-profile';
import type { AutoscalingIntent } from './autoscaling';
import type { BackendIntent } from './backend';
import type { EndpointIntent } from './endpoint';
import type { HopIntent } from './hop';
import type { AttachmentIntent, SplitIntent } from './traffic';

/** All definitions of one platform: the input of a plan. */
export interface PlatformIntents {
  /** The target's limits and capabilities. */
  readonly target: TargetProfile;
  /** Whether features that are left to the gateway are errors. */
  readonly strict: boolean;
  /** The hops in front of the balancer, starting at the client. @default - none */
  readonly behind?: HopIntent[];
  /** The idle timeout of the balancer if the user set it, in whole seconds. @default - computed */
  readonly idleSeconds?: number;
  /** The endpoints, in the order of their declaration. */
  readonly endpoints: EndpointIntent[];
  /** The backends, in the order of their declaration. */
  readonly backends: BackendIntent[];
  /** The attachments of backends to endpoints, in the order of their declaration. */
  readonly attachments: AttachmentIntent[];
  /** The splits. */
  readonly splits: SplitIntent[];
  /** The autoscaling policies. */
  readonly autoscaling: AutoscalingIntent[];
}
