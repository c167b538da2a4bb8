import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import { portsOf } from '../grpc';
import { repositoryPathOf } from '../model-path';
import { workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of MLServer. */
export interface MlServerOptions extends ServerOptions {
  /**
   * The directory with the settings of the server and of the models.
   *
   * @default - the path of the backend's only model; `/models` if it has none, required if it has several
   */
  readonly modelsPath?: string;

  /**
   * Number of processes that run models. With 0, models run in the server process, which then completes its requests
   * when it stops.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** MLServer. It stops its worker processes before it stops accepting requests. */
export const MLSERVER: ServerDescriptor = {
  name: 'MLServer',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.FIXED,
  keepAliveSeconds: 5,
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.STATUS_500,
  overflow: { how: 'requests wait without a limit' },
  listensWhenReady: false,
  livenessPath: '/v2/health/live',
  readinessPath: '/v2/health/ready',
  port: 8080,
  portVariable: 'MLSERVER_HTTP_PORT',
  otherPorts: [8081],
  metrics: {
    port: 8082,
    path: '/metrics',
    waiting: 'parallel_request_queue',
  },
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: true,
  grpcHealth: false,
  grpcPort: 8081,
  batching: {
    place: KnobPlace.VARIABLE,
    how: 'MLSERVER_MODEL_MAX_BATCH_SIZE and MLSERVER_MODEL_MAX_BATCH_TIME; both are required',
    // https://mlserver.readthedocs.io/en/latest/reference/model-settings.html
    sizeKnob: { name: 'MLSERVER_MODEL_MAX_BATCH_SIZE', place: KnobPlace.VARIABLE },
    delayKnob: { name: 'MLSERVER_MODEL_MAX_BATCH_TIME', place: KnobPlace.VARIABLE, defaultSeconds: 0 },
    overriddenBy: 'max_batch_size and max_batch_time in the model-settings.json of a model',
  },
  modelLocation: { how: 'an argument', layout: 'model-settings.json next to the model' },
  image: { repository: 'seldonio/mlserver', user: '1000' },
  interpreter: 'python3',
  verifiedVersion: '1.7.1',
  source: 'https://github.com/SeldonIO/MLServer/blob/master/mlserver/server.py',
  evidence: Evidence.MEASURED,
  note: 'its workers require uvloop 0.21 or older, and requests get status 500 while it stops',
};

/** MLServer without worker processes. */
export const MLSERVER_IN_PROCESS: ServerDescriptor = {
  ...MLSERVER,
  name: 'MLServer without workers',
  drain: DrainBehavior.UNBOUNDED,
  newConnections: NewConnections.REFUSED,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  metrics: { port: 8082, path: '/metrics' },
  note: undefined,
};

/**
 * Models behind MLServer. It closes idle connections after 5 s, which is rejected on AWS.
 *
 * @example
 * ModelServer.mlServer({ workers: 0 });
 */
export const mlServer = defineServer([MLSERVER, MLSERVER_IN_PROCESS], (options: MlServerOptions = {}) => {
  const workers = workersOf(options.workers, 0);
  return {
    descriptor: workers === 0 ? MLSERVER_IN_PROCESS : MLSERVER,
    options,
    workers,
    start: (context) => {
      const { http, grpc } = portsOf(context, MLSERVER);
      return {
        command: ['mlserver', 'start', repositoryPathOf('modelsPath', options.modelsPath, context) ?? '/models'],
        environment: {
          MLSERVER_HOST: EVERY_INTERFACE,
          MLSERVER_HTTP_PORT: http,
          MLSERVER_GRPC_PORT: grpc,
          MLSERVER_METRICS_PORT: '8082',
          MLSERVER_PARALLEL_WORKERS: String(workers),
          // By default it creates these in the working directory, where a non-root user often has no write access.
          MLSERVER_METRICS_DIR: '/tmp/mlserver/metrics',
          MLSERVER_ENVIRONMENTS_DIR: '/tmp/mlserver/environments',
        },
        changeable: ['MLSERVER_METRICS_DIR', 'MLSERVER_ENVIRONMENTS_DIR'],
      };
    },
  };
});
