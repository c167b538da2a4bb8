import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections, TimeUnit } from '../../plan/server/parts';
import { defineServer } from '../define-server';
import { portsOf } from '../grpc';
import { modelDirectoryOf } from '../model-path';
import { requireWord } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of TensorFlow Serving. */
export interface TensorflowServingOptions extends ServerOptions {
  /** The model name in its URLs. */
  readonly modelName: string;

  /**
   * The model directory, with a subdirectory for each version.
   *
   * @default - the path of the backend's only model; required if it has none or several
   */
  readonly modelPath?: string;
}

/**
 * TensorFlow Serving. The shell that its image starts does not forward SIGTERM; the program itself has no handler for
 * it.
 */
export const TENSORFLOW_SERVING: ServerDescriptor = {
  name: 'TensorFlow Serving',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  requestLimit: {
    knob: {
      name: '--rest_api_timeout_in_ms',
      place: KnobPlace.FLAG,
      unit: TimeUnit.MILLISECONDS,
      defaultSeconds: 30,
      joined: true,
    },
  },
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'max_enqueued_batches', status: 503 },
  listensWhenReady: false,
  port: 8501,
  otherPorts: [8500],
  metrics: { path: '/monitoring/prometheus/metrics', enabledBy: '--monitoring_config_file' },
  streaming: false,
  webSocket: false,
  http2: false,
  grpc: true,
  grpcPort: 8500,
  batching: { place: KnobPlace.FILE, how: '--enable_batching with --batching_parameters_file' },
  modelLocation: { how: '--model_base_path', layout: 'a numbered subdirectory for each version' },
  image: { repository: 'tensorflow/serving', user: 'root' },
  verifiedVersion: '2.20.0',
  source: 'https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc',
  evidence: Evidence.READ,
};

/**
 * A model behind TensorFlow Serving.
 *
 * @example
 * ModelServer.tensorflowServing({ modelName: 'resnet' });
 */
export const tensorflowServing = defineServer([TENSORFLOW_SERVING], (options: TensorflowServingOptions) => {
  const name = requireWord('modelName', options.modelName, 'resnet');
  return {
    descriptor: TENSORFLOW_SERVING,
    options,
    start: (context) => {
      const { http, grpc } = portsOf(context, TENSORFLOW_SERVING);
      return {
        command: [
          ...['tensorflow_model_server', `--port=${grpc}`, `--rest_api_port=${http}`],
          ...[`--model_name=${name}`, `--model_base_path=${modelDirectoryOf('modelPath', options.modelPath, context)}`],
        ],
        readinessPath: `/v1/models/${name}`,
      };
    },
  };
});
