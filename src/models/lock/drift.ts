import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryOf } from './entries';
import { LayerCache } from './layer-cache';
import type { LockedLayer } from './lock-file';
import type { LoadedLock } from './read-lock';
import { DirectoryError, type WalkedFile, walk } from './walk';

/**
 * The files of a locked directory that are not what was locked, in the order of their names; none when the directory is not
 * there. Nothing is hashed: names and sizes are compared, and where this machine hashed the files, what tells whether they
 * were written to since.
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

/** What differs between the files of layers and the files of a directory, by name. */
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

/** The files of a layer that were written to since the layer was hashed, as far as the cache can tell. */
function writtenTo(layer: LockedLayer, present: Map<string, WalkedFile>, cache: LayerCache): string[] {
  const known = cache.layersOf(layer.digest);
  if (known.length === 0) return wereHashedOtherwise(layer, present, cache) ? layer.files.map(({ path }) => path) : [];
  const changes = known.map(({ files }) =>
    files
      .filter(([path, identity]) => identity !== '' && present.get(path)?.identity !== identity)
      .map(([path]) => path),
  );
  return changes.reduce((fewest, paths) => (paths.length < fewest.length ? paths : fewest));
}

/** Whether the files as they are were hashed here, and gave another digest than the locked one. */
function wereHashedOtherwise(layer: LockedLayer, present: Map<string, WalkedFile>, cache: LayerCache): boolean {
  const files = layer.files.map(({ path }) => [path, present.get(path)?.identity ?? ''] as const);
  const found = cache.find(files);
  return found !== undefined && found.digest !== layer.digest;
}
