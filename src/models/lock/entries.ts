import { isAbsolute, posix, relative, sep } from 'node:path';
import { ServingError } from '../../private/errors';
import { shellWord } from '../../private/shell-word';
import type { LockedApp, LockedImage, LockedModel } from './lock-file';
import { type LoadedLock, lockFileFlag, shownPath } from './read-lock';

/** The key of a directory in a lock file: relative to that file, with `/` between its parts. */
export function keyOf(folder: string, directory: string): string {
  const path = isAbsolute(directory) ? relative(folder, directory) : directory;
  return posix.normalize(path.split(sep).join('/')).replace(/(.)\/$/, '$1');
}

/** The entry of the model in a directory. */
export function lockedModel({ path, lock }: LoadedLock, key: string): LockedModel {
  return entryOf(lock.models, key) ?? notLocked(`the model '${key}'`, path, shellWord(key));
}

/** The entry of an image; undefined if it is not locked. */
export function lockedImage({ lock }: LoadedLock, reference: string): LockedImage | undefined {
  return entryOf(lock.images, reference);
}

/** The entry of the image that is built from a directory of code. */
export function lockedApp({ path, lock }: LoadedLock, key: string, command: string): LockedApp {
  return entryOf(lock.apps, key) ?? notLocked(`the app '${key}'`, path, command);
}

/** An own entry, not a member that every object inherits. */
export function entryOf<T>(entries: { readonly [name: string]: T }, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

function notLocked(what: string, path: string, command: string): never {
  throw new ServingError(
    'NotLocked',
    `${what} is not in '${shownPath(path)}'; run: serving lock ${command}${lockFileFlag(path)}`,
  );
}
