import { chmodSync, lstatSync, mkdirSync } from 'node:fs';

const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Makes a folder for its owner alone, and returns what keeps it from being one. Where a cache is in a folder that all
 * users can write to, somebody else may have made it first, to have what is in it trusted.
 */
export function makeOwnFolder(folder: string, user = process.getuid?.()): string | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const status = lstatSync(folder);
    if (!status.isDirectory()) return 'it is a link and not a folder';
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

/** Whether a folder is there and somebody else made it, so that nothing in it can be trusted. */
export function isForeign(folder: string, user = process.getuid?.()): boolean {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  return status !== undefined && (!status.isDirectory() || (user !== undefined && status.uid !== user));
}
