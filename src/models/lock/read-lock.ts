import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ServingError } from '../../private/errors';
import { shellWord } from '../../private/shell-word';
import { requireSlashes } from '../../private/slashes';
import { leavesFolder } from './inside';
import type { LockFile } from './lock-file';
import { projectFolders, reasonForDistrust } from './project';

/** The name of a lock file. */
export const LOCK_FILE = 'serving.lock.json';

/** A lock file with 100,000 files has about 10 MB. */
const MAX_BYTES = 64 * 2 ** 20;

/** A lock file that was read, and its location. */
export interface LoadedLock {
  readonly path: string;
  /** The folder that its directories are relative to. */
  readonly folder: string;
  readonly lock: LockFile;
}

/** Where to look for a lock file. */
export interface LockQuery {
  /** The lock file itself. @default - the nearest one in the folder or its parents */
  readonly lockFile?: string;
  /** The folder in which the search starts. @default - the working directory */
  readonly from?: string;
  /**
   * The arguments of `serving lock` that write the file, for the error if there is none.
   *
   * @default - a description of them
   */
  readonly command?: string;
}

const known = new Map<string, { readonly stamp: string; readonly loaded: LoadedLock }>();

/** The lock files that this process has read, as paths from the working directory. */
export function locksRead(): string[] {
  return [...known.keys()].map(shownPath).sort();
}

/** Reads and validates a lock file, again only after it has changed; undefined if there is none. */
export function readLock({ lockFile, from = process.cwd() }: LockQuery = {}): LoadedLock | undefined {
  const path = lockFile === undefined ? discoverLock(from) : resolve(from, requireSlashes('lockFile', lockFile));
  if (path === undefined || !existsSync(path)) return undefined;
  try {
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) unreadable(path, 'it must be a regular file');
    if (stats.size > MAX_BYTES) unreadable(path, `it has ${stats.size} bytes, but at most ${MAX_BYTES} are supported`);
    const stamp = `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
    const last = known.get(path);
    if (last?.stamp === stamp) return last.loaded;
    // Loaded here, because most apps have no lock file.
    const { parseLock } = require('./parse') as typeof import('./parse');
    const loaded = { path, folder: dirname(path), lock: parseLock(readFileSync(path, 'utf8'), shownPath(path)) };
    known.set(path, { stamp, loaded });
    return loaded;
  } catch (error) {
    if (error instanceof ServingError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    return unreadable(path, code ?? message);
  }
}

function unreadable(path: string, why: string): never {
  throw new ServingError('InvalidLockFile', `'${shownPath(path)}' cannot be read: ${why}`);
}

/** Reads and validates a lock file that must exist. */
export function requireLock(query: LockQuery = {}): LoadedLock {
  const loaded = readLock(query);
  if (loaded !== undefined) return loaded;
  const { lockFile, from = process.cwd(), command } = query;
  const what =
    lockFile === undefined
      ? `no ${LOCK_FILE} exists in ${searched(resolve(from), projectFolders(from).at(-1) as string)}`
      : `the lock file '${lockFile}' does not exist`;
  const way =
    command === undefined
      ? "run 'serving lock' with the directories of the models"
      : `run: serving lock ${command}${lockFile === undefined ? '' : lockFileFlag(resolve(from, lockFile))}`;
  throw new ServingError('LockFileNotFound', `${what}; ${way}`);
}

/** The folders of a search, from the first to the last, as a message shows them. */
function searched(first: string, last: string): string {
  return first === last
    ? `'${shownPath(first)}', the root of the project`
    : `'${shownPath(first)}' or its parent folders up to '${shownPath(last)}'`;
}

/** The nearest lock file in a folder or its parents, within the project. */
export function findLock(from = process.cwd()): string | undefined {
  return projectFolders(from)
    .map((folder) => join(folder, LOCK_FILE))
    .find((path) => existsSync(path));
}

/**
 * The same, but rejects a file that is owned by another user or a link out of the project. A lock file that is set
 * explicitly is used in any case.
 */
export function discoverLock(from = process.cwd()): string | undefined {
  const path = findLock(from);
  if (path === undefined) return undefined;
  const project = projectFolders(from).at(-1) as string;
  const target = leavesFolder(project, path);
  const why =
    target === undefined ? reasonForDistrust(path, from) : `is a symbolic link to '${target}', outside the project`;
  if (why === undefined) return path;
  throw new ServingError(
    'LockFileUntrusted',
    `'${shownPath(path)}' ${why}; remove it, or, if you trust it, name it with 'lockFile' or --lock-file`,
  );
}

/** The flag with which `serving lock` writes this lock file; empty if that is its default. */
export function lockFileFlag(path: string): string {
  return path === (findLock() ?? resolve(LOCK_FILE)) ? '' : ` --lock-file ${shellWord(shownPath(path))}`;
}

/** A path relative to the working directory, which is the same on every machine. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
