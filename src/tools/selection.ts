import { relative, resolve } from 'node:path';
import { keyOf } from '../lock/entries';
import type { LockedModel } from '../lock/lock-file';
import { type LoadedLock, requireLock, shownPath } from '../lock/read-lock';
import { CommandError, USAGE_ERROR } from './command-error';
import { type Destination, parseDestination } from './destination';

/** A model of the lock file that a command is about, and where it is put. */
export interface Selected {
  readonly key: string;
  readonly model: LockedModel;
  readonly to: string;
  readonly destination: Destination;
}

/** The models that the command line names, or all; `--to` wins over what the lock file says. */
export function select(
  names: readonly string[],
  options: { readonly lockFile?: string; readonly to?: string },
): { readonly loaded: LoadedLock; readonly selected: Selected[] } {
  const loaded = requireLock({ lockFile: options.lockFile });
  const keys = names.length === 0 ? Object.keys(loaded.lock.models) : names.map((name) => findKey(loaded, name));
  if (keys.length === 0)
    throw new CommandError(
      `'${shownPath(loaded.path)}' has no model; run 'serving lock' with the directory of one`,
      USAGE_ERROR,
    );
  return { loaded, selected: keys.map((key) => selectOne(loaded, key, options.to)) };
}

/** A name is what the lock file has, or a path from here. */
function findKey({ lock, folder, path }: LoadedLock, name: string): string {
  const here = keyOf(folder, relative(folder, resolve(name)) || '.');
  const key = [keyOf(folder, name), here].find((candidate) => Object.hasOwn(lock.models, candidate));
  if (key !== undefined) return key;
  throw new CommandError(`'${name}' is not in '${shownPath(path)}'; run: serving lock ${name}`, USAGE_ERROR);
}

function selectOne({ lock, path }: LoadedLock, key: string, explicit: string | undefined): Selected {
  const model = lock.models[key] as LockedModel;
  const to = explicit ?? model.to;
  if (to === undefined)
    throw new CommandError(
      `nothing says where '${key}' is published; use --to registry/repository or --to s3://bucket/prefix, or keep it in '${shownPath(path)}' with: serving lock ${key} --to ...`,
      USAGE_ERROR,
    );
  return { key, model, to, destination: parseDestination(to) };
}
