import type { ServingPlan } from './plan';

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
}
