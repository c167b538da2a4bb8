import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections, TimeUnit } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer, type StartContext } from '../define-server';
import { portsOf } from '../grpc';
import { modelDirectoryOf, typed } from '../model-path';
import { requireWord } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of TensorFlow Serving. */
export interface TensorflowServingOptions extends ServerOptions {
  /** The model name in its URLs; with `modelConfigFile` the model of that file whose state is the readiness of the server. */
  readonly modelName: string;

  /**
   * The model directory, with a subdirectory for each version.
   *
   * @default - the path of the backend's only model; required if it has none or several and there is no `modelConfigFile`
   */
  readonly modelPath?: string;

  /**
   * The path of a file that lists the models and their versions, such as that of a `Model.fromText`. It excludes `modelPath`.
   *
   * @default - the server has one model
   */
  readonly modelConfigFile?: string;
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
  // Unless `--enable_grpc_healthcheck_service` is in `extraArgs`.
  grpcHealth: false,
  grpcPort: 8500,
  batching: {
    place: KnobPlace.FILE,
    how: '--enable_batching with --batching_parameters_file, which the command writes',
    sizeKnob: { name: 'max_batch_size', place: KnobPlace.FILE },
    delayKnob: { name: 'batch_timeout_micros', place: KnobPlace.FILE },
  },
  modelLocation: { how: '--model_base_path', layout: 'a numbered subdirectory for each version' },
  image: { repository: 'tensorflow/serving', user: 'root' },
  verifiedVersion: '2.20.0',
  source: 'https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc',
  evidence: Evidence.READ,
};

/** The file with the settings of batching. TensorFlow Serving maps it into memory, so that it cannot be a pipe. */
const PARAMETERS_FILE = '/tmp/batching_parameters.txt';

/**
 * What starts the server after writing the file. The shell becomes the server, which then receives SIGTERM itself; arguments
 * that follow are those of the server.
 */
function writerOf({ batching }: StartContext): string[] {
  if (batching === undefined) return [];
  const { maxBatchSize, delaySeconds = 0 } = batching;
  const micros = Math.round(delaySeconds * 1_000_000);
  return [
    ...['sh', '-c', `printf %s "$0" >${PARAMETERS_FILE} && exec "$@"`],
    `max_batch_size { value: ${maxBatchSize} } batch_timeout_micros { value: ${micros} }`,
  ];
}

/** The flags with the models of the server. */
function modelFlags(name: string, options: TensorflowServingOptions, context: StartContext): string[] {
  const file = typed('modelConfigFile', options.modelConfigFile);
  if (file === undefined)
    return [`--model_name=${name}`, `--model_base_path=${modelDirectoryOf('modelPath', options.modelPath, context)}`];
  if (options.modelPath === undefined) return [`--model_config_file=${file}`];
  throw new ServingError(
    'ConflictingProps',
    "'modelConfigFile' and 'modelPath' of the server are mutually exclusive, because the file has the path of each model; remove one",
    context.at,
  );
}

/**
 * A model behind TensorFlow Serving. With `batching` of the backend a shell, which its image contains, writes the
 * settings to a file in `/tmp` and then becomes the server.
 *
 * @example
 * ModelServer.tensorflowServing({ modelName: 'resnet' });
 */
export const tensorflowServing = defineServer([TENSORFLOW_SERVING], (options: TensorflowServingOptions) => {
  const name = requireWord('modelName', options.modelName, 'resnet');
  return {
    descriptor: TENSORFLOW_SERVING,
    options,
    writesBatchingFile: true,
    start: (context) => {
      const { http, grpc } = portsOf(context, TENSORFLOW_SERVING);
      return {
        command: [
          ...writerOf(context),
          ...['tensorflow_model_server', `--port=${grpc}`, `--rest_api_port=${http}`],
          ...modelFlags(name, options, context),
          ...(context.batching === undefined
            ? []
            : ['--enable_batching', `--batching_parameters_file=${PARAMETERS_FILE}`]),
        ],
        readinessPath: `/v1/models/${name}`,
      };
    },
  };
});
