import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import { repositoryPathOf } from '../model-path';
import { workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of MLServer. */
export interface MlServerOptions extends ServerOptions {
  /**
   * The directory with the settings of the server and of the models.
   *
   * @default - where the backend's only model is; `/models` without one, and needed with several
   */
  readonly modelsPath?: string;

  /**
   * How many processes run models; 0 runs them in the server's own, which then finishes its requests when it is stopped.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** MLServer. It stops the processes of its models before it stops taking requests. */
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
  otherPorts: [8081],
  metrics: {
    port: 8082,
    path: '/metrics',
    waiting: 'parallel_request_queue',
  },
  streaming: true,
  webSocket: false,
  grpc: true,
  batching: { place: KnobPlace.FILE, how: 'max_batch_size and max_batch_time in model-settings.json; both are needed' },
  modelLocation: { how: 'an argument', layout: 'model-settings.json beside the model' },
  image: { repository: 'seldonio/mlserver', user: '1000' },
  interpreter: 'python',
  verifiedVersion: '1.7.1',
  source: 'https://github.com/SeldonIO/MLServer/blob/master/mlserver/server.py',
  evidence: Evidence.MEASURED,
  note: 'its workers need uvloop 0.21 or older, and its requests get status 500 while it stops',
};

/** MLServer without processes of its own for models. */
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
 * Models behind MLServer. It closes idle connections after 5 s, which AWS refuses.
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
    start: (context) => ({
      command: ['mlserver', 'start', repositoryPathOf('modelsPath', options.modelsPath, context) ?? '/models'],
      environment: {
        MLSERVER_HOST: EVERY_INTERFACE,
        MLSERVER_HTTP_PORT: String(context.port),
        MLSERVER_GRPC_PORT: '8081',
        MLSERVER_METRICS_PORT: '8082',
        MLSERVER_PARALLEL_WORKERS: String(workers),
        // It makes folders where it starts, which a user who is not root often cannot.
        MLSERVER_METRICS_DIR: '/tmp/mlserver/metrics',
        MLSERVER_ENVIRONMENTS_DIR: '/tmp/mlserver/environments',
      },
      changeable: ['MLSERVER_METRICS_DIR', 'MLSERVER_ENVIRONMENTS_DIR'],
    }),
  };
});
