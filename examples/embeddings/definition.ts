import type { Construct } from 'constructs';
import { CpuArchitecture, Duration, ModelServer, ServerImage, ServingEndpoint, Size } from 'serving-constructs';

/** The CPU image of Text Embeddings Inference. It is public, and is built for amd64 only. */
const IMAGE =
  'ghcr.io/huggingface/text-embeddings-inference:cpu-1.9.3@sha256:ad950d30878eceb72aaf32024d26fa2b1d04a75304fa0b4776b49aa1941fea07';

/** A public embedding model, which the server downloads from the Hugging Face Hub when it starts. */
export function embeddings(scope: Construct): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'embeddings', {
    description: 'Turns sentences into vectors of 384 numbers',
    path: '/embeddings',
    stripPrefix: true,
    requestTimeout: Duration.seconds(30),
  });
  endpoint.addBackend('bge-small', {
    image: ServerImage.fromRegistry(IMAGE),
    server: ModelServer.textEmbeddingsInference({
      model: 'BAAI/bge-small-en-v1.5',
      extraArgs: ['--revision', '5c38ec7c405ec4b44b94cc5a9bb96e735b38267a'],
    }),
    resources: { cpu: 2, memory: Size.gibibytes(4), architecture: CpuArchitecture.AMD64 },
    loadTimeout: Duration.minutes(5), // includes the download of the model
  });
  return endpoint;
}
