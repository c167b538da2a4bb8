import type { ServingPlan } from './plan';
import type { EndpointReach } from './serving-plan';

/** What one platform says of itself: the input of every report. */
export interface Explanation {
  /** The construct path of the platform. */
  readonly platform: string;
  /** The target's name. */
  readonly target: string;
  /** What will be rendered. */
  readonly plan: ServingPlan;
  /** The lock files that were read until then, as paths from the working directory. */
  readonly lockFiles: string[];
  /** What keeps it from being rendered, as an error would say it. */
  readonly refusals: string[];
  /** How clients reach each endpoint. @default - the app uses a release that did not write it */
  readonly reach?: ExplainedReach[];
  /** What was reported at synthesis and is not acknowledged. @default - the app uses a release that did not write it */
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
  /** The id with which it is acknowledged. */
  readonly id: string;
  readonly message: string;
}
