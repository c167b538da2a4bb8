import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import { repositoryPathOf } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of Ollama. */
export interface OllamaOptions extends ServerOptions {
  /**
   * The directory of the models.
   *
   * @default - the path of the backend's only model; `/tmp/ollama` if it has none, required if it has several
   */
  readonly modelsPath?: string;
}

/** Ollama. It closes all connections when it stops. Its "keep alive" setting is how long a model stays in memory. */
export const OLLAMA: ServerDescriptor = {
  name: 'Ollama',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  newConnections: NewConnections.REFUSED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'OLLAMA_MAX_QUEUE (512)', status: 503 },
  listensWhenReady: false,
  livenessPath: '/',
  readinessPath: '/api/version',
  port: 11_434,
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  batching: {
    place: KnobPlace.VARIABLE,
    how: 'OLLAMA_NUM_PARALLEL',
    sizeKnob: { name: 'OLLAMA_NUM_PARALLEL', place: KnobPlace.VARIABLE, limitsConcurrency: true },
  },
  modelLocation: { how: 'OLLAMA_MODELS', layout: 'its own store; missing models are pulled at run time' },
  image: { repository: 'ollama/ollama', user: 'root' },
  verifiedVersion: '0.33.0-rc2',
  source: 'https://github.com/ollama/ollama/blob/main/server/routes.go',
  evidence: Evidence.READ,
  note: 'its readiness does not mean that a model is loaded',
};

/**
 * An Ollama server. It drops running requests when it stops.
 *
 * @example
 * ModelServer.ollama({ modelsPath: '/models/ollama' });
 */
export const ollama = defineServer([OLLAMA], (options: OllamaOptions = {}) => ({
  descriptor: OLLAMA,
  options,
  start: (context) => ({
    command: ['ollama', 'serve'],
    changeable: ['OLLAMA_NOPRUNE'],
    environment: {
      OLLAMA_HOST: `${EVERY_INTERFACE}:${context.port}`,
      OLLAMA_MODELS: repositoryPathOf('modelsPath', options.modelsPath, context) ?? '/tmp/ollama',
      // Ollama deletes unused files at startup, which fails on a read-only mount.
      ...(context.models.length > 0 && { OLLAMA_NOPRUNE: '1' }),
    },
  }),
}));
