import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ignore from 'ignore';
import { CommandError } from '../command-line/command-error';

/** What names the files of an app that are not published, in the syntax of .gitignore. */
export const IGNORE_FILE = '.servingignore';

/** What tools leave beside code. A line of the file such as `!venv` takes it all the same. */
const IGNORED_ALWAYS = [
  ...['.git', '.DS_Store', '**/.cache/huggingface', '__pycache__', '.venv', 'venv', 'node_modules'],
  ...['.pytest_cache', '.mypy_cache', '.ruff_cache', '.env', `/${IGNORE_FILE}`],
];

const MAX_BYTES = 2 ** 20;

/** Whether a path of an app is left out, by what is left out of every app and by its own file. */
export function ignoreRules(directory: string): (path: string, isDirectory: boolean) => boolean {
  // As git on Linux, so that an image is the same wherever it is made.
  const rules = ignore({ ignorecase: false })
    .add(IGNORED_ALWAYS)
    .add(readRules(join(directory, IGNORE_FILE)));
  return (path, isDirectory) => {
    if (path.endsWith(`/${IGNORE_FILE}`))
      throw new CommandError(
        'InvalidIgnoreFile',
        `'${path}' has no effect; move its lines to '${IGNORE_FILE}' beside the code`,
      );
    return ignore.isPathValid(path) && rules.ignores(isDirectory ? `${path}/` : path);
  };
}

function readRules(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return '';
  if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  throw new CommandError('InvalidIgnoreFile', `'${path}' must be a file of at most ${MAX_BYTES} bytes, and no link`);
}
