import { checkCommand } from '../command-line';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that is started with a custom command. */
export interface CommandServerOptions {
  /**
   * The command and its arguments in exec form: they are not parsed by a shell, and signals reach the server.
   */
  readonly command: string[];

  /**
   * How the server handles SIGTERM and idle connections.
   *
   * @default - unknown; the server is assumed to drop running requests when it stops
   */
  readonly behavior?: ServerBehavior;
}

/**
 * Any server, started with a command in exec form. It must listen on all interfaces, on the port in the environment
 * variable `PORT`, and the backend requires a health check.
 *
 * @example
 * ModelServer.command({
 *   command: ['python', 'serve.py'],
 *   behavior: { drains: true, keepAlive: Duration.seconds(120), readinessPath: '/healthz' },
 * });
 */
export const command = defineServer([], ({ command: words, behavior }: CommandServerOptions) => {
  const checked = checkCommand(words);
  return declaredServer(checked, descriptorOf(behavior, checked[0] as string));
});
