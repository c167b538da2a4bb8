import { ServingError } from '../../private/errors';
import { refuseLocalhost } from '../../private/localhost';
import { requireProgram } from '../command-line';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that is started by a shell command line. */
export interface ShellServerOptions {
  /**
   * The command line for `/bin/sh -c`.
   *
   * The shell receives the signals: start the server with `exec`, otherwise it is killed without SIGTERM.
   */
  readonly line: string;

  /**
   * How the server handles SIGTERM and idle connections.
   *
   * @default - unknown; the server is assumed to drop running requests when it stops
   */
  readonly behavior?: ServerBehavior;
}

/** How `/bin/sh -c` handles signals. */
const SHELL_NOTE =
  "the shell receives the signal and does not forward it; start the server with 'exec', which replaces the shell";

/**
 * Any server, started by a command line for `/bin/sh`. It must listen on all interfaces, on the port in the
 * environment variable `PORT`, and the backend requires a health check.
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
      `'${flag}' of 'behavior' would be passed to the shell and not to the server in 'line'; use ModelServer.command`,
    );
  }
  requireProgram('line', programOf(trimmed), trimmed.split(/\s+/));
  const note = /(?:^|[;&]\s*)exec\s/.test(trimmed) ? undefined : SHELL_NOTE;
  const start = { command: ['/bin/sh', '-c', trimmed] };
  return declaredServer(start, { ...descriptorOf(behavior, programOf(trimmed), start), note }, { behavior });
});

/** The program in a command line, after any variable assignments. */
function programOf(line: string): string {
  return line.split(/\s+/).find((word) => !/^\w+=/.test(word)) ?? 'the shell';
}
