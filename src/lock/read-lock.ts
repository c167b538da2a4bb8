import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ServingError } from '../private/errors';
import type { LockFile } from './lock-file';
import { parseLock } from './parse';

/** The name of a lock file. */
export const LOCK_FILE = 'serving.lock.json';

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

/** Reads and checks a lock file, once for as long as it does not change; undefined where there is none. */
export function readLock({ lockFile, from = process.cwd() }: LockQuestion = {}): LoadedLock | undefined {
  const path = lockFile === undefined ? findLock(from) : resolve(from, lockFile);
  if (path === undefined || !existsSync(path)) return undefined;
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    const stamp = `${ino} ${size} ${mtimeNs}`;
    const last = known.get(path);
    if (last?.stamp === stamp) return last.loaded;
    const loaded = { path, folder: dirname(path), lock: parseLock(readFileSync(path, 'utf8'), shownPath(path)) };
    known.set(path, { stamp, loaded });
    return loaded;
  } catch (error) {
    if (error instanceof ServingError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ServingError('InvalidLockFile', `'${shownPath(path)}' cannot be read: ${code ?? message}`);
  }
}

/** Reads and checks a lock file that must be there. */
export function requireLock(question: LockQuestion = {}): LoadedLock {
  const loaded = readLock(question);
  if (loaded !== undefined) return loaded;
  const { lockFile, from = process.cwd(), command } = question;
  const what =
    lockFile === undefined
      ? `no ${LOCK_FILE} is in '${shownPath(resolve(from))}' or above it`
      : `the lock file '${lockFile}' is not there`;
  const way =
    command === undefined
      ? "run 'serving lock' with the directories of the models"
      : `run: serving lock ${command}${lockFile === undefined ? '' : lockFileFlag(resolve(from, lockFile))}`;
  throw new ServingError('LockFileNotFound', `${what}; ${way}`);
}

/** The nearest lock file upward of a folder. */
export function findLock(from = process.cwd()): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, LOCK_FILE);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

/** What `serving lock` must be told besides, so that it writes this lock file and no other. */
export function lockFileFlag(path: string): string {
  return path === (findLock() ?? resolve(LOCK_FILE)) ? '' : ` --lock-file ${shownPath(path)}`;
}

/** A path as the user would type it here, which is the same on every machine. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
