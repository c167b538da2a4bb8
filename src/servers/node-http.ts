import type { ServerDefinition } from './define';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from './server-parts';

/** Node's HTTP server. Everything is set in code; the runtime has no flag for it. */
export const NODE: ServerDescriptor = {
  name: 'Node',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'server.keepAliveTimeout', place: KnobPlace.CODE, standardSeconds: 5 },
  silentLimit: { seconds: 60 },
  newConnections: NewConnections.REFUSED,
  announcesClose: false,
  pastBound: PastBound.NO_BOUND,
  overflow: { how: 'the application decides' },
  connectionLimit: { knob: 'server.maxConnections', beyond: 'connections are closed' },
  listensWhenReady: true,
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
  versions: [
    { from: '26', keepAliveKnob: { name: 'server.keepAliveTimeout', place: KnobPlace.CODE, standardSeconds: 65 } },
  ],
  verifiedVersion: '26',
  source: 'https://nodejs.org/api/http.html#serverkeepalivetimeout',
  evidence: Evidence.READ,
  declared: true,
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
      silentLimit: { seconds: code.silentSeconds ?? (NODE.silentLimit?.seconds as number) },
    },
    options: { version },
    start: ({ port }) => ({ command, environment: { PORT: String(port) } }),
  };
}
