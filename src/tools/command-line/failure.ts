import { DirectoryError } from '../../models/lock/walk';
import { oneLine } from '../../private/credentials/redact';
import { ServingError } from '../../private/errors';
import { COMMAND_CODES, type CommandCode } from './command-codes';
import { CommandError } from './command-error';
import { USAGE_ERROR } from './exit-codes';
import { asCalled } from './invocation';
import { stderr } from './output';

/** The maximum length of a message that was not written for users. */
const LONGEST_MESSAGE = 500;

/** Prints why a command failed, with the stack if `debug` is set, and returns the exit code. */
export function fail(error: unknown, debug: boolean): number {
  const { message, exitCode } = explainFailure(error);
  const shown = asCalled(message);
  if (error instanceof CommandError && error.isExact) stderr.exact(`${shown}\n`);
  else stderr.line(shown);
  if (debug && error instanceof Error) stderr.line(error.stack ?? error.message);
  return exitCode;
}

/** The message for the user and the exit code. Errors from elsewhere are reduced to a code and one sentence. */
export function explainFailure(error: unknown): { readonly message: string; readonly exitCode: number } {
  if (error instanceof ServingError) return { message: error.message, exitCode: USAGE_ERROR };
  if (error instanceof CommandError) return { message: error.message, exitCode: error.exitCode };
  const [code, sentence] = error instanceof DirectoryError ? invalid(error) : sentenceOf(error);
  return { message: `[${code}] ${sentence}`, exitCode: COMMAND_CODES[code].exitCode };
}

function invalid({ message }: DirectoryError): [CommandCode, string] {
  return ['InvalidDirectory', message];
}

function sentenceOf(error: unknown): [CommandCode, string] {
  const { message = String(error), syscall, code } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  if (syscall === 'uv_cwd' || /\buv_cwd\b/.test(message))
    return ['WorkingDirectoryMissing', 'the working directory no longer exists; change to one that does'];
  const shown = oneLine(message).slice(0, LONGEST_MESSAGE);
  if (syscall !== undefined && code !== undefined)
    return ['SystemError', `the operating system refused an operation: ${shown}`];
  const what = shown || 'no message';
  return ['UnexpectedError', `unexpected error: ${what}; run the command with --debug and report its output`];
}
