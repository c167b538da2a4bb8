import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isForeign, makeOwnFolder } from './own-folder';

const NAME = 'serving-constructs';

/** The home of the user; undefined for a user without one, such as a container that runs as a number. */
export function homeFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { HOME } = environment;
  if (HOME !== undefined && isAbsolute(HOME)) return HOME;
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/** The folders of a user: the variable that names their parent, and where that is by default. */
const FOLDERS = { cache: ['XDG_CACHE_HOME', '.cache'], state: ['XDG_STATE_HOME', '.local/state'] } as const;

type Kind = keyof typeof FOLDERS;

/** Where this package keeps what saves time; it may not be there, and may not be writable. */
export function userCache(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return ownFolderOf('cache', environment);
}

/** Where this package keeps what the user decided on this machine, apart from caches, which others may fill. */
export function userState(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return ownFolderOf('state', environment);
}

/** The folder of the cache, made and writable; where there is none, a folder of this process that goes with it. */
export function cacheFolder(): string {
  const cache = userCache();
  return cache !== undefined && isWritable(cache) ? cache : processFolder();
}

/** Makes a folder; false where that is not possible. */
export function isWritable(folder: string): boolean {
  try {
    if (makeOwnFolder(folder) !== undefined) return false;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let ofProcess: string | undefined;

function processFolder(): string {
  if (ofProcess === undefined) {
    // Its name is random and it is made new, so nobody else has put anything there.
    const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    ofProcess = folder;
  }
  return ofProcess;
}

/** Why a user has no folder of a kind, where there is none. */
export function whyNoFolder(kind: Kind, environment: NodeJS.ProcessEnv = process.env): string {
  const place = placeOf(kind, environment);
  return place === undefined ? 'the user has no home' : `'${place}' cannot be used: ${makeOwnFolder(place)}`;
}

/** A folder that somebody else made there first is none: what is in it would be trusted. */
function ownFolderOf(kind: Kind, environment: NodeJS.ProcessEnv): string | undefined {
  const place = placeOf(kind, environment);
  return place === undefined || isForeign(place) ? undefined : place;
}

function placeOf(kind: Kind, environment: NodeJS.ProcessEnv): string | undefined {
  const [variable, folder] = FOLDERS[kind];
  const named = environment[variable];
  const home = homeFolder(environment);
  const parent = named !== undefined && isAbsolute(named) ? named : home && join(home, folder);
  return parent && join(parent, NAME);
}
