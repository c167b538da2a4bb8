import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { checkStart } from '../command-line';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { hubCacheOf, hubModelOf, modelDirectoryOf } from '../model-path';
import { parallelismOf } from '../parallelism';
import type { LanguageModelOptions } from '../shared-options';

/** Options of Hugging Face's Text Generation Inference. */
export interface TextGenerationInferenceOptions extends LanguageModelOptions {
  /**
   * The command, such as `['text-generation-launcher']`, for an image whose ENTRYPOINT is not the server.
   *
   * @default - the ENTRYPOINT of the image, as in the images of the project
   */
  readonly command?: string[];
}

/** Hugging Face's Text Generation Inference. */
export const TEXT_GENERATION_INFERENCE: ServerDescriptor = {
  name: 'Text Generation Inference',
  disconnect: DisconnectBehavior.STOPS,
  drain: DrainBehavior.COMPLETES_REQUESTS,
  drainKnob: { name: 'GRACEFUL_TERMINATION_TIMEOUT', place: KnobPlace.VARIABLE, defaultSeconds: 90 },
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: '--max-concurrent-requests', status: 429 },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 3000,
  otherPorts: [9000],
  metrics: {
    path: '/metrics',
    running: 'tgi_batch_current_size',
    waiting: 'tgi_queue_size',
    latency: 'tgi_request_duration',
  },
  streaming: true,
  webSocket: false,
  grpc: false,
  batching: {
    place: KnobPlace.FLAG,
    how: '--max-batch-total-tokens and its kin; always on',
    // https://github.com/huggingface/text-generation-inference/issues/2615: --max-batch-size has no effect on NVIDIA GPUs.
    instead: "limit the tokens of a batch with '--max-batch-total-tokens' in 'extraArgs'",
  },
  modelLocation: { how: '--model-id', layout: 'a directory or a model name on the Hugging Face Hub' },
  image: { repository: 'ghcr.io/huggingface/text-generation-inference', user: 'root' },
  // https://huggingface.co/docs/text-generation-inference/installation_amd: the tags for other devices name them.
  accelerator: { nvidiaImage: 'ghcr.io/huggingface/text-generation-inference' },
  sharedMemoryMib: 1024,
  conflictingVariables: {
    HOSTNAME: '--hostname',
    MODEL_ID: '--model-id',
    NUM_SHARD: '--num-shard',
    MAX_CONCURRENT_REQUESTS: '--max-concurrent-requests',
  },
  verifiedVersion: '3.3.7',
  source: 'https://github.com/huggingface/text-generation-inference/blob/main/launcher/src/main.rs',
  evidence: Evidence.READ,
  note: 'the project is in maintenance mode and recommends vLLM and SGLang',
};

/**
 * A language model behind Hugging Face's Text Generation Inference. The ENTRYPOINT of its image starts it, because it
 * activates the Python environment first.
 *
 * @example
 * ModelServer.textGenerationInference({ tensorParallelism: 2 });
 */
export const textGenerationInference = defineServer(
  [TEXT_GENERATION_INFERENCE],
  (options: TextGenerationInferenceOptions = {}) => {
    const parallelism = parallelismOf(options);
    const { command } = checkStart({ command: options.command });
    return {
      descriptor: TEXT_GENERATION_INFERENCE,
      options,
      aliases: { '-p': '--port' },
      start: (context) => {
        const model = modelDirectoryOf('model', options.model, context);
        const args = [
          ...['--model-id', model, '--hostname', EVERY_INTERFACE, '--port', String(context.port)],
          ...option('--num-shard', parallelism(context)),
          ...option('--max-concurrent-requests', context.maxConcurrency),
        ];
        return { command, args, ...hubCacheOf('HUGGINGFACE_HUB_CACHE', model), ...hubModelOf(model) };
      },
    };
  },
);
