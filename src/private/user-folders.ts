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

/** Where this package keeps what saves time; it may not be there, and may not be writable. */
export function userCache(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return below(environment, 'XDG_CACHE_HOME', '.cache');
}

/** Where this package keeps what the user decided on this machine, apart from caches, which others may fill. */
export function userState(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return below(environment, 'XDG_STATE_HOME', '.local/state');
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

/** A folder that somebody else made there first is none: what is in it would be trusted. */
function below(environment: NodeJS.ProcessEnv, variable: string, folder: string): string | undefined {
  const named = environment[variable];
  const home = homeFolder(environment);
  const parent = named !== undefined && isAbsolute(named) ? named : home && join(home, folder);
  const own = parent && join(parent, NAME);
  return own === undefined || isForeign(own) ? undefined : own;
}
