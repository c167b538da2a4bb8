import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryOf } from './entries';
import { LayerCache } from './layer-cache';
import type { LockedLayer } from './lock-file';
import type { LoadedLock } from './read-lock';
import { DirectoryError, type WalkedFile, walk } from './walk';

/**
 * The files of a locked directory that differ from the lock file, sorted by name; none if the directory does not exist.
 * Nothing is hashed: names and sizes are compared, and if this machine hashed the files, also whether they were written
 * to since.
 */
export function driftOf(loaded: LoadedLock, key: string): string[] {
  const model = entryOf(loaded.lock.models, key);
  const directory = resolve(loaded.folder, key);
  if (model === undefined || !existsSync(directory)) return [];
  try {
    const { root, files } = walk(directory);
    return compare(model.layers, files, new LayerCache(root));
  } catch (error) {
    if (error instanceof DirectoryError) return [error.message];
    throw error;
  }
}

/** The names of the files that differ between layers and a directory. */
export function compare(layers: readonly LockedLayer[], files: readonly WalkedFile[], cache: LayerCache): string[] {
  const present = new Map(files.map((file) => [file.path, file]));
  const differing = new Set<string>();
  for (const layer of layers) {
    for (const { path, size } of layer.files) {
      if (present.get(path)?.size !== size) differing.add(path);
    }
    for (const path of writtenTo(layer, present, cache)) differing.add(path);
    for (const { path } of layer.files) present.delete(path);
  }
  for (const path of present.keys()) differing.add(path);
  return [...differing].sort();
}

/** The files of a layer that were written to after the layer was hashed, according to the cache. */
function writtenTo(layer: LockedLayer, present: Map<string, WalkedFile>, cache: LayerCache): string[] {
  const known = cache.layersOf(layer.digest);
  if (known.length === 0) return haveOtherDigest(layer, present, cache) ? layer.files.map(({ path }) => path) : [];
  const changes = known.map(({ files }) =>
    files
      .filter(([path, identity]) => identity !== '' && present.get(path)?.identity !== identity)
      .map(([path]) => path),
  );
  return changes.reduce((fewest, paths) => (paths.length < fewest.length ? paths : fewest));
}

/** Whether the current files were hashed on this machine with a digest other than the locked one. */
function haveOtherDigest(layer: LockedLayer, present: Map<string, WalkedFile>, cache: LayerCache): boolean {
  const files = layer.files.map(({ path }) => [path, present.get(path)?.identity ?? ''] as const);
  const found = cache.find(files);
  return found !== undefined && found.digest !== layer.digest;
}
