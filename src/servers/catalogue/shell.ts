import { ServingError } from '../../private/errors';
import { refuseLocalhost } from '../../private/localhost';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that is started by a shell line. */
export interface ShellServerOptions {
  /**
   * The line for `/bin/sh -c`.
   *
   * The shell gets the signals: start the server with `exec`, or it is killed without a signal.
   */
  readonly line: string;

  /**
   * What the server does when it is stopped and with idle connections.
   *
   * @default - unknown; the server is assumed to drop its requests when it is stopped
   */
  readonly behavior?: ServerBehavior;
}

/** What `/bin/sh -c` does with signals. */
const SHELL_NOTE =
  "the shell receives the signal and does not forward it; start the server with 'exec', which replaces the shell";

/**
 * Any server, started by a line that `/bin/sh` reads. It must listen on every interface at the port in the environment
 * variable `PORT`, and the backend needs a health check.
 *
 * @example
 * ModelServer.shell({ line: 'exec python serve.py --port $PORT' });
 */
export const shell = defineServer([], ({ line, behavior }: ShellServerOptions) => {
  const trimmed = line.trim();
  if (trimmed === '')
    throw new ServingError('InvalidCommand', "'line' must contain a command, such as 'exec python serve.py'");
  refuseLocalhost(trimmed.split(/[\s"']+/), trimmed);
  const flag = (['keepAliveFlag', 'drainFlag'] as const).find((name) => behavior?.[name] !== undefined);
  if (flag !== undefined) {
    throw new ServingError(
      'ConflictingProps',
      `'${flag}' of 'behavior' would be an argument of the shell and not of the server in 'line'; use ModelServer.command`,
    );
  }
  const note = /(?:^|[;&]\s*)exec\s/.test(trimmed) ? undefined : SHELL_NOTE;
  return declaredServer(['/bin/sh', '-c', trimmed], { ...descriptorOf(behavior, programOf(trimmed)), note });
});

/** The program of a line, behind the variables that the line sets. */
function programOf(line: string): string {
  return line.split(/\s+/).find((word) => !/^\w+=/.test(word)) ?? 'the shell';
}
