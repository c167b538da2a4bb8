import type { ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, KnobPlace } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { modelDirectoryOf } from '../model-path';
import { workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';
import { UVICORN, UVICORN_WORKERS } from './uvicorn';

/** Options of MLflow's scoring server. */
export interface MlflowOptions extends ServerOptions {
  /**
   * The model: a directory, or a URI that MLflow supports.
   *
   * @default - the path of the backend's only model; required if it has none or several
   */
  readonly model?: string;

  /**
   * Number of worker processes. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** The variable from which the scoring server reads the model path. */
const MODEL_PATH = '__pyfunc_model_path__';

/** What MLflow adds to uvicorn, with one process or several. */
const SCORING_SERVER = {
  requestLimit: {
    knob: { name: 'MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT', place: KnobPlace.VARIABLE, defaultSeconds: 60 },
    status: 504,
  },
  announcesClose: false,
  overflow: { how: 'requests wait for a thread; the number of threads is the number of CPUs plus 4' },
  connectionLimit: undefined,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 5000,
  streaming: false,
  webSocket: false,
  webSocketPingSeconds: undefined,
  batching: { how: 'not supported' },
  modelLocation: { how: `\`${MODEL_PATH}\``, layout: 'a directory with an MLmodel file' },
  oldestVersion: '2.22',
  verifiedVersion: '3.17.2',
  source: 'https://github.com/mlflow/mlflow/blob/master/mlflow/pyfunc/scoring_server/__init__.py',
} as const satisfies Partial<ServerDescriptor>;

/**
 * MLflow's scoring server, started with uvicorn directly: `mlflow models serve` runs uvicorn as a child process and
 * does not forward signals, so as PID 1 of a container it never stops.
 */
export const MLFLOW: ServerDescriptor = { ...UVICORN, ...SCORING_SERVER, name: 'MLflow' };

/** MLflow's scoring server in several processes. */
export const MLFLOW_WORKERS: ServerDescriptor = {
  ...UVICORN_WORKERS,
  ...SCORING_SERVER,
  name: 'MLflow with workers',
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  // Older releases may be installed with a uvicorn that does not support the flag.
  versions: UVICORN_WORKERS.versions?.map((version) => ({ ...version, from: '3.17' })),
};

/**
 * A model behind MLflow's scoring server, in the environment of the image.
 *
 * @example
 * ModelServer.mlflow({ version: '3.17.2' });
 */
export const mlflow = defineServer([MLFLOW, MLFLOW_WORKERS], (options: MlflowOptions = {}) => {
  const workers = workersOf(options.workers);
  return {
    descriptor: workers > 1 ? MLFLOW_WORKERS : MLFLOW,
    options,
    workers,
    start: (context) => ({
      command: [
        ...[
          'uvicorn',
          'mlflow.pyfunc.scoring_server.app:app',
          '--host',
          EVERY_INTERFACE,
          '--port',
          String(context.port),
        ],
        ...option('--workers', workers > 1 ? workers : undefined),
      ],
      environment: { [MODEL_PATH]: modelDirectoryOf('model', options.model, context) },
    }),
  };
});
