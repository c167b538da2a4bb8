import type { BackendIntent, EndpointIntent } from '../intents';
import type { BalancerPlan, ModelPlan } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import type { Checks } from './checks';
import type { Hop } from './hops';
import type { Slack } from './ladder';

/** The balancer of a platform, and the hops in front of it. */
export interface SolvedBalancer {
  readonly plan: BalancerPlan;
  /** The client and the hops in front of the balancer. */
  readonly front: Hop[];
  /** The prop that set its idle timeout. */
  readonly setBy?: string;
  /** The slack of the times from the client to the balancer. */
  readonly slack: Slack;
}

/** The context in which the times of every backend are solved. */
export interface Solving {
  readonly target: TargetProfile;
  readonly balancer: SolvedBalancer;
  readonly checks: Checks;
}

/** The backend whose times are solved, with the endpoints that it serves. */
export interface Subject {
  readonly backend: BackendIntent;
  readonly endpoints: EndpointIntent[];
  readonly models: ModelPlan[];
}
