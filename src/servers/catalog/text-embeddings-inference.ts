import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { checkStart } from '../command-line';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { hubCacheOf, hubModelOf, modelDirectoryOf } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of Hugging Face's Text Embeddings Inference. */
export interface TextEmbeddingsInferenceOptions extends ServerOptions {
  /**
   * The model: a directory, or a model name on the Hugging Face Hub.
   *
   * @default - the path of the backend's only model; required if it has none or several
   */
  readonly model?: string;

  /**
   * The command, such as `['text-embeddings-router']`, for an image whose ENTRYPOINT is not the server.
   *
   * @default - the ENTRYPOINT of the image, as in the images of the project
   */
  readonly command?: string[];
}

/** Hugging Face's Text Embeddings Inference. */
export const TEXT_EMBEDDINGS_INFERENCE: ServerDescriptor = {
  name: 'Text Embeddings Inference',
  drain: DrainBehavior.UNBOUNDED,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  overflow: { how: '--max-concurrent-requests', status: 429 },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 3000,
  metrics: { path: '/metrics', waiting: 'te_queue_size', latency: 'te_request_duration' },
  streaming: false,
  webSocket: false,
  grpc: false,
  batching: {
    place: KnobPlace.FLAG,
    how: '--max-batch-tokens and --max-batch-requests',
    sizeKnob: { name: '--max-batch-requests', place: KnobPlace.FLAG },
  },
  modelLocation: { how: '--model-id', layout: 'a directory or a model name on the Hugging Face Hub' },
  image: { repository: 'ghcr.io/huggingface/text-embeddings-inference', user: 'root' },
  conflictingVariables: {
    HOSTNAME: '--hostname',
    MODEL_ID: '--model-id',
    MAX_CONCURRENT_REQUESTS: '--max-concurrent-requests',
  },
  // It also serves its metrics on a separate port.
  otherPorts: [9000],
  verifiedVersion: '1.9.3',
  source: 'https://github.com/huggingface/text-embeddings-inference/blob/main/router/src/http/server.rs',
  evidence: Evidence.READ,
};

/**
 * An embedding model behind Hugging Face's Text Embeddings Inference. The ENTRYPOINT of its image starts it, because the
 * program has another name in each variant: the `cuda` images select one for the GPU.
 *
 * @example
 * ModelServer.textEmbeddingsInference({ model: 'BAAI/bge-base-en-v1.5' });
 */
export const textEmbeddingsInference = defineServer(
  [TEXT_EMBEDDINGS_INFERENCE],
  (options: TextEmbeddingsInferenceOptions = {}) => {
    const { command } = checkStart({ command: options.command });
    return {
      descriptor: TEXT_EMBEDDINGS_INFERENCE,
      options,
      aliases: { '-p': '--port' },
      start: (context) => {
        const model = modelDirectoryOf('model', options.model, context);
        const args = [
          ...['--model-id', model, '--hostname', EVERY_INTERFACE, '--port', String(context.port)],
          ...option('--max-concurrent-requests', context.maxConcurrency),
        ];
        return { command, args, ...hubCacheOf('HUGGINGFACE_HUB_CACHE', model), ...hubModelOf(model) };
      },
    };
  },
);
