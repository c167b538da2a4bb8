import { checkStart } from '../command-line';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that is started with a custom command. */
export interface CommandServerOptions {
  /**
   * The program in exec form, with or without its arguments: they are not parsed by a shell, and signals reach the
   * server. It replaces the ENTRYPOINT and the CMD of the image.
   *
   * AWS: `entryPoint`, without `args` only its first word. Kubernetes: `command`.
   */
  readonly command: string[];

  /**
   * Arguments after `command`.
   *
   * AWS: `command`. Kubernetes: `args`.
   *
   * @default - none
   */
  readonly args?: string[];

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
export const command = defineServer([], ({ command: words, args, behavior }: CommandServerOptions) => {
  const start = checkStart({ command: words, args });
  return declaredServer(start, descriptorOf(behavior, words[0] as string, start), { behavior });
});
