import { checkStart } from '../command-line';
import { declaredServer, descriptorOf } from '../declared-server';
import { defineServer } from '../define-server';
import type { ServerBehavior } from '../shared-options';

/** Options of a server that its image starts. */
export interface ImageServerOptions {
  /**
   * Arguments for the ENTRYPOINT of the image. They replace its CMD.
   *
   * AWS: `command`. Kubernetes: `args`.
   *
   * @default - the CMD of the image; the same for an empty list
   */
  readonly args?: string[];

  /**
   * How the server handles SIGTERM and idle connections. Its flags require `args`.
   *
   * @default - unknown; the server is assumed to drop running requests when it stops
   */
  readonly behavior?: ServerBehavior;
}

/**
 * The server that the image starts, with its ENTRYPOINT and, without `args`, its CMD. The server must listen on all
 * interfaces at `port` of the backend, which is also set as the environment variable `PORT`, and the backend requires a
 * health check.
 *
 * @example
 * ModelServer.fromImage({
 *   args: ['--model', 'acme/classifier'],
 *   behavior: { drains: true, keepAlive: Duration.seconds(120), readinessPath: '/healthz' },
 * });
 */
export const fromImage = defineServer([], ({ args, behavior }: ImageServerOptions = {}) => {
  const start = checkStart({ args });
  return declaredServer(start, descriptorOf(behavior, "the image's server", start), { behavior });
});
