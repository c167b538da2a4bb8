import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer, EVERY_INTERFACE, type StartContext } from '../define-server';
import { repositoryPathOf } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of Ollama. */
export interface OllamaOptions extends ServerOptions {
  /**
   * The directory of the models.
   *
   * @default - the path of the backend's only model; if it has none, a directory of its `cache`, or `/tmp/ollama`; required if
   * it has several
   */
  readonly modelsPath?: string;

  /**
   * Models that are pulled before the server answers, such as `llama3.2:3b`, because Ollama answers a request for a model that
   * it does not have with 404. Those that `modelsPath` or a `cache` of the backend contains are only compared.
   *
   * A shell of the image pulls them within the `loadTimeout` of the backend, and then becomes the server.
   *
   * @default - none
   */
  readonly pull?: string[];
}

/** Ollama. It closes all connections when it stops. Its "keep alive" setting is how long a model stays in memory. */
export const OLLAMA: ServerDescriptor = {
  name: 'Ollama',
  disconnect: DisconnectBehavior.STOPS,
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
  modelLocation: { how: 'OLLAMA_MODELS', layout: 'its own store; a missing model is pulled only if `pull` has it' },
  image: { repository: 'ollama/ollama', user: 'root' },
  verifiedVersion: '0.33.0-rc2',
  source: 'https://github.com/ollama/ollama/blob/main/server/routes.go',
  evidence: Evidence.READ,
  note: 'its readiness does not mean that a model is loaded',
};

/**
 * The script that pulls models with a server that only its container reaches, and then becomes the server, which receives
 * SIGTERM itself.
 */
function pullScript(models: readonly string[]): string {
  return [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell removes what precedes the port.
    'h=$OLLAMA_HOST; export OLLAMA_HOST=127.0.0.1:${h##*:}',
    'ollama serve & p=$!',
    // The shell is the first process, which a signal without a handler does not end.
    "trap 'kill $p; exit 143' TERM",
    'until ollama list >/dev/null 2>&1; do kill -0 $p || exit 1; sleep 1; done',
    ...models.map((name) => `ollama pull ${name} & wait $! || exit 1`),
    'kill $p; wait $p; trap - TERM',
    'export OLLAMA_HOST=$h; exec ollama serve "$@"',
  ].join('\n');
}

/** The store of a server that gets no other one, which is empty in a new replica. */
const EMPTY_STORE = '/tmp/ollama';

/** A name of the library, of the Hugging Face Hub or of a registry, with an optional tag. */
const MODEL = /^[A-Za-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?$/;

function pulled({ pull = [] }: OllamaOptions, { models, at }: StartContext): string[] {
  for (const name of pull) {
    if (MODEL.test(name)) continue;
    throw new ServingError(
      'InvalidName',
      `'pull' ('${name}') of the server must contain names of Ollama models, such as 'llama3.2:3b' or 'hf.co/owner/name:Q4_K_M'`,
      at,
    );
  }
  if (pull.length === 0 || models.length === 0) return pull;
  throw new ServingError(
    'ConflictingProps',
    "'pull' of the server and models of the backend are mutually exclusive, because a model is mounted read-only; remove one",
    at,
  );
}

/**
 * An Ollama server. It drops running requests when it stops.
 *
 * @example
 * ModelServer.ollama({ pull: ['llama3.2:3b'] });
 */
export const ollama = defineServer([OLLAMA], (options: OllamaOptions = {}) => ({
  descriptor: OLLAMA,
  options,
  start: (context) => {
    const models = pulled(options, context);
    const path = repositoryPathOf('modelsPath', options.modelsPath, context);
    return {
      command: models.length === 0 ? ['ollama', 'serve'] : ['sh', '-c', pullScript(models), 'ollama'],
      changeable: ['OLLAMA_NOPRUNE', ...(path === undefined ? ['OLLAMA_MODELS'] : [])],
      environment: {
        OLLAMA_HOST: `${EVERY_INTERFACE}:${context.port}`,
        OLLAMA_MODELS: path ?? EMPTY_STORE,
        // Ollama deletes unused files at startup, which fails on a read-only mount, and what another replica pulls into a cache.
        OLLAMA_NOPRUNE: '1',
      },
      pulledModels: models,
    };
  },
}));
