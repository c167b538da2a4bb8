import { relative, resolve, sep } from 'node:path';
import type { IConstruct } from 'constructs';
import { ServingError } from '../private/errors';
import type { LockedApp, LockedImage, LockedModel } from './lock-file';
import { type LoadedLock, shownPath } from './read-lock';

/** How a lock file calls a directory: relative to the file, with `/` between its parts. */
export function lockKey(folder: string, directory: string): string {
  return relative(folder, resolve(directory)).split(sep).join('/') || '.';
}

/** The entry of a model's directory, which is relative to `from` (by default the working directory) or absolute. */
export function lockedModel(loaded: LoadedLock, directory: string, at?: IConstruct, from?: string): LockedModel {
  const key = lockKey(loaded.folder, resolve(from ?? process.cwd(), directory));
  return entryOf(loaded, 'models', key) ?? notLocked(loaded, `the model '${key}'`, `serving lock ${directory}`, at);
}

/** The entry of an image that a definition names. */
export function lockedImage(loaded: LoadedLock, reference: string, at?: IConstruct): LockedImage {
  return (
    entryOf(loaded, 'images', reference) ??
    notLocked(loaded, `the image '${reference}'`, `serving lock --image ${reference}`, at)
  );
}

/** The entry of a directory of code. */
export function lockedApp(loaded: LoadedLock, directory: string, at?: IConstruct, from?: string): LockedApp {
  const key = lockKey(loaded.folder, resolve(from ?? process.cwd(), directory));
  return entryOf(loaded, 'apps', key) ?? notLocked(loaded, `the app '${key}'`, `serving lock --app ${directory}`, at);
}

type Kind = 'models' | 'images' | 'apps';

function entryOf<K extends Kind>(
  { lock }: LoadedLock,
  kind: K,
  key: string,
): LoadedLock['lock'][K][string] | undefined {
  return Object.hasOwn(lock[kind], key) ? (lock[kind][key] as LoadedLock['lock'][K][string]) : undefined;
}

function notLocked({ path }: LoadedLock, what: string, command: string, at: IConstruct | undefined): never {
  throw new ServingError('NotLocked', `${what} is not in '${shownPath(path)}'; run '${command}'`, at);
}
