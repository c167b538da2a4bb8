import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Creates a folder that only its owner can access, or returns why that failed. If all users can write to its parent,
 * another user may have created the folder first, so that its content would be trusted.
 */
export function makeOwnFolder(folder: string, user = process.getuid?.()): string | undefined {
  try {
    makeFolders(folder, 0o700);
    const status = lstatSync(folder);
    if (!status.isDirectory()) return `it is a ${status.isSymbolicLink() ? 'link' : 'file'}, not a folder`;
    if (user !== undefined && status.uid !== user) return `it belongs to user ${status.uid} instead of user ${user}`;
    if ((status.mode & STICKY) !== 0) return 'it is shared by all users';
    // An earlier release created it with the umask of the shell.
    if (user !== undefined && (status.mode & OTHERS) !== 0) chmodSync(folder, 0o700);
    return undefined;
  } catch (error) {
    return `it cannot be created (${(error as NodeJS.ErrnoException).code})`;
  }
}

/**
 * Creates a folder and its parents. The recursive option of Node.js never returns if the system reports an existing
 * parent as missing, as it does below /proc.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let place = folder; lstatSync(place, { throwIfNoEntry: false }) === undefined; place = dirname(place))
    missing.unshift(place);
  for (const place of missing) {
    try {
      mkdirSync(place, { mode });
    } catch (error) {
      // Another process created it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Whether the content of a folder cannot be trusted: another user owns it, or it is not a folder. */
export function isForeign(folder: string, user = process.getuid?.()): boolean {
  try {
    const status = lstatSync(folder, { throwIfNoEntry: false });
    return status !== undefined && (!status.isDirectory() || (user !== undefined && status.uid !== user));
  } catch {
    // A parent is a file, or cannot be entered.
    return true;
  }
}
