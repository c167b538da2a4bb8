import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { checkStart } from '../command-line';
import { defineServer } from '../define-server';
import type { CodeServerOptions } from '../shared-options';

/** Options of a Go program. */
export interface GoServerOptions extends CodeServerOptions {
  /**
   * The command in exec form, such as `['/app/server']`. The program listens on the port in `PORT`.
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

  /**
   * Whether the code calls `Shutdown` of its server on SIGTERM.
   *
   * @default false
   */
  readonly drains?: boolean;
}

/**
 * Go's HTTP server, which is configured in code. Without `IdleTimeout` it never closes idle connections; without a
 * handler for SIGTERM it drops running requests.
 */
export const GO: ServerDescriptor = {
  name: 'Go',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  keepAliveKnob: { name: 'Server.IdleTimeout', place: KnobPlace.CODE },
  newConnections: NewConnections.REFUSED,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  stopExitCode: 2,
  overflow: { how: 'the application decides' },
  listensWhenReady: true,
  portVariable: 'PORT',
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'done by the application' },
  modelLocation: { how: "the application's code", layout: 'as the code expects' },
  verifiedVersion: '1.26.8',
  source: 'https://pkg.go.dev/net/http#Server',
  evidence: Evidence.MEASURED,
};

/**
 * A Go program. It must listen on all interfaces, on the port in the environment variable `PORT`.
 *
 * @example
 * ModelServer.go({ command: ['/app/server'], drains: true });
 */
export const go = defineServer([GO], (options: GoServerOptions) => {
  const start = checkStart(options);
  const { version, drains } = options;
  const keepAliveSeconds = options.keepAlive?.toSeconds();
  return {
    descriptor: {
      ...GO,
      drain: drains ? DrainBehavior.COMPLETES_REQUESTS : DrainBehavior.DROPS_REQUESTS,
      ...(drains && { announcesClose: true, stopExitCode: 0 }),
      keepAlive: keepAliveSeconds === undefined ? KeepAliveKind.NEVER_CLOSES : KeepAliveKind.SETTABLE,
      keepAliveSeconds,
    },
    options: { version },
    start: () => start,
  };
});
