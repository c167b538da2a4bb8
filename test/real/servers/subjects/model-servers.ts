import { ModelServer } from '../../../../src';
import type { ProbeRequest } from '../connection';
import type { Subject } from '../subject';

const NOT_SETTABLE = 'its drain time cannot be set';
const UNBOUNDED = 'it waits for the last request without a limit';

const post = (path: string, body: unknown): ProbeRequest => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A request of the Open Inference Protocol, for a model that sleeps for the seconds in its input. */
const infer = (seconds: number) =>
  post('/v2/models/m/infer', { inputs: [{ name: 'seconds', shape: [1, 1], datatype: 'FP32', data: [seconds] }] });

const KSERVE: Subject = {
  id: 'kserve',
  runtime: { python: 'kserve', package: 'kserve' },
  files: ['kserve_app.py'],
  server: ({ version, extraArgs }) =>
    ModelServer.kserve({ module: 'kserve_app', modelName: 'm', modelPath: '/app', version, extraArgs }),
  request: (seconds) => post('/v1/models/m:predict', { seconds }),
  stream: (seconds) => post('/v1/models/m:predict', { seconds, stream: true }),
  startSeconds: 120,
};

const BENTOML: Subject = {
  id: 'bentoml',
  runtime: { python: 'bentoml', package: 'bentoml' },
  files: ['bentoml_app.py'],
  server: ({ version, extraArgs }) => ModelServer.bentoml({ service: 'bentoml_app:Sleeper', version, extraArgs }),
  request: (seconds) => post('/slow', { seconds }),
  stream: (seconds) => post('/stream', { seconds }),
  startSeconds: 120,
};

/** MLServer with its models in worker processes, and in the server process. */
const MLSERVER: readonly Subject[] = [1, 0].map((workers) => ({
  id: workers === 0 ? 'mlserver-in-process' : 'mlserver',
  runtime: { python: 'mlserver', package: 'mlserver' },
  files: ['mlserver_models'],
  server: ({ version, extraArgs }) =>
    ModelServer.mlServer({ modelsPath: 'mlserver_models', workers, version, extraArgs }),
  request: infer,
  startSeconds: 120,
  without: workers === 0 ? { bound: UNBOUNDED, 'default bound': UNBOUNDED } : { 'default bound': NOT_SETTABLE },
}));

const TRITON: Subject = {
  id: 'triton',
  runtime: { python: 'triton', package: 'nvidia-pytriton', version: '2.51.0' },
  files: ['triton_models'],
  server: ({ version, extraArgs }) => ModelServer.triton({ modelRepository: 'triton_models', version, extraArgs }),
  request: infer,
  startSeconds: 120,
  loadRequests: 16,
};

const UWSGI: Subject = {
  id: 'uwsgi',
  runtime: { python: 'uwsgi', package: 'uwsgi' },
  files: ['wsgi_app.py'],
  server: ({ version, extraArgs }) => ModelServer.uwsgi({ app: 'wsgi_app', version, extraArgs }),
  request: (seconds) => ({ path: `/slow?seconds=${seconds}` }),
  stream: (seconds) => ({ path: `/stream?seconds=${seconds}` }),
  without: { bound: UNBOUNDED, 'default bound': UNBOUNDED },
};

/** MLflow with one process and with two. */
const MLFLOW: readonly Subject[] = [1, 2].map((workers) => ({
  id: workers === 1 ? 'mlflow' : 'mlflow-workers',
  runtime: { python: 'mlflow', package: 'mlflow' },
  files: ['mlflow_model'],
  server: ({ version, extraArgs }) => ModelServer.mlflow({ model: 'mlflow_model', workers, version, extraArgs }),
  request: (seconds) => post('/invocations', { inputs: [seconds] }),
  startSeconds: 120,
}));

const SELDON: Subject = {
  id: 'seldon',
  runtime: { python: 'seldon', package: 'seldon-core' },
  files: ['SeldonApp.py'],
  server: ({ version, extraArgs }) => ModelServer.seldon({ className: 'SeldonApp', workers: 4, version, extraArgs }),
  request: (seconds) => post('/predict', { data: { ndarray: [seconds] } }),
  startSeconds: 120,
  without: { bound: NOT_SETTABLE, 'default bound': NOT_SETTABLE },
};

const RAY: Subject = {
  id: 'ray-serve',
  runtime: { python: 'ray', package: 'ray' },
  files: ['ray_app.py'],
  server: ({ version, extraArgs }) =>
    ModelServer.rayServe({ app: 'ray_app:build', version, extraArgs: ['queued=2', ...extraArgs] }),
  // By default metrics are reported every 10 s, and the first process starts slowly on a busy machine.
  environment: { RAY_metrics_report_interval_ms: '1000', RAY_raylet_start_wait_time_s: '150' },
  request: (seconds) => ({ path: `/slow?seconds=${seconds}` }),
  stream: (seconds) => ({ path: `/stream?seconds=${seconds}` }),
  startSeconds: 180,
  loadRequests: 14,
  without: { bound: 'it drops running requests', 'default bound': NOT_SETTABLE },
};

/** Model servers, each with a separate environment. */
export const MODEL_SERVERS: readonly Subject[] = [RAY, KSERVE, BENTOML, ...MLSERVER, TRITON, UWSGI, ...MLFLOW, SELDON];
