import { closeSync, openSync, readSync } from 'node:fs';
import type { LockedModel } from '../../models/lock/lock-file';
import type { WalkedFile } from '../../models/lock/walk';

/** The first bytes of a binary of Linux. */
const ELF = Buffer.from('\x7fELF', 'latin1');
/** The first bytes of a script. */
const SHEBANG = Buffer.from('#!', 'latin1');

/**
 * Whether a file is a program, which stays executable: its mode and its first bytes. The mode alone differs between
 * machines, because some file systems make every file executable.
 */
export function isProgram({ source, executable }: Pick<WalkedFile, 'source' | 'executable'>): boolean {
  if (!executable) return false;
  const start = startOf(source);
  return start.equals(ELF) || start.subarray(0, 2).equals(SHEBANG);
}

/** The first four bytes of a file. One that cannot be read has none; the error is reported when it is hashed. */
function startOf(path: string): Buffer {
  const start = Buffer.alloc(4);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    readSync(descriptor, start, 0, start.length, 0);
  } catch {
    // Reported later, with the name of the file.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return start;
}

/** The programs of a locked model. Lock files of older releases have none, and their images no executable files. */
export function lockedPrograms({ layers }: Pick<LockedModel, 'layers'>): Set<string> {
  const files = layers.flatMap((layer) => layer.files);
  return new Set(files.filter(({ executable }) => executable === true).map(({ path }) => path));
}
