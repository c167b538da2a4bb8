import { DirectoryError } from '../../models/lock/walk';
import { oneLine } from '../../private/credentials/redact';
import { ServingError } from '../../private/errors';
import { CommandError, FAILED, USAGE_ERROR } from './command-error';
import { stderr } from './output';

/** The longest message of an error that nobody has written for people. */
const LONGEST_MESSAGE = 500;

/** Shows why a command ended, with the stack where that was asked for, and returns the exit code. */
export function fail(error: unknown, debug: boolean): number {
  const { message, exitCode } = explainFailure(error);
  if (error instanceof CommandError && error.isExact) stderr.exact(`${message}\n`);
  else stderr.line(message);
  if (debug && error instanceof Error) stderr.line(error.stack ?? error.message);
  return exitCode;
}

/** What an error means to the user: ours say it themselves, of all others one sentence is made. */
export function explainFailure(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof ServingError) return { message: error.message, exitCode: USAGE_ERROR };
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
  if (error instanceof DirectoryError) return { message: error.message, exitCode: FAILED };
  return { message: sentenceOf(error), exitCode: FAILED };
}

function sentenceOf(error: unknown): string {
  const { message = String(error), syscall, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (syscall === 'uv_cwd' || /\buv_cwd\b/.test(message))
    return 'the working directory does not exist any more; change to a directory that does';
  const shown = oneLine(message).slice(0, LONGEST_MESSAGE);
  if (syscall !== undefined && code !== undefined) return `the system refused an operation: ${shown}`;
  return `unexpected error: ${shown || 'without a message'}; run the command with --debug to see where, and report it`;
}
