import type { MlflowOptions } from './application-options';
import { EVERY_INTERFACE, modelPathOf, type ServerDefinition, workersOf } from './define';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from './server-parts';

/** MLflow's scoring server: uvicorn below a shell that MLflow starts, so that nobody knows who gets the signal. */
export const MLFLOW: ServerDescriptor = {
  name: 'MLflow',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'UVICORN_TIMEOUT_KEEP_ALIVE', place: KnobPlace.VARIABLE, standardSeconds: 5 },
  requestLimit: {
    knob: { name: '--timeout', place: KnobPlace.FLAG, standardSeconds: 60 },
  },
  newConnections: NewConnections.UNKNOWN,
  pastBound: PastBound.UNKNOWN,
  overflow: { how: 'requests wait without a limit' },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 5000,
  streaming: true,
  webSocket: false,
  grpc: false,
  batching: { how: 'it has none' },
  modelLocation: { how: '--model-uri', layout: 'a directory with an MLmodel file' },
  interpreter: 'python',
  rivalVariables: { MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT: '--timeout' },
  verifiedVersion: '3.17.2',
  source: 'https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/',
  evidence: Evidence.READ,
  declared: true,
};

/** A model behind MLflow's scoring server, in the environment of the image. */
export function mlflow(options: MlflowOptions): ServerDefinition {
  const workers = workersOf(options.workers);
  return {
    descriptor: MLFLOW,
    options,
    workers,
    start: (context) => ({
      command: [
        ...['mlflow', 'models', 'serve', '--model-uri', modelPathOf(options.model, context)],
        ...['--host', EVERY_INTERFACE, '--port', String(context.port)],
        ...['--workers', String(workers), '--env-manager', 'local'],
      ],
    }),
  };
}
