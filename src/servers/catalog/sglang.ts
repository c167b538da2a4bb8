import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { hubModelOf, modelDirectoryOf } from '../model-path';
import { parallelismOf } from '../parallelism';
import type { LanguageModelOptions } from '../shared-options';

/** Options of SGLang. */
export interface SglangOptions extends LanguageModelOptions {
  /**
   * The model name in requests.
   *
   * @default - the model as written in the command
   */
  readonly servedModelName?: string;
}

/** SGLang. When it stops it waits for all running requests, and checks every 5 s whether they have ended. */
export const SGLANG: ServerDescriptor = {
  name: 'SGLang',
  disconnect: DisconnectBehavior.STOPS,
  drain: DrainBehavior.UNBOUNDED,
  keepAlive: KeepAliveKind.FIXED,
  keepAliveSeconds: 5,
  requestLimit: { knob: { name: 'SGLANG_REQ_RUNNING_TIMEOUT', place: KnobPlace.FILE } },
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  lingerSeconds: 5,
  overflow: { how: '--max-queued-requests', status: 503 },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 30_000,
  metrics: {
    path: '/metrics',
    running: 'sglang:num_running_reqs',
    waiting: 'sglang:num_queue_reqs',
    latency: 'sglang:e2e_request_latency_seconds',
    enabledBy: '--enable-metrics',
  },
  streaming: true,
  webSocket: false,
  // It has gRPC on another port, which its command does not configure.
  grpc: false,
  batching: {
    place: KnobPlace.FLAG,
    how: '--max-running-requests; always on, without a delay',
    sizeKnob: { name: '--max-running-requests', place: KnobPlace.FLAG, limitsConcurrency: true },
  },
  modelLocation: { how: '--model-path', layout: 'a directory or a model name on the Hugging Face Hub' },
  image: { repository: 'lmsysorg/sglang', user: 'root' },
  // https://docs.sglang.ai/start/install.html: the tags for other devices name them.
  accelerator: { nvidiaImage: 'lmsysorg/sglang' },
  sharedMemoryMib: 4096,
  interpreter: 'python3',
  versions: [
    {
      from: '0.5.10',
      keepAlive: KeepAliveKind.SETTABLE,
      keepAliveKnob: { name: 'SGLANG_TIMEOUT_KEEP_ALIVE', place: KnobPlace.VARIABLE, defaultSeconds: 5 },
    },
  ],
  verifiedVersion: '0.5.10',
  source: 'https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/entrypoints/http_server.py',
  evidence: Evidence.READ,
};

/**
 * A language model behind SGLang.
 *
 * @example
 * ModelServer.sglang({ version: '0.5.10', servedModelName: 'llama' });
 */
export const sglang = defineServer([SGLANG], (options: SglangOptions = {}) => {
  const parallelism = parallelismOf(options);
  return {
    descriptor: SGLANG,
    options,
    aliases: { '--model': '--model-path', '--tp': '--tp-size', '--tensor-parallel-size': '--tp-size' },
    start: (context) => {
      const model = modelDirectoryOf('model', options.model, context);
      return {
        command: [
          ...['python3', '-m', 'sglang.launch_server', '--model-path', model, '--host', EVERY_INTERFACE],
          ...['--port', String(context.port), '--enable-metrics'],
          ...option('--served-model-name', options.servedModelName),
          ...option('--tp-size', parallelism(context)),
        ],
        ...hubModelOf(model),
      };
    },
  };
});
