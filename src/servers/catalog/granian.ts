import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections, TimeUnit } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import { factoryOf, PYTHON_APPLICATION, workersOf } from '../python-application';
import type { PythonServerOptions } from '../shared-options';

/** The interface between granian and an application. */
export enum GranianInterface {
  /** ASGI. */
  ASGI = 'asgi',
  /** WSGI. */
  WSGI = 'wsgi',
  /** RSGI, granian's own interface. */
  RSGI = 'rsgi',
}

/** Options of an application behind granian. */
export interface GranianOptions extends PythonServerOptions {
  /**
   * The interface of the application.
   *
   * @default GranianInterface.ASGI
   */
  readonly interfaceType?: GranianInterface;
}

/** granian. Its header read timeout, at most a minute, is its idle timeout too; `--http1-keep-alive` is a switch. */
export const GRANIAN: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'granian',
  drain: DrainBehavior.UNBOUNDED,
  drainKnob: { name: '--workers-kill-timeout', place: KnobPlace.FLAG, maxSeconds: 1800 },
  keepAlive: KeepAliveKind.CAPPED,
  keepAliveKnob: {
    name: '--http1-header-read-timeout',
    place: KnobPlace.FLAG,
    unit: TimeUnit.MILLISECONDS,
    defaultSeconds: 30,
    maxSeconds: 60,
  },
  headerLimit: { seconds: 0, plus: 'keepAlive' },
  newConnections: NewConnections.REFUSED,
  announcesClose: true,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: '--backpressure; connections beyond it wait' },
  connectionLimit: { knob: '--backpressure', defaultLimit: 1024, beyond: 'connections wait' },
  listensWhenReady: true,
  metrics: {
    port: 9090,
    path: '/metrics',
    running: 'granian_connections_active',
    waiting: 'granian_blocking_queue',
    enabledBy: '--metrics --metrics-address 0.0.0.0',
  },
  streaming: true,
  webSocket: true,
  http2: true,
  grpc: false,
  conflictingVariables: {
    GRANIAN_HOST: '--host',
    GRANIAN_PORT: '--port',
    GRANIAN_WORKERS: '--workers',
    GRANIAN_INTERFACE: '--interface',
    GRANIAN_HTTP1_HEADER_READ_TIMEOUT: '--http1-header-read-timeout',
    GRANIAN_WORKERS_KILL_TIMEOUT: '--workers-kill-timeout',
  },
  oldestVersion: '2.0',
  verifiedVersion: '2.8.7',
  source: 'https://github.com/emmett-framework/granian/blob/master/granian/cli.py',
  evidence: Evidence.MEASURED,
};

/**
 * An application behind granian, which must be in the image. It keeps idle connections for at most a minute, which
 * limits `requestTimeout` to 40 s on AWS.
 *
 * @example
 * ModelServer.granian({ app: 'app:app', interfaceType: GranianInterface.WSGI });
 */
export const granian = defineServer([GRANIAN], (options: GranianOptions) => {
  const { app, flags } = factoryOf('granian', options.app, '--factory');
  const workers = workersOf(options.workers);
  const { interfaceType = GranianInterface.ASGI } = options;
  return {
    descriptor: GRANIAN,
    options,
    workers,
    start: ({ port }) => ({
      command: [
        ...['granian', app, ...flags, '--interface', interfaceType, '--host', EVERY_INTERFACE, '--port', String(port)],
        ...['--workers', String(workers)],
      ],
    }),
  };
});
