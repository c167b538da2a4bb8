import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Makes a folder for its owner alone, and returns what keeps it from being one. Where a cache is in a folder that all
 * users can write to, somebody else may have made it first, to have what is in it trusted.
 */
export function makeOwnFolder(folder: string, user = process.getuid?.()): string | undefined {
  try {
    makeFolders(folder, 0o700);
    const status = lstatSync(folder);
    if (!status.isDirectory()) return `it is a ${status.isSymbolicLink() ? 'link' : 'file'} and not a folder`;
    if (user !== undefined && status.uid !== user)
      return `it belongs to the user ${status.uid}, and must belong to ${user}`;
    if ((status.mode & STICKY) !== 0) return 'all users share it';
    // An earlier release made it with the mode of the shell.
    if (user !== undefined && (status.mode & OTHERS) !== 0) chmodSync(folder, 0o700);
    return undefined;
  } catch (error) {
    return `it cannot be made (${(error as NodeJS.ErrnoException).code})`;
  }
}

/**
 * Makes a folder and those above it. Node's own recursive way never ends where the system answers that the folder above is
 * missing although it is there, as below /proc.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let place = folder; lstatSync(place, { throwIfNoEntry: false }) === undefined; place = dirname(place))
    missing.unshift(place);
  for (const place of missing) {
    try {
      mkdirSync(place, { mode });
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Whether nothing in a folder can be trusted: somebody else made it, or what is there is no folder. */
export function isForeign(folder: string, user = process.getuid?.()): boolean {
  try {
    const status = lstatSync(folder, { throwIfNoEntry: false });
    return status !== undefined && (!status.isDirectory() || (user !== undefined && status.uid !== user));
  } catch {
    // What leads there is a file, or may not be entered.
    return true;
  }
}
