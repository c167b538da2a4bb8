import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { IConstruct } from 'constructs';
import { ServingError } from '../private/errors';
import type { LockFile } from './lock-file';
import { parseLock } from './parse';

export const LOCK_FILE_NAME = 'serving.lock.json';

/** A lock file that was read, and where it stands. */
export interface LoadedLock {
  readonly path: string;
  /** What its directories are relative to. */
  readonly folder: string;
  readonly lock: LockFile;
}

/** Where to look for a lock file. */
export interface LockLocation {
  /** The file itself. @default - the nearest `serving.lock.json` from `from` upward */
  readonly lockFile?: string;
  /** @default - the working directory */
  readonly from?: string;
  /** Who asks, for the message. */
  readonly at?: IConstruct;
}

const loaded = new Map<string, { readonly stamp: string; readonly lock: LoadedLock }>();

/** Reads and checks a lock file, once for as long as it does not change. */
export function readLock(location: LockLocation = {}): LoadedLock {
  const path = locateLock(location);
  if (path === undefined) {
    const { from = process.cwd(), at } = location;
    throw new ServingError(
      'LockFileNotFound',
      `no ${LOCK_FILE_NAME} is in ${shownPath(resolve(from))} or above it; run 'serving lock' with the directories of the models`,
      at,
    );
  }
  const stamp = stampOf(path, location.at);
  const known = loaded.get(path);
  if (known?.stamp === stamp) return known.lock;
  const lock = { path, folder: dirname(path), lock: parseLock(readText(path, location.at), shownPath(path)) };
  loaded.set(path, { stamp, lock });
  return lock;
}

/** The lock file that is meant, which need not exist when it was named; nothing when none is found. */
export function locateLock({ lockFile, from = process.cwd() }: LockLocation): string | undefined {
  if (lockFile !== undefined) return resolve(from, lockFile);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, LOCK_FILE_NAME);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A path as the user would type it here, which is the same on every machine. */
export function shownPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}

function stampOf(path: string, at: IConstruct | undefined): string {
  try {
    const { ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException, at);
  }
}

function readText(path: string, at: IConstruct | undefined): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException, at);
  }
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException, at: IConstruct | undefined): ServingError {
  const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? message})`;
  return new ServingError(
    'LockFileNotFound',
    `the lock file '${shownPath(path)}' ${why}; run 'serving lock' to make it`,
    at,
  );
}
