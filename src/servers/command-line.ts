import { hideArguments } from '../private/credentials/arguments';
import { ServingError } from '../private/errors';
import { refuseLocalhost } from '../private/localhost';

/** What a user set of how a server is started. */
interface TypedStart {
  readonly command?: string[];
  readonly args?: string[];
}

/** How a container starts its server: a command replaces the entry point of the image, and without one it is kept. */
export interface CheckedStart {
  /** Empty for the image's own entry point. */
  readonly command: string[];
  /** Without a command and arguments, those of the image apply. */
  readonly args?: string[];
}

/** Validates a command in exec form. */
export function checkCommand(command: string[]): string[] {
  const [program] = command;
  if (program === undefined || program === '')
    throw new ServingError('InvalidCommand', "'command' must start with a program, such as ['python', 'serve.py']");
  requireProgram('command[0]', program, command);
  if (/\s/.test(program)) {
    const words = hideArguments(program.trim().split(/\s+/));
    throw new ServingError(
      'InvalidCommand',
      `'command[0]' ('${words.join(' ')}') must be a program; pass each argument as a separate element, such as ['${words.join("', '")}']`,
    );
  }
  refuseLocalhost(command, command.join(' '));
  return [...command];
}

/** Validates a command and its arguments, both optional: without a command, the image's own entry point is started. */
export function checkStart({ command, args = [] }: TypedStart): CheckedStart {
  const words = [...(command ?? []), ...args];
  const program = command === undefined ? [] : checkCommand(command);
  refuseLocalhost(words, words.join(' '));
  return args.length === 0 ? { command: program } : { command: program, args: [...args] };
}

/** Rejects an option in place of a program, which is what the arguments of an image's entry point start with. */
export function requireProgram(prop: string, word: string, words: readonly string[]): void {
  if (!word.startsWith('-')) return;
  const [shown = word] = hideArguments([word]);
  const more = words.length > 1 ? ', ...' : '';
  throw new ServingError(
    'InvalidCommand',
    `'${prop}' ('${shown}') is an option, and must be a program; to pass options to the entry point of the image, use ModelServer.fromImage({ args: ['${shown}'${more}] })`,
  );
}
