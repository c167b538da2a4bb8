import type { ServerDescriptor } from '../../plan/server/descriptor';
import { checkDescriptor } from '../check-descriptor';
import { checkStart } from '../command-line';
import { declaredServer } from '../declared-server';
import { defineServer } from '../define-server';

/** Options of a server with a custom descriptor. */
export interface CustomServerOptions {
  /**
   * The program in exec form, with or without its arguments: they are not parsed by a shell, and signals reach the
   * server. The computed times are added at the end, with the flags of the descriptor.
   *
   * @default - the ENTRYPOINT of the image
   */
  readonly command?: string[];

  /**
   * Arguments after `command`, or for the ENTRYPOINT of the image.
   *
   * @default - without `command` the CMD of the image, otherwise none
   */
  readonly args?: string[];

  /** The behavior of the server. */
  readonly descriptor: ServerDescriptor;

  /**
   * The server version in the image, for a descriptor with `versions`.
   *
   * @default - the most cautious behavior of all versions
   */
  readonly version?: string;

  /**
   * Environment variables that the server reads.
   *
   * @default - only the one that contains the port
   */
  readonly environment?: { [name: string]: string };
}

/**
 * Any server, described in as much detail as those of the catalog. It must listen on the port in the environment
 * variable `PORT`, or in the `portVariable` of its descriptor.
 *
 * @example
 * ModelServer.custom({
 *   command: ['serve'],
 *   descriptor: {
 *     name: 'my server',
 *     drain: servers.DrainBehavior.COMPLETES_REQUESTS,
 *     drainKnob: { name: '--drain', place: servers.KnobPlace.FLAG },
 *     keepAlive: servers.KeepAliveKind.SETTABLE,
 *     keepAliveKnob: { name: '--keep-alive', place: servers.KnobPlace.FLAG },
 *     listensWhenReady: true,
 *     readinessPath: '/ready',
 *   },
 * });
 */
export const custom = defineServer([], ({ command, args, descriptor, version, environment }: CustomServerOptions) => {
  const start = checkStart({ command, args });
  checkDescriptor(descriptor, [...start.command, ...(start.args ?? [])]);
  return declaredServer(start, descriptor, { version, environment });
});
