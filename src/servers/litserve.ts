import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from '../plan/server/parts';
import type { ServerDefinition } from './define';
import type { CodeBehavior } from './node-http';

/** LitServe. It has no handler for SIGTERM: as the first process of its container it serves on until it is killed. */
export const LITSERVE: ServerDescriptor = {
  name: 'LitServe',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'timeout_keep_alive of run()', place: KnobPlace.CODE, standardSeconds: 5 },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  pastBound: PastBound.CLOSED,
  stopExitCode: 137,
  requestLimit: {
    knob: { name: 'timeout of LitServer', place: KnobPlace.CODE, standardSeconds: 30 },
    status: 504,
    waitingOnly: true,
  },
  overflow: { how: 'requests wait as long as the timeout of LitServer says', status: 504 },
  listensWhenReady: true,
  livenessPath: '/health',
  readinessPath: '/health',
  streaming: true,
  webSocket: false,
  grpc: false,
  batching: { place: KnobPlace.CODE, how: 'max_batch_size and batch_timeout of the LitAPI' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
  interpreter: 'python',
  verifiedVersion: '0.2.19',
  source: 'https://github.com/Lightning-AI/LitServe/blob/main/src/litserve/server.py',
  evidence: Evidence.MEASURED,
};

/** A script that runs LitServe at the port in `PORT`. */
export function litServe(script: string, version: string | undefined, code: CodeBehavior): ServerDefinition {
  return {
    descriptor: { ...LITSERVE, keepAliveSeconds: code.keepAliveSeconds },
    options: { version },
    start: ({ port }) => ({ command: ['python', script], environment: { PORT: String(port) } }),
  };
}
