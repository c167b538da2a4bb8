import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';
import { CommandError } from '../command-line/command-error';

/** The file that excludes files of an app from publishing, in the syntax of .gitignore. */
export const IGNORE_FILE = '.servingignore';

/** Files that tools create next to code. A line such as `!venv` in the ignore file includes them. */
const IGNORED_ALWAYS = [
  ...['.git', '.DS_Store', '**/.cache/huggingface', '__pycache__', '.venv', 'venv', 'node_modules'],
  ...['.pytest_cache', '.mypy_cache', '.ruff_cache', '.env', `/${IGNORE_FILE}`],
];

const MAX_BYTES = 2 ** 20;

/** Whether a path of an app is excluded, by default or by its ignore file. */
export function ignoreRules(directory: string): (path: string, isDirectory: boolean) => boolean {
  // Case-sensitive, as git on Linux, so that an image is the same on every machine.
  const rules = ignore({ ignorecase: false })
    .add(IGNORED_ALWAYS)
    .add(readRules(join(directory, IGNORE_FILE)));
  return (path, isDirectory) => {
    if (path.endsWith(`/${IGNORE_FILE}`))
      throw new CommandError(
        'InvalidIgnoreFile',
        `'${path}' has no effect; move its lines to '${IGNORE_FILE}' in the directory of the app`,
      );
    return ignore.isPathValid(path) && rules.ignores(isDirectory ? `${path}/` : path);
  };
}

function readRules(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return '';
  if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  throw new CommandError('InvalidIgnoreFile', `'${path}' must be a file of at most ${MAX_BYTES} bytes, and not a link`);
}
