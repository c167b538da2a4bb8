import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from '../plan/server/parts';
import { EVERY_INTERFACE, hubCacheOf, modelDirectoryOf, option, type ServerDefinition } from './define';
import type { TextEmbeddingsInferenceOptions } from './engine-options';

/** Hugging Face's Text Embeddings Inference. */
export const TEXT_EMBEDDINGS_INFERENCE: ServerDescriptor = {
  name: 'Text Embeddings Inference',
  drain: DrainClass.D,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  newConnections: NewConnections.UNKNOWN,
  pastBound: PastBound.NO_BOUND,
  overflow: { how: '--max-concurrent-requests', status: 429 },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 3000,
  metrics: { path: '/metrics', waiting: 'te_queue_size', latency: 'te_request_duration' },
  streaming: false,
  webSocket: false,
  grpc: false,
  batching: { place: KnobPlace.FLAG, how: '--max-batch-tokens and --max-batch-requests' },
  modelLocation: { how: '--model-id', layout: 'a directory or a name of the Hugging Face hub' },
  image: { repository: 'ghcr.io/huggingface/text-embeddings-inference', user: 'root' },
  rivalVariables: {
    HOSTNAME: '--hostname',
    MODEL_ID: '--model-id',
    MAX_CONCURRENT_REQUESTS: '--max-concurrent-requests',
  },
  // Its metrics are at a port of their own, too.
  otherPorts: [9000],
  verifiedVersion: '1.9.3',
  source: 'https://github.com/huggingface/text-embeddings-inference/blob/main/router/src/http/server.rs',
  evidence: Evidence.READ,
};

/** A model behind Text Embeddings Inference. */
export function textEmbeddingsInference(options: TextEmbeddingsInferenceOptions): ServerDefinition {
  return {
    descriptor: TEXT_EMBEDDINGS_INFERENCE,
    options,
    start: (context) => {
      const model = modelDirectoryOf('model', options.model, context);
      const command = [
        ...['text-embeddings-router', '--model-id', model],
        ...['--hostname', EVERY_INTERFACE, '--port', String(context.port)],
        ...option('--max-concurrent-requests', context.maxConcurrency),
      ];
      return { command, ...hubCacheOf('HUGGINGFACE_HUB_CACHE', model) };
    },
  };
}
