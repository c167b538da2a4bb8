import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '../../private/files/replace-file';
import { isWritable, userCache } from '../../private/files/user-folders';
import { readJsonObject } from '../../private/json';
import { isDigest } from '../../private/kinds';
import type { WalkedFile } from './walk';

export { cacheFolder } from '../../private/files/user-folders';

/** Changes with the format of layers, so that layers that an older release hashed are hashed again. */
const FORMAT = 1;

/** A file written this shortly before it was hashed may have been written again with the same timestamp. */
const RACY_MILLISECONDS = 2000;

/** The number of files that are cached per directory. The layers hashed last are always kept. */
const REMEMBERED_FILES = 100_000;

/** A layer that was hashed. */
export interface HashedLayer {
  readonly digest: string;
  /** The directory of its files in the image. */
  readonly prefix: string;
  /** When hashing began, in milliseconds. */
  readonly hashedAt: number;
  /** Path and identity of each file; the identity of an empty directory is empty. */
  readonly files: readonly (readonly [path: string, identity: string])[];
}

/** The key of a look-up: the content of a layer by paths and identities. */
export type LayerKey = Pick<HashedLayer, 'prefix' | 'files'>;

/** The digests of the hashed layers of a directory, in the user's cache. A damaged cache is treated as empty. */
export class LayerCache {
  private layers: HashedLayer[];

  constructor(
    private readonly root: string,
    /** The cache file; undefined for a user without a cache. */
    private readonly path: string | undefined = cachePath(root),
  ) {
    this.layers = this.read();
  }

  /** The digest of a layer, if its files are unchanged and were old enough when they were hashed. */
  public digestOf(key: LayerKey, files: readonly WalkedFile[]): string | undefined {
    const layer = this.layers.find((one) => sameKey(one, key));
    const newest = files.reduce((latest, { changedAt }) => Math.max(latest, changedAt), 0);
    return layer !== undefined && newest + RACY_MILLISECONDS <= layer.hashedAt ? layer.digest : undefined;
  }

  /** The layers with a digest. */
  public layersOf(digest: string): HashedLayer[] {
    return this.layers.filter((layer) => layer.digest === digest);
  }

  /** The layer with exactly these files, ignoring directories. */
  public find(files: LayerKey['files']): HashedLayer | undefined {
    return this.layers.find((layer) => {
      const { prefix } = layer;
      return sameKey({ prefix, files }, { prefix, files: layer.files.filter(([, identity]) => identity !== '') });
    });
  }

  /** Caches layers. A cache that cannot be written is not an error. */
  public add(layers: readonly HashedLayer[]): void {
    if (layers.length === 0) return;
    let files = 0;
    this.layers = [...layers, ...this.layers.filter((old) => !layers.some((layer) => sameKey(layer, old)))].filter(
      (layer, index) => {
        files += layer.files.length;
        return index < layers.length || files <= REMEMBERED_FILES;
      },
    );
    if (this.path === undefined || !isWritable(dirname(this.path))) return;
    try {
      replaceFile(this.path, JSON.stringify({ format: FORMAT, root: this.root, layers: this.layers }), 0o600);
    } catch {
      // On a full disk the next run hashes again.
    }
  }

  private read(): HashedLayer[] {
    if (this.path === undefined) return [];
    try {
      const { format, root, layers } = readJsonObject(readFileSync(this.path)) ?? {};
      if (format !== FORMAT || root !== this.root || !Array.isArray(layers)) return [];
      return layers.every(isHashedLayer) ? layers : [];
    } catch {
      return [];
    }
  }
}

function cachePath(root: string): string | undefined {
  const cache = userCache();
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  return cache === undefined ? undefined : join(cache, 'layers', `${name}.json`);
}

function sameKey(a: LayerKey, b: LayerKey): boolean {
  return (
    a.prefix === b.prefix &&
    a.files.length === b.files.length &&
    a.files.every(([path, identity], index) => path === b.files[index]?.[0] && identity === b.files[index]?.[1])
  );
}

function isHashedLayer(value: unknown): value is HashedLayer {
  const { digest, prefix, hashedAt, files } = value as Partial<HashedLayer>;
  return (
    isDigest(digest) &&
    typeof prefix === 'string' &&
    Number.isFinite(hashedAt) &&
    (files as readonly unknown[]).every((file) => Array.isArray(file) && file.length === 2)
  );
}
