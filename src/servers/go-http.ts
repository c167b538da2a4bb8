import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from '../plan/server/parts';
import type { ServerDefinition } from './define';
import type { CodeBehavior } from './node-http';

/**
 * Go's HTTP server. Everything is set in code; without an idle time it keeps connections for ever, and without a handler
 * for the signal it drops its requests.
 */
export const GO: ServerDescriptor = {
  name: 'Go',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  keepAliveKnob: { name: 'Server.IdleTimeout', place: KnobPlace.CODE },
  newConnections: NewConnections.REFUSED,
  pastBound: PastBound.NO_BOUND,
  stopExitCode: 2,
  overflow: { how: 'the application decides' },
  listensWhenReady: true,
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
  verifiedVersion: '1.26.8',
  source: 'https://pkg.go.dev/net/http#Server',
  evidence: Evidence.MEASURED,
};

/** A program in Go. */
export function go(command: string[], version: string | undefined, code: CodeBehavior): ServerDefinition {
  return {
    descriptor: {
      ...GO,
      drain: code.drains ? DrainClass.A : DrainClass.B,
      ...(code.drains && { announcesClose: true, stopExitCode: 0 }),
      keepAlive: code.keepAliveSeconds === undefined ? KeepAliveKind.NEVER_CLOSES : KeepAliveKind.SETTABLE,
      keepAliveSeconds: code.keepAliveSeconds,
    },
    options: { version },
    start: ({ port }) => ({ command, environment: { PORT: String(port) } }),
  };
}
