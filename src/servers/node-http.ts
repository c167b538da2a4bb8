import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from '../plan/server/parts';
import type { ServerDefinition } from './define';

/** How often it looks for connections that are due, in seconds (`connectionsCheckingInterval`). */
const CHECK_SECONDS = 30;

/**
 * Node's HTTP server. Everything is set in code; the runtime has no flag for it. Without a handler for the signal it serves
 * on as the first process of its container, until it is killed.
 */
export const NODE: ServerDescriptor = {
  name: 'Node',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'server.keepAliveTimeout', place: KnobPlace.CODE, standardSeconds: 5 },
  silentLimit: { seconds: 60, lateSeconds: CHECK_SECONDS },
  headerLimit: { seconds: 60, lateSeconds: CHECK_SECONDS },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  pastBound: PastBound.NO_BOUND,
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

/** What the code of a server of one's own does, in seconds. */
export interface CodeBehavior {
  readonly keepAliveSeconds?: number;
  readonly silentSeconds?: number;
  readonly drains?: boolean;
}

/** A program on Node. */
export function node(command: string[], version: string | undefined, code: CodeBehavior): ServerDefinition {
  return {
    descriptor: {
      ...NODE,
      // After `server.close()` a connection whose request ends later stays for its keep-alive time.
      drain: code.drains ? DrainClass.C : DrainClass.B,
      keepAliveSeconds: code.keepAliveSeconds,
      ...(code.drains && { newConnections: NewConnections.REFUSED, stopExitCode: 0 }),
      silentLimit: {
        seconds: code.silentSeconds ?? (NODE.silentLimit?.seconds as number),
        lateSeconds: CHECK_SECONDS,
      },
    },
    options: { version },
    start: ({ port }) => ({ command, environment: { PORT: String(port) } }),
  };
}
