import { readdirSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { entryOf, keyOf } from '../../models/lock/entries';
import type { LockedApp, LockedArtifact, LockedEvidence, LockedModel, LockFile } from '../../models/lock/lock-file';
import { type LoadedLock, requireLock, shownPath } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import { nearestPath } from '../../private/suggest';
import type { ArtifactFile } from '../artifact/artifact';
import { CommandError } from '../command-line/command-error';
import { type Destination, parseDestination } from '../destinations/destination';

/** A model or an app of the lock file that a command processes, and its destination. */
export interface Selected {
  readonly key: string;
  readonly kind: 'model' | 'app';
  readonly model: LockedArtifact & LockedEvidence & Partial<Pick<LockedModel, 'base' | 'layers' | 'owner'>>;
  readonly to: string;
  readonly destination: Destination;
}

/** The models and apps that the command line names, or all. `--to` overrides the destinations of the lock file. */
export function select(
  names: readonly string[],
  options: { readonly lockFile?: string; readonly to?: string },
): { readonly loaded: LoadedLock; readonly selected: Selected[] } {
  const loaded = requireLock({ lockFile: options.lockFile });
  const keys = names.length === 0 ? keysOf(loaded.lock) : names.map((name) => findKey(loaded, name));
  if (keys.length === 0)
    throw new CommandError(
      'NothingToDo',
      `'${shownPath(loaded.path)}' contains no models or apps; run 'serving lock' with the directory of one`,
    );
  return { loaded, selected: [...new Set(keys)].map((key) => selectOne(loaded, key, options.to)) };
}

/** The names of all models and apps, models first. */
function keysOf({ models, apps }: LockFile): string[] {
  return [...new Set([...Object.keys(models), ...Object.keys(apps)])];
}

const CODE_FILE = /\.py$|^(?:requirements\.txt|pyproject\.toml|Dockerfile|\.servingignore)$/;

/** The key of a model or an app, from its name in the lock file or from a path. */
export function findKey({ lock, folder, path }: LoadedLock, name: string): string {
  const here = keyOf(folder, relative(folder, resolve(name)) || '.');
  const key = [keyOf(folder, name), here].find((candidate) => keysOf(lock).includes(candidate));
  if (key !== undefined) return key;
  const nearest = nearestPath(keyOf(folder, name), keysOf(lock));
  const guess = nearest === undefined ? '' : `did you mean '${nearest}'? Otherwise, `;
  throw new CommandError('NotLocked', `'${name}' is not in '${shownPath(path)}'; ${guess}${waysToLock(name)}`);
}

/** Both ways to lock a directory, the more likely one first: code must not be locked as a model. */
function waysToLock(name: string): string {
  const word = shellWord(name);
  const ways = [
    `if it contains a model, run: serving lock ${word}`,
    `if it contains code, run: serving lock --app ${word} --base IMAGE`,
  ];
  return (containsCode(resolve(name)) ? ways.reverse() : ways).join('; ');
}

function containsCode(directory: string): boolean {
  try {
    return readdirSync(directory).some((file) => CODE_FILE.test(file));
  } catch {
    return false;
  }
}

/** The locked files, for comparison only: their content cannot be read. */
export function filesOf({ layers = [] }: Selected['model']): ArtifactFile[] {
  return layers.flatMap(({ files }) => files.map((file) => ({ ...file, read: unread })));
}

function unread(): never {
  throw new Error('files of a lock file have no content to read');
}

function selectOne({ lock, path }: LoadedLock, key: string, explicit: string | undefined): Selected {
  const locked = entryOf(lock.models, key);
  const kind = locked === undefined ? 'app' : 'model';
  const model = locked ?? (entryOf(lock.apps, key) as LockedApp);
  const to = explicit ?? model.to;
  if (to === undefined)
    throw new CommandError(
      'NoDestination',
      `'${key}' has no publish destination; use --to registry/repository or --to s3://bucket/prefix, or save one in '${shownPath(path)}' with: serving lock ${shellWord(key)} --to ...`,
    );
  const destination = parseDestination(to);
  if (kind === 'app' && destination.kind !== 'registry')
    throw new CommandError(
      'InvalidDestination',
      `'${key}' is a container image, which '${to}' cannot store; use --to registry/repository`,
    );
  return { key, kind, model, to, destination };
}
