import { DirectoryError } from '../../models/lock/walk';
import { oneLine } from '../../private/credentials/redact';
import { ServingError } from '../../private/errors';
import { COMMAND_CODES, type CommandCode } from './command-codes';
import { CommandError } from './command-error';
import { USAGE_ERROR } from './exit-codes';
import { asCalled } from './invocation';
import { stderr } from './output';

/** The longest message of an error that nobody has written for people. */
const LONGEST_MESSAGE = 500;

/** Shows why a command ended, with the stack where that was asked for, and returns the exit code. */
export function fail(error: unknown, debug: boolean): number {
  const { message, exitCode } = explainFailure(error);
  const shown = asCalled(message);
  if (error instanceof CommandError && error.isExact) stderr.exact(`${shown}\n`);
  else stderr.line(shown);
  if (debug && error instanceof Error) stderr.line(error.stack ?? error.message);
  return exitCode;
}

/** What an error means to the user: ours have a code and a message, of all others one sentence is made. */
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
    return [
      'WorkingDirectoryMissing',
      'the working directory does not exist any more; change to a directory that does',
    ];
  const shown = oneLine(message).slice(0, LONGEST_MESSAGE);
  if (syscall !== undefined && code !== undefined) return ['SystemError', `the system refused an operation: ${shown}`];
  const what = shown || 'without a message';
  return ['UnexpectedError', `unexpected error: ${what}; run the command with --debug to see where, and report it`];
}
