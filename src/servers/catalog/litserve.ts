import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer } from '../define-server';
import type { CodeServerOptions } from '../shared-options';

/** Options of LitServe. */
export interface LitServeOptions extends CodeServerOptions {
  /** The Python script, such as `server.py`. It must call `run` with the port in `PORT`. */
  readonly script: string;
}

/** LitServe. It has no SIGTERM handler: as PID 1 of its container it keeps serving until it is killed. */
export const LITSERVE: ServerDescriptor = {
  name: 'LitServe',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'timeout_keep_alive of run()', place: KnobPlace.CODE, defaultSeconds: 5 },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  stopExitCode: 137,
  requestLimit: {
    knob: { name: 'timeout of LitServer', place: KnobPlace.CODE, defaultSeconds: 30 },
    status: 504,
    waitingOnly: true,
  },
  overflow: { how: 'requests wait, at most for the timeout of LitServer', status: 504 },
  listensWhenReady: true,
  portVariable: 'PORT',
  livenessPath: '/health',
  readinessPath: '/health',
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  batching: {
    place: KnobPlace.CODE,
    how: 'max_batch_size and batch_timeout of the LitAPI',
    instead: "pass 'max_batch_size' and 'batch_timeout' to the LitAPI in the script",
  },
  modelLocation: { how: "the application's code", layout: 'as the code expects' },
  interpreter: 'python3',
  verifiedVersion: '0.2.19',
  source: 'https://github.com/Lightning-AI/LitServe/blob/main/src/litserve/server.py',
  evidence: Evidence.MEASURED,
};

/**
 * A script that runs LitServe on the port in the environment variable `PORT`.
 *
 * @example
 * ModelServer.litServe({ script: 'server.py', keepAlive: Duration.seconds(120) });
 */
export const litServe = defineServer([LITSERVE], ({ script, version, keepAlive }: LitServeOptions) => {
  if (script === '')
    throw new ServingError('InvalidCommand', "'script' ('') must be a Python script, such as 'server.py'");
  return {
    descriptor: { ...LITSERVE, keepAliveSeconds: keepAlive?.toSeconds() },
    options: { version },
    start: () => ({ command: ['python3', script] }),
  };
});
