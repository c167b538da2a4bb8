import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { hubModelOf, modelPathOf } from '../model-path';
import { parallelismOf } from '../parallelism';
import type { LanguageModelOptions } from '../shared-options';

/** Options of vLLM. */
export interface VllmOptions extends LanguageModelOptions {
  /**
   * The model name in requests.
   *
   * @default - the model as written in the command
   */
  readonly servedModelName?: string;
}

/** vLLM. It aborts running requests when it stops, unless `--shutdown-timeout` of 0.18 or newer is set. */
export const VLLM: ServerDescriptor = {
  name: 'vLLM',
  disconnect: DisconnectBehavior.STOPS,
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.FIXED,
  keepAliveSeconds: 5,
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'requests wait without a limit' },
  listensWhenReady: true,
  livenessPath: '/health',
  readinessPath: '/health',
  metrics: {
    path: '/metrics',
    running: 'vllm:num_requests_running',
    waiting: 'vllm:num_requests_waiting',
    latency: 'vllm:e2e_request_latency_seconds',
  },
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  batching: {
    place: KnobPlace.FLAG,
    how: '--max-num-seqs and --max-num-batched-tokens; always on, without a delay',
    sizeKnob: { name: '--max-num-seqs', place: KnobPlace.FLAG, limitsConcurrency: true },
  },
  modelLocation: { how: 'an argument', layout: 'a directory or a model name on the Hugging Face Hub' },
  image: { repository: 'vllm/vllm-openai', user: 'root' },
  // https://docs.vllm.ai/en/latest/getting_started/installation/gpu.html: other devices have images of their own.
  accelerator: { nvidiaImage: 'vllm/vllm-openai' },
  sharedMemoryMib: 4096,
  interpreter: 'python3',
  oldestVersion: '0.5.2',
  versions: [
    {
      from: '0.9.1',
      keepAlive: KeepAliveKind.SETTABLE,
      keepAliveKnob: { name: 'VLLM_HTTP_TIMEOUT_KEEP_ALIVE', place: KnobPlace.VARIABLE, defaultSeconds: 5 },
    },
    {
      from: '0.18',
      drain: DrainBehavior.COMPLETES_REQUESTS,
      drainKnob: { name: '--shutdown-timeout', place: KnobPlace.FLAG, defaultSeconds: 0 },
    },
  ],
  verifiedVersion: '0.18.0',
  source: 'https://github.com/vllm-project/vllm/pull/36666',
  evidence: Evidence.READ,
};

/**
 * A language model behind vLLM.
 *
 * @example
 * ModelServer.vllm({ version: '0.18.0', servedModelName: 'llama' });
 */
export const vllm = defineServer([VLLM], (options: VllmOptions = {}) => {
  const parallelism = parallelismOf(options);
  return {
    descriptor: VLLM,
    options,
    // The model is an argument of `vllm serve`.
    aliases: { '-tp': '--tensor-parallel-size', '--model': 'serve' },
    start: (context) => {
      const model = modelPathOf('model', options.model, context);
      return {
        command: [
          ...['vllm', 'serve', model, '--host', EVERY_INTERFACE, '--port', String(context.port)],
          ...option('--served-model-name', options.servedModelName),
          ...option('--tensor-parallel-size', parallelism(context)),
        ],
        ...hubModelOf(model),
      };
    },
  };
});
