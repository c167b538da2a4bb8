import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import type { Duration } from '../../units/duration';
import { checkStart } from '../command-line';
import { defineServer } from '../define-server';
import type { CodeServerOptions } from '../shared-options';

/** Options of a Node program. */
export interface NodeServerOptions extends CodeServerOptions {
  /**
   * The command in exec form, such as `['node', 'server.js']`. The program listens on the port in `PORT`.
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
   * The `server.headersTimeout` that the code sets. It also closes connections that send no data.
   *
   * @default - 60 s, or `keepAlive` if that is longer, as Node requires
   */
  readonly headersTimeout?: Duration;

  /**
   * Whether the code calls `server.close()` on SIGTERM.
   *
   * @default false
   */
  readonly drains?: boolean;
}

/** How often it checks for expired connections, in seconds (`connectionsCheckingInterval`). */
const CHECK_SECONDS = 30;

/** How long it waits for the headers of a request, in seconds (`headersTimeout`). */
const HEADERS_SECONDS = 60;

/**
 * Node's HTTP server. Its timeouts are set in code; the runtime has no flags for them. Without a SIGTERM handler, as
 * PID 1 of its container, it keeps serving until it is killed.
 */
export const NODE: ServerDescriptor = {
  name: 'Node',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'server.keepAliveTimeout', place: KnobPlace.CODE, defaultSeconds: 5 },
  silentLimit: { seconds: HEADERS_SECONDS, lagSeconds: CHECK_SECONDS },
  headerLimit: { seconds: HEADERS_SECONDS, lagSeconds: CHECK_SECONDS },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  stopExitCode: 137,
  overflow: { how: 'the application decides' },
  connectionLimit: { knob: 'server.maxConnections', beyond: 'connections are closed' },
  listensWhenReady: true,
  portVariable: 'PORT',
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'done by the application' },
  modelLocation: { how: "the application's code", layout: 'as the code expects' },
  verifiedVersion: '26.10.0',
  source: 'https://nodejs.org/api/http.html#serverkeepalivetimeout',
  evidence: Evidence.MEASURED,
};

/**
 * A Node program. It must listen on all interfaces, on the port in the environment variable `PORT`.
 *
 * @example
 * ModelServer.node({ command: ['node', 'server.js'], keepAlive: Duration.seconds(120), drains: true });
 */
export const node = defineServer([NODE], (options: NodeServerOptions) => {
  const start = checkStart(options);
  const { version, drains } = options;
  const keepAliveSeconds = options.keepAlive?.toSeconds();
  const silentSeconds = options.headersTimeout?.toSeconds() ?? Math.max(HEADERS_SECONDS, keepAliveSeconds ?? 0);
  return {
    descriptor: {
      ...NODE,
      // After `server.close()`, a connection with a running request is kept alive after its response.
      drain: drains ? DrainBehavior.WAITS_FULL_PERIOD : DrainBehavior.DROPS_REQUESTS,
      keepAliveSeconds,
      ...(drains && { newConnections: NewConnections.REFUSED, stopExitCode: 0 }),
      silentLimit: { seconds: silentSeconds, lagSeconds: CHECK_SECONDS },
    },
    options: { version },
    start: () => start,
  };
});
