import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import type { Duration } from '../../units/duration';
import { checkCommand } from '../command-line';
import { defineServer } from '../define-server';
import type { CodeServerOptions } from '../shared-options';

/** Options of a program on Node. */
export interface NodeServerOptions extends CodeServerOptions {
  /** The command in exec form, such as `['node', 'server.js']`. The program listens at the port in `PORT`. */
  readonly command: string[];

  /**
   * What the code sets `server.headersTimeout` to. It ends connections that never send, too.
   *
   * @default - 60 s, or `keepAlive` where that is longer, as Node requires
   */
  readonly headersTimeout?: Duration;

  /**
   * Whether the code calls `server.close()` when it gets SIGTERM.
   *
   * @default false
   */
  readonly drains?: boolean;
}

/** How often it looks for connections that are due, in seconds (`connectionsCheckingInterval`). */
const CHECK_SECONDS = 30;

/** How long it waits for the header of a request, in seconds (`headersTimeout`). */
const HEADERS_SECONDS = 60;

/**
 * Node's HTTP server. Everything is set in code; the runtime has no flag for it. Without a handler for the signal it serves
 * on as the first process of its container, until it is killed.
 */
export const NODE: ServerDescriptor = {
  name: 'Node',
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
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
  verifiedVersion: '26.10.0',
  source: 'https://nodejs.org/api/http.html#serverkeepalivetimeout',
  evidence: Evidence.MEASURED,
};

/**
 * A program on Node. It must listen on every interface at the port in the environment variable `PORT`.
 *
 * @example
 * ModelServer.node({ command: ['node', 'server.js'], keepAlive: Duration.seconds(120), drains: true });
 */
export const node = defineServer([NODE], (options: NodeServerOptions) => {
  const command = checkCommand(options.command);
  const { version, drains } = options;
  const keepAliveSeconds = options.keepAlive?.toSeconds();
  const silentSeconds = options.headersTimeout?.toSeconds() ?? Math.max(HEADERS_SECONDS, keepAliveSeconds ?? 0);
  return {
    descriptor: {
      ...NODE,
      // After `server.close()` a connection whose request ends later stays for its keep-alive time.
      drain: drains ? DrainBehavior.WAITS_FULL_PERIOD : DrainBehavior.DROPS_REQUESTS,
      keepAliveSeconds,
      ...(drains && { newConnections: NewConnections.REFUSED, stopExitCode: 0 }),
      silentLimit: { seconds: silentSeconds, lagSeconds: CHECK_SECONDS },
    },
    options: { version },
    start: ({ port }) => ({ command, environment: { PORT: String(port) } }),
  };
});
