import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound, TimeUnit } from '../plan/server/parts';
import { PYTHON_APPLICATION } from './application';
import { GranianInterface, type GranianOptions } from './application-options';
import { EVERY_INTERFACE, factoryOf, type ServerDefinition, workersOf } from './define';

/** granian. Its idle time is the time for reading a header, of at most a minute; `--http1-keep-alive` is a switch. */
export const GRANIAN: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'granian',
  drain: DrainClass.D,
  drainKnob: { name: '--workers-kill-timeout', place: KnobPlace.FLAG, maxSeconds: 1800 },
  keepAlive: KeepAliveKind.CAPPED,
  keepAliveKnob: {
    name: '--http1-header-read-timeout',
    place: KnobPlace.FLAG,
    unit: TimeUnit.MILLISECONDS,
    standardSeconds: 30,
    maxSeconds: 60,
  },
  headerLimit: { seconds: 0, plus: 'keepAlive' },
  newConnections: NewConnections.REFUSED,
  announcesClose: true,
  pastBound: PastBound.CLOSED,
  overflow: { how: '--backpressure; connections beyond it wait' },
  connectionLimit: { knob: '--backpressure', standard: 1024, beyond: 'connections wait' },
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
  grpc: false,
  rivalVariables: {
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

/** An application behind granian. */
export function granian(options: GranianOptions): ServerDefinition {
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
}
