import type { ServerDefinition } from './define';
import type { CodeBehavior } from './node-http';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from './server-parts';

/** Go's HTTP server. Everything is set in code; without an idle time it keeps connections for ever. */
export const GO: ServerDescriptor = {
  name: 'Go',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  keepAliveKnob: { name: 'Server.IdleTimeout', place: KnobPlace.CODE },
  newConnections: NewConnections.REFUSED,
  announcesClose: false,
  pastBound: PastBound.NO_BOUND,
  overflow: { how: 'the application decides' },
  listensWhenReady: true,
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
  verifiedVersion: '1.24',
  source: 'https://pkg.go.dev/net/http#Server',
  evidence: Evidence.READ,
  declared: true,
};

/** A program in Go. */
export function go(command: string[], version: string | undefined, code: CodeBehavior): ServerDefinition {
  return {
    descriptor: {
      ...GO,
      drain: code.drains ? DrainClass.A : DrainClass.B,
      keepAlive: code.keepAliveSeconds === undefined ? KeepAliveKind.NEVER_CLOSES : KeepAliveKind.SETTABLE,
      keepAliveSeconds: code.keepAliveSeconds,
    },
    options: { version },
    start: ({ port }) => ({ command, environment: { PORT: String(port) } }),
  };
}
