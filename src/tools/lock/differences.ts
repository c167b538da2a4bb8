import { isDeepStrictEqual } from 'node:util';
import { compare } from '../../models/lock/drift';
import { LayerCache } from '../../models/lock/layer-cache';
import type { LockedImage, LockedLayer, LockedModel } from '../../models/lock/lock-file';
import { walk } from '../../models/lock/walk';
import { lockedPrograms } from '../artifact/programs';
import type { ModelSettings } from './model-settings';

/** The differences between a locked model and its directory, which was just hashed: one line per file. */
export function differencesOfModel(
  { key, directory }: Pick<ModelSettings, 'key' | 'directory'>,
  locked: LockedModel,
  found: LockedModel,
): string[] {
  const files = filesThatDiffer(directory, locked.layers, found.layers).map((text) => `${key}: ${text}`);
  if (files.length > 0) return files;
  const modes = newPrograms(locked, found).map(
    (path) => `${key}: '${path}' is executable, and is not in the lock file`,
  );
  const data = newPrograms(found, locked).map((path) => `${key}: '${path}' is no longer executable`);
  if (modes.length + data.length > 0) return [...modes, ...data];
  if (locked.digest !== found.digest) return [`${key}: the files are the same, but the image differs`];
  const changed = (['to', 'owner', 'source', 'variant', 'base', 'bytes', 'platforms', 'layers'] as const).filter(
    (member) => !isDeepStrictEqual(locked[member], found[member]),
  );
  return changed.map((member) => `${key}: '${member}' differs`);
}

/** The programs of a model that another version of it does not have as programs. */
export function newPrograms(before: Pick<LockedModel, 'layers'>, after: Pick<LockedModel, 'layers'>): string[] {
  const known = lockedPrograms(before);
  return [...lockedPrograms(after)].filter((path) => !known.has(path)).sort();
}

/** The differences between a locked image and its registry. */
export function differencesOfImage(reference: string, locked: LockedImage | undefined, found: LockedImage): string[] {
  if (locked === undefined) return [`${reference}: not locked`];
  if (locked.digest === found.digest) return [];
  return [`${reference}: ${locked.digest} is locked, but the registry now has ${found.digest}`];
}

function filesThatDiffer(directory: string, locked: readonly LockedLayer[], found: readonly LockedLayer[]): string[] {
  const [before, after] = [sizesOf(locked), sizesOf(found)];
  const removed = [...before.keys()].filter((path) => !after.has(path)).map((path) => `'${path}' was removed`);
  const added = [...after.keys()].filter((path) => !before.has(path)).map((path) => `'${path}' was added`);
  const { root, files } = walk(directory);
  const digests = new Set(found.map(({ digest }) => digest));
  const differing = locked.filter(({ digest }) => !digests.has(digest));
  const written = compare(differing, files, new LayerCache(root)).filter((path) => before.has(path) && after.has(path));
  const changed = written.filter((path) => differing.some((layer) => layer.files.some((file) => file.path === path)));
  return [...removed, ...added, ...changed.map((path) => `'${path}' changed`)];
}

function sizesOf(layers: readonly LockedLayer[]): Map<string, number> {
  return new Map(layers.flatMap(({ files }) => files.map(({ path, size }) => [path, size])));
}
