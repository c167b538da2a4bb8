import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer } from '../define-server';
import { portsOf } from '../grpc';
import { modelDirectoryOf } from '../model-path';
import { requireWord, workersOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of a server that is built on KServe's Python package. */
export interface KserveOptions extends ServerOptions {
  /** The Python module that starts the server, such as `sklearnserver`. */
  readonly module: string;

  /** The model name in its URLs. */
  readonly modelName: string;

  /**
   * The model directory.
   *
   * @default - the path of the backend's only model; required if it has none or several
   */
  readonly modelPath?: string;

  /**
   * Number of worker processes. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Servers that are built on KServe's Python package. Before 0.20 their keep-alive was fixed. */
export const KSERVE: ServerDescriptor = {
  name: 'KServe',
  drain: DrainBehavior.COMPLETES_REQUESTS,
  drainKnob: { name: 'grace_period of ModelServer', place: KnobPlace.CODE, defaultSeconds: 30 },
  keepAlive: KeepAliveKind.FIXED,
  keepAliveSeconds: 5,
  newConnections: NewConnections.REFUSED,
  announcesClose: true,
  drainTimeoutBehavior: DrainTimeoutBehavior.STATUS_500,
  overflow: { how: 'requests wait without a limit' },
  listensWhenReady: true,
  livenessPath: '/v2/health/live',
  readinessPath: '/v2/health/ready',
  port: 8080,
  otherPorts: [8081],
  metrics: { path: '/metrics', latency: 'request_predict_seconds' },
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: true,
  grpcHealth: false,
  grpcPort: 8081,
  batching: {
    how: 'a separate batcher in front of it',
    instead:
      "batch in the 'predict' of the model: the batcher of KServe is the agent that its controller adds to an InferenceService",
  },
  modelLocation: { how: '--model_dir', layout: 'as the server expects' },
  interpreter: 'python3',
  versions: [
    {
      from: '0.20',
      keepAlive: KeepAliveKind.SETTABLE,
      keepAliveKnob: { name: '--timeout-keep-alive', place: KnobPlace.FLAG, defaultSeconds: 65 },
    },
  ],
  verifiedVersion: '0.21.0',
  source: 'https://github.com/kserve/kserve/pull/5448',
  evidence: Evidence.MEASURED,
};

/**
 * A model behind a server that is built on KServe's Python package.
 *
 * @example
 * ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris', version: '0.21.0' });
 */
export const kserve = defineServer([KSERVE], (options: KserveOptions) => {
  const module = requireWord('module', options.module, 'sklearnserver');
  const name = requireWord('modelName', options.modelName, 'iris');
  const workers = workersOf(options.workers);
  return {
    descriptor: KSERVE,
    options,
    workers,
    start: (context) => {
      const { http, grpc } = portsOf(context, KSERVE);
      return {
        command: [
          ...[
            'python3',
            '-m',
            module,
            '--model_name',
            name,
            '--model_dir',
            modelDirectoryOf('modelPath', options.modelPath, context),
          ],
          ...['--http_port', http, '--grpc_port', grpc, '--workers', String(workers)],
        ],
      };
    },
  };
});
