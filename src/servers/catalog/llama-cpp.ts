import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer, EVERY_INTERFACE, type StartContext } from '../define-server';
import { missingModel, onlyModelOf, typed } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of llama.cpp's server. */
export interface LlamaCppOptions extends ServerOptions {
  /**
   * The model file.
   *
   * @default - the backend's only model: its path if that is a `.gguf` file, otherwise its only locked `.gguf` file
   *   (the first part of a split file); required in all other cases
   */
  readonly model?: string;

  /**
   * The path of the program.
   *
   * @default - `/app/llama-server`, as in the images of llama.cpp
   */
  readonly program?: string;
}

/** llama.cpp's server. Its HTTP library closes idle connections after 5 s, and every connection after 100 requests. */
export const LLAMA_CPP: ServerDescriptor = {
  name: 'llama.cpp',
  disconnect: DisconnectBehavior.STOPS,
  drain: DrainBehavior.COMPLETES_REQUESTS,
  keepAlive: KeepAliveKind.FIXED,
  keepAliveSeconds: 5,
  silentLimit: { seconds: 5 },
  maxRequestsPerConnection: 100,
  requestLimit: { knob: { name: '--timeout', place: KnobPlace.FLAG, defaultSeconds: 600 } },
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  overflow: { how: 'requests wait for a slot without a limit' },
  listensWhenReady: false,
  livenessPath: '/health',
  readinessPath: '/health',
  port: 8080,
  metrics: {
    path: '/metrics',
    running: 'llamacpp:requests_processing',
    waiting: 'llamacpp:requests_deferred',
    enabledBy: '--metrics',
  },
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  batching: {
    place: KnobPlace.FLAG,
    how: '--parallel; always on',
    sizeKnob: { name: '--parallel', place: KnobPlace.FLAG, limitsConcurrency: true },
  },
  modelLocation: { how: '--model', layout: 'a GGUF file' },
  image: { repository: 'ghcr.io/ggml-org/llama.cpp', user: 'root' },
  conflictingVariables: {
    LLAMA_ARG_HOST: '--host',
    LLAMA_ARG_PORT: '--port',
    LLAMA_ARG_MODEL: '--model',
    LLAMA_ARG_N_PARALLEL: '--parallel',
    LLAMA_ARG_TIMEOUT: '--timeout',
  },
  verifiedVersion: '2026',
  source: 'https://github.com/ggml-org/llama.cpp/issues/7694',
  evidence: Evidence.READ,
};

/** Short forms, and other options that select the model. */
const ALIASES = {
  ...{ '-np': '--parallel', '-to': '--timeout', '-m': '--model', '-mu': '--model', '--model-url': '--model' },
  ...{ '-hf': '--model', '-hfr': '--model', '--hf-repo': '--model' },
};

/**
 * A language model behind llama.cpp's server. It closes idle connections after 5 s, which is rejected on AWS.
 *
 * @example
 * ModelServer.llamaCpp({ model: '/models/llama/model.gguf' });
 */
export const llamaCpp = defineServer([LLAMA_CPP], (options: LlamaCppOptions = {}) => ({
  descriptor: LLAMA_CPP,
  options,
  aliases: ALIASES,
  start: (context) => ({
    command: [
      ...[options.program ?? '/app/llama-server', '--model', typed('model', options.model) ?? ggufOf(context)],
      ...['--host', EVERY_INTERFACE, '--port', String(context.port), '--metrics'],
    ],
  }),
}));

/** The GGUF file that llama.cpp loads from the backend's model: for a split file, its first part. */
function ggufOf(context: StartContext): string {
  const { path, files } = onlyModelOf('model', context) ?? missingModel('model', context);
  if (path.endsWith('.gguf')) return path;
  const models = files?.filter((file) => file.endsWith('.gguf') && !/-(?!0*1-)\d+-of-\d+\.gguf$/.test(file)) ?? [];
  if (models.length === 1) return `${path}/${models[0]}`;
  const found =
    files === undefined ? 'its files are unknown' : models.map((file) => `'${file}'`).join(', ') || 'it has none';
  throw new ServingError(
    'ModelNotNamed',
    `'model' of the server must be set to one GGUF file of the model at '${path}' (${found}), such as '${path}/${models[0] ?? 'model.gguf'}'`,
    context.at,
  );
}
