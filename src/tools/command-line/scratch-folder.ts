import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from './command-error';

/** Creates a folder for temporary files. */
export function scratchFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    throw new CommandError(
      'TemporaryFolderUnusable',
      `the folder for temporary files ('${tmpdir()}') cannot be used (${(error as NodeJS.ErrnoException).code}); make it writable, or set TMPDIR to another folder`,
    );
  }
}
