import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer } from '../define-server';
import { requireWord, workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of a class behind Seldon's Python microservice. */
export interface SeldonOptions extends ServerOptions {
  /** The class: a module that has a class of its name. */
  readonly className: string;

  /**
   * How many processes serve it. Each loads the model and works on one request at a time.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Seldon's Python microservice: gunicorn's sync workers, so that each response ends its connection. */
export const SELDON: ServerDescriptor = {
  name: 'Seldon microservice',
  drain: DrainBehavior.COMPLETES_REQUESTS,
  drainKnob: { name: 'graceful_timeout', place: KnobPlace.CODE, defaultSeconds: 30 },
  serial: true,
  keepAlive: KeepAliveKind.CLOSES_EACH,
  newConnections: NewConnections.HANG,
  announcesClose: true,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  lingerSeconds: 2,
  overflow: { how: 'the backlog of the socket' },
  listensWhenReady: false,
  livenessPath: '/health/ping',
  readinessPath: '/health/status',
  port: 9000,
  metrics: { port: 6000, path: '/metrics' },
  streaming: false,
  webSocket: false,
  grpc: false,
  batching: { how: 'it has none' },
  modelLocation: { how: "the class's code", layout: 'what it expects' },
  interpreter: 'python',
  // With threads it would use gunicorn's other worker, which keeps connections for 2 s.
  conflictingVariables: {
    PREDICTIVE_UNIT_HTTP_SERVICE_PORT: '--http-port',
    PREDICTIVE_UNIT_METRICS_SERVICE_PORT: '--metrics-port',
    GUNICORN_WORKERS: '--workers',
    GUNICORN_THREADS: '--threads',
    GRPC_WORKERS: '--grpc-workers',
  },
  verifiedVersion: '1.18.2',
  source: 'https://docs.seldon.io/projects/seldon-core/en/latest/python/python_server.html',
  evidence: Evidence.MEASURED,
  note: 'a connection that sends nothing holds a worker; do not put it behind balancers that open connections ahead',
};

/**
 * A class behind Seldon's Python microservice.
 *
 * @example
 * ModelServer.seldon({ className: 'IrisClassifier', workers: 4 });
 */
export const seldon = defineServer([SELDON], (options: SeldonOptions) => {
  const name = requireWord('className', options.className, 'MyModel');
  const workers = workersOf(options.workers);
  return {
    descriptor: SELDON,
    options,
    workers,
    start: ({ port }) => ({
      command: [
        ...['seldon-core-microservice', name, '--service-type', 'MODEL', '--http-port', String(port)],
        ...['--metrics-port', '6000', '--workers', String(workers), '--threads', '1', '--grpc-workers', '0'],
      ],
    }),
  };
});
