import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServingPlan } from '../plan/plan';
import { shownExplanation } from './shown-explanation';

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

/** Writes an explanation into a folder, one file for each platform. */
export function writeExplanation(folder: string, explanation: Explanation): void {
  mkdirSync(folder, { recursive: true });
  const name = explanation.platform.replace(/[^A-Za-z0-9._-]+/g, '-') || 'root';
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(shownExplanation(explanation), null, 2)}\n`);
}
