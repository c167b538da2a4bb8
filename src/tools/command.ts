import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError, USAGE_ERROR } from './command-error';

/** What one word after `serving` does. */
export interface Command {
  /** What `--help` prints. */
  readonly usage: string;
  /** Runs the command and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/** Parses the words after a command; wrong ones are an error with the usage below it. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${usage}`, USAGE_ERROR);
  }
}
