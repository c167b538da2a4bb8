import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ServingError } from '../../private/errors';
import { shellWord } from '../../private/shell-word';
import { leavesFolder } from './inside';
import type { LockFile } from './lock-file';
import { parseLock } from './parse';
import { distrustOf, projectFolders } from './project';

/** The name of a lock file. */
export const LOCK_FILE = 'serving.lock.json';

/** A lock file of 100,000 files has some 10 MB. */
const MAX_BYTES = 64 * 2 ** 20;

/** A lock file that was read, and where it stands. */
export interface LoadedLock {
  readonly path: string;
  /** What its directories are relative to. */
  readonly folder: string;
  readonly lock: LockFile;
}

/** Where to look for a lock file. */
export interface LockQuestion {
  /** The lock file itself. @default - the nearest upward */
  readonly lockFile?: string;
  /** Where to look from. @default - the working directory */
  readonly from?: string;
  /** What `serving lock` must be told to make the file, for who has none. @default - the directories of the models */
  readonly command?: string;
}

const known = new Map<string, { readonly stamp: string; readonly loaded: LoadedLock }>();

/** The lock files that this process has read, as paths from the working directory. */
export function locksRead(): string[] {
  return [...known.keys()].map(shownPath).sort();
}

/** Reads and checks a lock file, once for as long as it does not change; undefined where there is none. */
export function readLock({ lockFile, from = process.cwd() }: LockQuestion = {}): LoadedLock | undefined {
  const path = lockFile === undefined ? discoverLock(from) : resolve(from, lockFile);
  if (path === undefined || !existsSync(path)) return undefined;
  try {
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) unreadable(path, 'it must be a regular file');
    if (stats.size > MAX_BYTES) unreadable(path, `it has ${stats.size} bytes, but at most ${MAX_BYTES} are supported`);
    const stamp = `${stats.ino} ${stats.size} ${stats.mtimeNs}`;
    const last = known.get(path);
    if (last?.stamp === stamp) return last.loaded;
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

/** Reads and checks a lock file that must be there. */
export function requireLock(question: LockQuestion = {}): LoadedLock {
  const loaded = readLock(question);
  if (loaded !== undefined) return loaded;
  const { lockFile, from = process.cwd(), command } = question;
  const what =
    lockFile === undefined
      ? `no ${LOCK_FILE} is in '${shownPath(resolve(from))}' or above it in the project, up to '${shownPath(projectFolders(from).at(-1) as string)}'`
      : `the lock file '${lockFile}' is not there`;
  const way =
    command === undefined
      ? "run 'serving lock' with the directories of the models"
      : `run: serving lock ${command}${lockFile === undefined ? '' : lockFileFlag(resolve(from, lockFile))}`;
  throw new ServingError('LockFileNotFound', `${what}; ${way}`);
}

/** The nearest lock file upward of a folder, inside its project. */
export function findLock(from = process.cwd()): string | undefined {
  return projectFolders(from)
    .map((folder) => join(folder, LOCK_FILE))
    .find((path) => existsSync(path));
}

/**
 * The same, which may be used: not the file of another user, and no link out of the project. A file that is named is used
 * whoever wrote it.
 */
export function discoverLock(from = process.cwd()): string | undefined {
  const path = findLock(from);
  if (path === undefined) return undefined;
  const project = projectFolders(from).at(-1) as string;
  const target = leavesFolder(project, path);
  const why = target === undefined ? distrustOf(path, from) : `is a symbolic link out of the project, to '${target}'`;
  if (why === undefined) return path;
  throw new ServingError(
    'LockFileUntrusted',
    `'${shownPath(path)}' ${why}; remove it, or name it with 'lockFile' or --lock-file if it is yours`,
  );
}

/** What `serving lock` must be told besides, so that it writes this lock file and no other. */
export function lockFileFlag(path: string): string {
  return path === (findLock() ?? resolve(LOCK_FILE)) ? '' : ` --lock-file ${shellWord(shownPath(path))}`;
}

/** A path as the user would type it here, which is the same on every machine. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
