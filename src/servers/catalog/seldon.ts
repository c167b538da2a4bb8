import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer } from '../define-server';
import { requireWord, workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of a class behind Seldon's Python microservice. */
export interface SeldonOptions extends ServerOptions {
  /** The class, `module.Class`, or only its name if its module has the same. */
  readonly className: string;

  /**
   * Number of worker processes. Each loads the model and processes one request at a time.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Seldon's Python microservice. It uses gunicorn's sync workers, so each response closes its connection. */
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
  overflow: { how: 'the socket backlog' },
  listensWhenReady: false,
  livenessPath: '/health/ping',
  readinessPath: '/health/status',
  port: 9000,
  metrics: { port: 6000, path: '/metrics' },
  streaming: false,
  webSocket: false,
  http2: false,
  grpc: false,
  batching: { how: 'not supported' },
  modelLocation: { how: "the application's code", layout: 'as the code expects' },
  interpreter: 'python3',
  // With threads it would use gunicorn's gthread worker, which keeps idle connections for 2 s.
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
  note: 'a connection that sends no data blocks a worker; do not use load balancers that open connections in advance',
};

/**
 * A class behind Seldon's Python microservice.
 *
 * @example
 * ModelServer.seldon({ className: 'IrisClassifier', workers: 4 });
 */
export const seldon = defineServer([SELDON], (options: SeldonOptions) => {
  const name = requireWord('className', options.className, 'MyModel');
  requireClass(name);
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

/** Rejects what can name a module and no class in it. */
function requireClass(name: string): void {
  if (/^[A-Za-z_]\w*$/.test(name.slice(name.lastIndexOf('.') + 1))) return;
  throw new ServingError(
    'InvalidName',
    `'className' ('${name}') must end with the name of a Python class, such as 'my-model.IrisClassifier'`,
  );
}
