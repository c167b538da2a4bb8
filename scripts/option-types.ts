/**
 * Writes `src/private/option-types.ts`, the table of the run-time checks of options, and the list of callables that take
 * options, which a test tries one by one. Both come from the sources, so that the first build of a new option has it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readOptions } from './options/read-options';
import { renderEntries, renderTypes } from './options/render';

const ROOT = resolve(__dirname, '..');

/** A generated file: its path in the repository and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The generated files as the sources of a project need them. */
export function optionFiles(root: string = ROOT): GeneratedFile[] {
  const options = readOptions(root);
  return [
    { path: 'src/private/option-types.ts', text: renderTypes(options) },
    { path: 'test/private/option-entries.json', text: renderEntries(options.entries) },
  ];
}

/** The generated files that differ from the sources. */
export function staleOptionFiles(root: string = ROOT): GeneratedFile[] {
  return optionFiles(root).filter((file) => isStale(root, file));
}

/** Brings the generated files up to date, and returns the paths of those that were not. */
export function updateOptionFiles(root: string = ROOT): string[] {
  return staleOptionFiles(root).map((file) => {
    writeFileSync(join(root, file.path), file.text);
    return file.path;
  });
}

function isStale(root: string, { path, text }: GeneratedFile): boolean {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
}

if (require.main === module) for (const path of updateOptionFiles()) console.log(`updated ${path}`);
