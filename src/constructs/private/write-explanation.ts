import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation } from '../../plan/explanation';
import { makeFolders } from '../../private/files/own-folder';
import { shownExplanation } from '../../private/shown-explanation';

/** Writes an explanation into a folder, one file for each platform. */
export function writeExplanation(folder: string, explanation: Explanation): void {
  makeFolders(folder);
  const name = explanation.platform.replace(/[^A-Za-z0-9._-]+/g, '-') || 'root';
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(shownExplanation(explanation), null, 2)}\n`);
}
