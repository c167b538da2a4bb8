import { readFileSync } from 'node:fs';
import { CommandError } from '../command-line/command-error';

/** The text of a file of an output. */
export function readText(path: string): string {
  return reading(path, () => readFileSync(path, 'utf8'));
}

/** Reads a file or a folder of an output. The error names it. */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandError('InvalidOutput', `'${path}' cannot be read: ${(error as Error).message}`);
  }
}
