import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { defineServer, type ServerStart, type StartContext } from '../define-server';
import { factoryOf } from '../python-application';
import { raysCpus } from '../ray/capacity';
import type { RayServeConfig } from '../ray/config';
import { LAUNCHER, METRICS_PORT, READY_PATH } from '../ray/launcher';
import { prefixOf } from '../ray/rules';
import { configError } from '../ray/validate';
import type { ServerOptions } from '../shared-options';

/** Options of Ray Serve: a single application, or a config. */
export interface RayServeOptions extends ServerOptions {
  /**
   * The application: `module:bound application` or `module:builder`, or `module` for its `app`.
   *
   * A builder is called with the `key=value` pairs of `extraArgs`, as `serve run` does, so that all of them are strings.
   *
   * @default - the applications of `config` or `configPath`; one of the three is required
   */
  readonly app?: string;

  /**
   * The applications as a Ray Serve config, which becomes an argument of the command.
   *
   * A change of it is a rollout of the backend. Ray's CPUs are `cpu` of the backend, rounded up, on every target; GPUs and
   * CPUs that the deployments reserve must fit.
   *
   * @default - none
   */
  readonly config?: RayServeConfig;

  /**
   * The absolute path of a Ray Serve config in the image, for one that is too large or that belongs to the code. Nothing of
   * it is validated at synthesis.
   *
   * @default - none
   */
  readonly configPath?: string;
}

/** Ray Serve. `serve run` drops running requests when it stops, and reads its HTTP options only from code or a file. */
export const RAY_SERVE: ServerDescriptor = {
  name: 'Ray Serve',
  disconnect: DisconnectBehavior.NOTIFIES,
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
  readinessPath: READY_PATH,
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
  http2: false,
  // It has gRPC on another port, which its command does not configure.
  grpc: false,
  batching: {
    place: KnobPlace.CODE,
    how: '@serve.batch',
    instead:
      "decorate the method with @serve.batch(max_batch_size=..., batch_wait_timeout_s=...), or pass the values with 'userConfig' to a 'reconfigure' that calls set_max_batch_size and set_batch_wait_timeout_s",
  },
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
};

/** A container can run as a user without a name, which `getpass.getuser` of Python, and so PyTorch, requires. */
const ENVIRONMENT = { environment: { USER: 'ray' }, changeable: ['USER'] };

/**
 * Ray Serve with a single application, or with the applications of a config. Each container runs a separate Ray instance,
 * and is ready when every application runs.
 *
 * @example
 * ModelServer.rayServe({ app: 'app:build', extraArgs: ['model=small'], version: '2.60.0' });
 */
export const rayServe = defineServer([RAY_SERVE], (options: RayServeOptions) => {
  const { config } = options;
  const source = sourceOf(options);
  return {
    descriptor: RAY_SERVE,
    options,
    start: (context) => ({
      command: ['python3', '-c', LAUNCHER, ...source(context), '--port', String(context.port)],
      ...(config && { routePrefixes: config._config.applications.flatMap((one) => prefixOf(one) ?? []) }),
      // In `env_vars` of a runtime environment.
      expandingFlags: ['--config'],
      ...ENVIRONMENT,
    }),
  };
});

/** Where the applications come from, as arguments of the launcher. */
function sourceOf(options: RayServeOptions): (context: StartContext) => ServerStart['command'] {
  const { app, config, configPath, extraArgs = [] } = options;
  const given = Object.entries({ app, config, configPath }).flatMap(([prop, value]) =>
    value === undefined ? [] : prop,
  );
  if (given.length !== 1)
    throw new ServingError(
      given.length === 0 ? 'InvalidApp' : 'ConflictingProps',
      given.length === 0
        ? "'app', 'config' or 'configPath' of Ray Serve is required"
        : `${given.map((prop) => `'${prop}'`).join(' and ')} of Ray Serve conflict; keep one`,
    );
  if (app !== undefined) {
    checkArguments(extraArgs);
    const { app: named } = factoryOf('Ray Serve', app);
    return () => [named];
  }
  if (extraArgs.length > 0)
    throw new ServingError(
      'ConflictingProps',
      `'extraArgs' of Ray Serve conflicts with '${given[0]}'; pass arguments for a builder with 'args' of its application`,
    );
  if (config === undefined) {
    const path = requireAbsolute(configPath as string);
    return () => ['--config-path', path];
  }
  return (context) => {
    checkPort(config, context);
    return ['--config', config._argument, '--num-cpus', String(raysCpus(config._source, config._config, context))];
  };
}

function checkArguments(extraArgs: readonly string[]): void {
  const stray = extraArgs.find((word) => !/^[^-=][^=]*=/.test(word));
  if (stray === undefined) return;
  throw new ServingError(
    'InvalidCommand',
    `'${stray}' in 'extraArgs' of Ray Serve must be 'key=value', an argument of the application builder; HTTP options are computed from 'requestTimeout', and Ray options are variables in 'environment', such as RAY_SERVE_LOG_TO_STDERR`,
  );
}

function requireAbsolute(path: string): string {
  if (/^(\/[^/]+)+$/.test(requireIdentifier('configPath', path))) return path;
  throw new ServingError(
    'InvalidPath',
    `'configPath' ('${path}') must be the absolute path of a file in the image, such as '/app/serve.yaml'; use RayServeConfig.fromFile for a file of the project`,
  );
}

function checkPort({ _config: { http_options: http }, _source: source }: RayServeConfig, { port }: StartContext): void {
  if (http?.port === undefined || http.port === port) return;
  throw configError(
    source,
    'ConflictingProps',
    { path: 'http_options.port', value: String(http.port) },
    `conflicts with 'port' of the backend (${port}); remove it, or set 'port' to ${http.port}`,
  );
}
