import type { Duration } from '../units/duration';

/**
 * How the server combines concurrent requests into batches for the model, on every target.
 *
 * Each server has its own settings for it, which `docs/servers.md` lists. A server that forms batches only in the code of
 * the application, or in a file of the model, is an error (`Unsupported`) that names what to set there. A change is a rollout
 * of the backend.
 */
export interface BatchingOptions {
  /**
   * The largest batch: the number of requests, or of rows for servers that split or count the rows of a request
   * (TensorFlow Serving). With 1, the model receives each request by itself.
   */
  readonly maxBatchSize: number;

  /**
   * How long the first request of a batch waits for others. It is part of `requestTimeout`, which must be longer. Servers
   * that add requests to a running batch (vLLM, SGLang, llama.cpp, Text Embeddings Inference) have no such wait, and
   * setting it is an error.
   *
   * @default - Duration.millis(10) for servers that wait, as in Ray Serve
   */
  readonly maxDelay?: Duration;
}
