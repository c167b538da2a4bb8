import { checkCommand } from '../command-line';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that is started with a command of its own. */
export interface CommandServerOptions {
  /**
   * The command and its arguments in exec form: no shell reads them, and signals reach the server.
   */
  readonly command: string[];

  /**
   * What the server does when it is stopped and with idle connections.
   *
   * @default - unknown; the server is assumed to drop its requests when it is stopped
   */
  readonly behavior?: ServerBehavior;
}

/**
 * Any server, started with its own command in exec form. It must listen on every interface at the port in the
 * environment variable `PORT`, and the backend needs a health check.
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
