import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../models/lock/layer-cache';
import { walk } from '../../models/lock/walk';
import { makeOwnFolder } from '../../private/files/own-folder';
import { readJsonObject } from '../../private/json';
import { CommandError } from '../command-line/command-error';

/** Packages in the layout of the image. */
export interface UnpackedPackages {
  readonly folder: string;
  /** Notes for the user, one per line. */
  readonly notes: readonly string[];
}

/** The file that is written last, so that it marks an entry as complete. */
const MARKER = 'complete.json';
const PACKAGES = 'packages';

/** Unpacked packages in the user's cache. A key covers everything that affects their content. */
export class PackageCache {
  private readonly root = ownFolder(join(cacheFolder(), PACKAGES));

  /** Creates a private folder: a working directory, whose folder `packages` can become an entry. */
  public draft(): string {
    return mkdtempSync(join(this.root, 'draft-'));
  }

  /** The entry of a key. An entry that has changed since it was kept is removed. */
  public take(key: string): UnpackedPackages | undefined {
    const entry = this.placeOf(key);
    const stats = lstatSync(entry, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    const folder = join(entry, PACKAGES);
    const marker = readMarker(join(entry, MARKER));
    if (stats.isDirectory() && marker?.key === key && marker.listing === listingOf(folder))
      return { folder, notes: marker.notes };
    rmSync(entry, { recursive: true, force: true });
    return undefined;
  }

  /** Keeps the folder `packages` of a draft. If another process was faster, its entry has the same content. */
  public keep(key: string, draft: string, notes: readonly string[]): UnpackedPackages {
    const listing = listingOf(join(draft, PACKAGES));
    writeFileSync(join(draft, MARKER), JSON.stringify({ key, notes, listing }), { flag: 'wx', mode: 0o600 });
    try {
      renameSync(draft, this.placeOf(key));
    } catch (error) {
      const kept = this.take(key);
      if (kept === undefined) throw error;
      return kept;
    }
    return { folder: join(this.placeOf(key), PACKAGES), notes };
  }

  private placeOf(key: string): string {
    return join(this.root, key.slice(0, 32));
  }
}

interface Marker {
  readonly key: string;
  readonly notes: readonly string[];
  readonly listing: string;
}

function readMarker(path: string): Marker | undefined {
  try {
    const marker = readJsonObject(readFileSync(path));
    return Array.isArray(marker?.notes) ? (marker as unknown as Marker) : undefined;
  } catch {
    return undefined;
  }
}

/** A hash that changes if a file is missing, new, a link, or has a different size. */
function listingOf(folder: string): string | undefined {
  try {
    const { root, files } = walk(folder, []);
    const lines = files.map(({ path, size, executable, source }) =>
      JSON.stringify([path, size, executable, source === join(root, path)]),
    );
    return createHash('sha256').update(lines.join('\n')).digest('hex');
  } catch {
    return undefined;
  }
}

/** A folder that no other user can write to. */
function ownFolder(path: string): string {
  const problem = makeOwnFolder(path);
  if (problem === undefined) return path;
  throw new CommandError(
    'CacheUnusable',
    `the cache folder '${path}' cannot be used: ${problem}; set XDG_CACHE_HOME to a folder that you can write to`,
  );
}
