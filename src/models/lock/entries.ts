import { isAbsolute, posix, relative, sep } from 'node:path';
import { ServingError } from '../../private/errors';
import { shellWord } from '../../private/shell-word';
import { nearestPath } from '../../private/suggest';
import type { LockedApp, LockedImage, LockedModel } from './lock-file';
import { type LoadedLock, lockFileFlag, shownPath } from './read-lock';

/** The key of a directory in a lock file: relative to that file, with `/` between its parts. */
export function keyOf(folder: string, directory: string): string {
  const path = isAbsolute(directory) ? relative(folder, directory) : directory;
  return posix.normalize(path.split(sep).join('/')).replace(/(.)\/$/, '$1');
}

/** The entry of the model in a directory. */
export function lockedModel({ path, lock }: LoadedLock, key: string): LockedModel {
  return (
    entryOf(lock.models, key) ?? notLocked({ what: 'model', key, path, known: lock.models, command: shellWord(key) })
  );
}

/** The entry of an image; undefined if it is not locked. */
export function lockedImage({ lock }: LoadedLock, reference: string): LockedImage | undefined {
  return entryOf(lock.images, reference);
}

/** The entry of the image that is built from a directory of code. */
export function lockedApp({ path, lock }: LoadedLock, key: string, command: string): LockedApp {
  return entryOf(lock.apps, key) ?? notLocked({ what: 'app', key, path, known: lock.apps, command });
}

/** An own entry, not a member that every object inherits. */
export function entryOf<T>(entries: { readonly [name: string]: T }, key: string): T | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

interface Missing {
  readonly what: string;
  readonly key: string;
  readonly path: string;
  readonly known: object;
  readonly command: string;
}

function notLocked({ what, key, path, known, command }: Missing): never {
  const nearest = nearestPath(key, Object.keys(known));
  const way = nearest === undefined ? 'run' : `did you mean '${nearest}'? Otherwise run`;
  throw new ServingError(
    'NotLocked',
    `the ${what} '${key}' is not in '${shownPath(path)}'; ${way}: serving lock ${command}${lockFileFlag(path)}`,
  );
}
