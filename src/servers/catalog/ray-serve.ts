import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { defineServer } from '../define-server';
import { factoryOf } from '../python-application';
import type { ServerOptions } from '../shared-options';

/** Options of a Ray Serve application. */
export interface RayServeOptions extends ServerOptions {
  /**
   * The application: `module:bound application` or `module:builder`, or `module` for its `app`.
   *
   * A builder is called with the `key=value` pairs of `extraArgs`, as `serve run` does.
   */
  readonly app: string;
}

const METRICS_PORT = 8080;

/** Ray Serve. `serve run` drops running requests when it stops, and reads its HTTP options only from code or a file. */
export const RAY_SERVE: ServerDescriptor = {
  name: 'Ray Serve',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--keep-alive-timeout-s', place: KnobPlace.FLAG, defaultSeconds: 5 },
  requestLimit: { knob: { name: '--request-timeout-s', place: KnobPlace.FLAG }, status: 408 },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'max_queued_requests of the deployment', status: 503 },
  stopExitCode: 15,
  listensWhenReady: false,
  livenessPath: '/-/healthz',
  readinessPath: '/-/healthz',
  otherPorts: [6379, 8265, 10001],
  metrics: {
    port: METRICS_PORT,
    path: '/metrics',
    running: 'ray_serve_num_ongoing_http_requests',
    waiting: 'ray_serve_deployment_queued_queries',
    latency: 'ray_serve_http_request_latency_ms',
  },
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { place: KnobPlace.CODE, how: '@serve.batch' },
  modelLocation: { how: 'arguments of the application', layout: 'as the code expects' },
  image: { repository: 'rayproject/ray', user: '1000' },
  sharedMemoryMib: 2048,
  conflictingVariables: { RAY_SERVE_HTTP_KEEP_ALIVE_TIMEOUT_S: 'keep_alive_timeout_s of the HTTP options' },
  environmentWins: true,
  interpreter: 'python3',
  versions: [
    { from: '2.49', keepAliveKnob: { name: '--keep-alive-timeout-s', place: KnobPlace.FLAG, defaultSeconds: 90 } },
  ],
  verifiedVersion: '2.60.0',
  source: 'https://docs.ray.io/en/latest/serve/http-guide.html',
  evidence: Evidence.MEASURED,
  note: 'it reports ready a few seconds before the first application replica is ready; requests wait until then',
};

/** Without a configuration file `serve run` listens on localhost only, so a short Python program starts Ray Serve. */
const LAUNCHER = [
  'import argparse, importlib, inspect, operator, sys',
  "sys.path.insert(0, '')",
  'import ray',
  'from ray import serve',
  // Options that are not passed keep Ray's defaults.
  'a = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)',
  "a.add_argument('app')",
  "a.add_argument('arguments', nargs='*')",
  "a.add_argument('--port', type=int)",
  "a.add_argument('--keep-alive-timeout-s', type=int)",
  "a.add_argument('--request-timeout-s', type=float)",
  'o = vars(a.parse_intermixed_args())',
  "m, n = o.pop('app').split(':')",
  "k = dict(x.split('=', 1) for x in o.pop('arguments', []))",
  `ray.init(include_dashboard=False, _metrics_export_port=${METRICS_PORT})`,
  "serve.start(http_options={'host': '0.0.0.0', **o})",
  'b = operator.attrgetter(n)(importlib.import_module(m))',
  // A builder takes a dictionary, or the pydantic model in the annotation of its parameter.
  'if not isinstance(b, serve.Application):',
  '    t, = inspect.signature(b).parameters.values()',
  "    b = b(getattr(t.annotation, 'model_validate', dict)(k))",
  "elif k: sys.exit('arguments are for a builder, and the application is built already')",
  'serve.run(b, blocking=True)',
].join('\n');

/**
 * A Ray Serve application. Each replica runs a separate Ray cluster.
 *
 * @example
 * ModelServer.rayServe({ app: 'app:build', extraArgs: ['model=small'], version: '2.60.0' });
 */
export const rayServe = defineServer([RAY_SERVE], (options: RayServeOptions) => {
  const { app } = factoryOf('Ray Serve', options.app);
  const stray = options.extraArgs?.find((word) => !/^[^-=][^=]*=/.test(word));
  if (stray !== undefined) {
    throw new ServingError(
      'InvalidCommand',
      `'${stray}' in 'extraArgs' of Ray Serve must be 'key=value', an argument of the application builder; HTTP options are computed from 'requestTimeout', and Ray options are variables in 'environment', such as RAY_SERVE_LOG_TO_STDERR`,
    );
  }
  return {
    descriptor: RAY_SERVE,
    options,
    start: ({ port }) => ({ command: ['python3', '-c', LAUNCHER, app, '--port', String(port)] }),
  };
});
