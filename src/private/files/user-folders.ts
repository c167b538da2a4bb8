import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isForeign, makeOwnFolder } from './own-folder';

const NAME = 'serving-constructs';

/** The home directory of the user; undefined if there is none, as in a container that runs with a numeric user ID. */
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

/** The environment variable of each parent folder, and its default in the home directory. */
const FOLDERS = { cache: ['XDG_CACHE_HOME', '.cache'], state: ['XDG_STATE_HOME', '.local/state'] } as const;

type Kind = keyof typeof FOLDERS;

/** The cache folder of this package. It may not exist or may not be writable. */
export function userCache(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return ownFolderOf('cache', environment);
}

/** The folder for decisions of the user on this machine, separate from caches, which others may fill. */
export function userState(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return ownFolderOf('state', environment);
}

/** The writable cache folder, or a temporary folder that is removed when the process exits. */
export function cacheFolder(): string {
  const cache = userCache();
  return cache !== undefined && isWritable(cache) ? cache : processFolder();
}

/** Creates a folder if it is missing, and returns whether it is writable. */
export function isWritable(folder: string): boolean {
  try {
    if (makeOwnFolder(folder) !== undefined) return false;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let temporaryFolder: string | undefined;

function processFolder(): string {
  if (temporaryFolder === undefined) {
    // The folder is new and has a random name, so no other user has written to it.
    const folder = mkdtempSync(join(tmpdir(), `${NAME}-`));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    temporaryFolder = folder;
  }
  return temporaryFolder;
}

/** Why the user has no folder of a kind. */
export function whyNoFolder(kind: Kind, environment: NodeJS.ProcessEnv = process.env): string {
  const place = placeOf(kind, environment);
  return place === undefined ? 'the user has no home directory' : `'${place}' cannot be used: ${makeOwnFolder(place)}`;
}

/** Ignores a folder of another user, because its content would be trusted. */
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
