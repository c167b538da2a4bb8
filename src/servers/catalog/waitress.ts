import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import {
  checkThreads,
  factoryOf,
  PYTHON_APPLICATION,
  requireIdentifiers,
  serialConcurrency,
  threadsOf,
} from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of a WSGI application behind waitress. */
export interface WaitressOptions extends ServerOptions {
  /** The application: `module:callable`, or `module` for its callable `app`. */
  readonly app: string;

  /**
   * Number of threads.
   *
   * @default - `maxConcurrency` of the backend; 8 if it is not set
   */
  readonly threads?: number;
}

/** How often it checks for expired connections, in seconds (`--cleanup-interval`). */
const CLEANUP_SECONDS = 30;

/** waitress. It has no SIGTERM handler: as PID 1 of its container it keeps serving until it is killed. */
export const WAITRESS: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'waitress',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--channel-timeout', place: KnobPlace.FLAG, defaultSeconds: 120 },
  keepAliveLagSeconds: CLEANUP_SECONDS,
  silentLimit: { seconds: 0, plus: 'keepAlive', lagSeconds: CLEANUP_SECONDS },
  headerLimit: { seconds: 0, plus: 'keepAlive', lagSeconds: CLEANUP_SECONDS },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  stopExitCode: 137,
  overflow: { how: 'requests wait for a thread' },
  connectionLimit: { knob: '--connection-limit', defaultLimit: 100, beyond: 'no connection is accepted' },
  listensWhenReady: true,
  pathPrefix: { flag: '--url-prefix' },
  port: 8080,
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  verifiedVersion: '3.0.2',
  source: 'https://github.com/Pylons/waitress/blob/main/src/waitress/adjustments.py',
  evidence: Evidence.MEASURED,
};

/**
 * A WSGI application behind waitress, which must be in the image. It drops running requests when it stops.
 *
 * @example
 * ModelServer.waitress({ app: 'app:app', threads: 4 });
 */
export const waitress = defineServer([WAITRESS], (options: WaitressOptions) => {
  const { app, flags } = factoryOf('waitress', options.app, '--call');
  requireIdentifiers('waitress', app);
  checkThreads(options.threads);
  return {
    descriptor: WAITRESS,
    options,
    aliases: { '--listen': '--port' },
    start: (context) => ({
      command: [
        ...['waitress-serve', '--host', EVERY_INTERFACE, '--port', String(context.port)],
        ...['--threads', String(threadsOf(options.threads, 1, context))],
        // Idle connections count toward the limit, and with more than 1000 file descriptors only poll works.
        ...['--connection-limit', '1000', '--asyncore-use-poll'],
      ],
      tail: [...flags, app],
      ...serialConcurrency(threadsOf(options.threads, 1, context), 1),
    }),
  };
});
