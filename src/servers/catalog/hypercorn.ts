import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import { applicationOf, PYTHON_APPLICATION, workersOf } from '../python-application';
import type { PythonServerOptions } from '../shared-options';

/** Options of an ASGI application behind hypercorn. */
export interface HypercornOptions extends PythonServerOptions {}

/** hypercorn. Its default drain time is only 3 s. */
export const HYPERCORN: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'hypercorn',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.COMPLETES_REQUESTS,
  drainKnob: { name: '--graceful-timeout', place: KnobPlace.FLAG, defaultSeconds: 3 },
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--keep-alive', place: KnobPlace.FLAG, defaultSeconds: 5 },
  silentLimit: { seconds: 0, plus: 'keepAlive' },
  headerLimit: { seconds: 0, plus: 'keepAlive' },
  maxRequestsPerConnection: 1000,
  newConnections: NewConnections.HANG,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.STATUS_500,
  overflow: { how: 'the socket backlog (--backlog)' },
  listensWhenReady: true,
  streaming: true,
  webSocket: true,
  http2: true,
  grpc: false,
  verifiedVersion: '0.18.0',
  source: 'https://github.com/pgjones/hypercorn/blob/main/src/hypercorn/config.py',
  evidence: Evidence.MEASURED,
};

/**
 * An ASGI application behind hypercorn, which must be in the image.
 *
 * @example
 * ModelServer.hypercorn({ app: 'app:app', workers: 2 });
 */
export const hypercorn = defineServer([HYPERCORN], (options: HypercornOptions) => {
  const app = applicationOf(options.app);
  const workers = workersOf(options.workers);
  return {
    descriptor: HYPERCORN,
    options,
    workers,
    aliases: { '-b': '--bind', '-w': '--workers' },
    start: ({ port }) => ({
      command: ['hypercorn', app, '--bind', `${EVERY_INTERFACE}:${port}`, '--workers', String(workers)],
    }),
  };
});
