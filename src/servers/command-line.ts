import { hideArguments } from '../private/credentials/arguments';
import { ServingError } from '../private/errors';
import { refuseLocalhost } from '../private/localhost';

/** Validates a command in exec form. */
export function checkCommand(command: string[]): string[] {
  const [program] = command;
  if (program === undefined || program === '')
    throw new ServingError('InvalidCommand', "'command' must start with a program, such as ['python', 'serve.py']");
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
