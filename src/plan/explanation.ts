import type { ServingPlan } from './plan';
import type { EndpointReach } from './serving-plan';

/** The report data of one platform. */
export interface Explanation {
  /** The construct path of the platform. */
  readonly platform: string;
  /** The target's name. */
  readonly target: string;
  /** The plan that is rendered. */
  readonly plan: ServingPlan;
  /** The lock files that were read, relative to the working directory. */
  readonly lockFiles: string[];
  /** The errors that prevent rendering, as messages. */
  readonly refusals: string[];
  /** How clients reach each endpoint. @default - not written by the release that the app uses */
  readonly reach?: ExplainedReach[];
  /** The warnings at synthesis that are not acknowledged. @default - not written by the release that the app uses */
  readonly warnings?: ExplainedWarning[];
}

/** How clients reach one endpoint. */
export interface ExplainedReach extends EndpointReach {
  /** The construct path of the endpoint. */
  readonly endpoint: string;
}

/** A warning of a construct. */
export interface ExplainedWarning {
  /** The construct path. */
  readonly path: string;
  /** The id to acknowledge it with. */
  readonly id: string;
  readonly message: string;
}
