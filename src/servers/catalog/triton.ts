import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer } from '../define-server';
import { portsOf } from '../grpc';
import { repositoryPathOf } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of NVIDIA Triton. */
export interface TritonOptions extends ServerOptions {
  /**
   * The model repository.
   *
   * @default - the path of the backend's only model; `/models` if it has none, required if it has several
   */
  readonly modelRepository?: string;
}

/** NVIDIA Triton. It waits for connections, not for requests, so idle connections use up the whole drain time. */
export const TRITON: ServerDescriptor = {
  name: 'Triton',
  drain: DrainBehavior.WAITS_FULL_PERIOD,
  drainKnob: { name: '--exit-timeout-secs', place: KnobPlace.FLAG, defaultSeconds: 30 },
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  newConnections: NewConnections.RESET,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'max_queue_size of a model', status: 503 },
  stopExitCode: 1,
  listensWhenReady: true,
  livenessPath: '/v2/health/live',
  readinessPath: '/v2/health/ready',
  otherPorts: [8001],
  metrics: {
    port: 8002,
    path: '/metrics',
    waiting: 'nv_inference_pending_request_count',
    latency: 'nv_inference_request_duration_us',
  },
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: true,
  grpcHealth: true,
  grpcPort: 8001,
  batching: {
    place: KnobPlace.FILE,
    how: 'max_batch_size and dynamic_batching in config.pbtxt',
    instead:
      "set 'max_batch_size' and 'dynamic_batching { max_queue_delay_microseconds: ... }' in the config.pbtxt of each model",
  },
  modelLocation: { how: '--model-repository', layout: '<model>/config.pbtxt and <model>/<version>/model.*' },
  image: { repository: 'nvcr.io/nvidia/tritonserver', user: 'root' },
  sharedMemoryMib: 1024,
  verifiedVersion: '2.51.0',
  source: 'https://github.com/triton-inference-server/server/blob/main/src/main.cc',
  evidence: Evidence.MEASURED,
  note: 'it exits with status 1 if connections are still open at the end of its drain time',
};

/**
 * A model repository behind NVIDIA Triton.
 *
 * @example
 * ModelServer.triton({ modelRepository: '/models' });
 */
export const triton = defineServer([TRITON], (options: TritonOptions = {}) => ({
  descriptor: TRITON,
  options,
  aliases: { '--model-store': '--model-repository' },
  start: (context) => {
    const { http, grpc } = portsOf(context, TRITON);
    return {
      command: [
        ...[
          'tritonserver',
          '--model-repository',
          repositoryPathOf('modelRepository', options.modelRepository, context) ?? '/models',
        ],
        ...['--http-port', http, '--grpc-port', grpc, '--metrics-port', '8002'],
      ],
    };
  },
}));
