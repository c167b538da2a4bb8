import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { describeServer } from '../define-server';

/** TorchServe, which is no longer maintained: a descriptor for servers that still run, without a factory. */
export const TORCHSERVE: ServerDescriptor = {
  name: 'TorchServe',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  requestLimit: {
    knob: { name: 'default_response_timeout', place: KnobPlace.FILE, defaultSeconds: 120 },
  },
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'job_queue_size', status: 503 },
  listensWhenReady: false,
  livenessPath: '/ping',
  readinessPath: '/ping',
  port: 8080,
  otherPorts: [8081, 7070, 7071],
  metrics: { port: 8082, path: '/metrics', latency: 'ts_inference_latency_microseconds' },
  streaming: true,
  webSocket: false,
  // It has gRPC on another port, which its command does not configure.
  grpc: false,
  batching: {
    place: KnobPlace.FILE,
    how: 'batchSize and maxBatchDelay of a model',
    instead: "set 'batchSize' and 'maxBatchDelay' of each model in 'models' of config.properties",
  },
  modelLocation: { how: 'model_store', layout: 'MAR files' },
  image: { repository: 'pytorch/torchserve', user: 'model-server' },
  verifiedVersion: '0.12.0',
  source: 'https://github.com/pytorch/serve/blob/master/docs/configuration.md',
  evidence: Evidence.READ,
  note: 'the entry point of its image does not forward the signal to it',
};

/** TorchServe, which has no factory. */
export const torchServe = describeServer(TORCHSERVE);
