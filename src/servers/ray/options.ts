import type { Duration } from '../../units/duration';
import type { Size } from '../../units/size';

/** A Ray Serve config. */
export interface RayServeConfigOptions {
  /** The applications. */
  readonly applications: RayApplication[];

  /**
   * How Serve and its applications log, by Ray's names: `{ encoding: 'JSON', log_level: 'WARNING' }`.
   *
   * @see https://docs.ray.io/en/latest/serve/monitoring.html
   * @default - Ray's defaults
   */
  readonly loggingConfig?: { [option: string]: unknown };
}

/** An application of a Ray Serve config. */
export interface RayApplication {
  /**
   * The bound application or its builder: `module:name`, or `package.module.name`.
   */
  readonly importPath: string;

  /**
   * The name, unique in the config.
   *
   * @default 'default'
   */
  readonly name?: string;

  /**
   * The path prefix of its requests, unique in the config. Requests to several matching prefixes go to the longest.
   *
   * @default '/'
   */
  readonly routePrefix?: string;

  /**
   * Whether the application gets HTTP requests. Other applications call one that does not with its handle.
   *
   * @default true
   */
  readonly exposed?: boolean;

  /**
   * Arguments for the builder. Lists, objects, numbers and booleans keep their types.
   *
   * @default - none
   */
  readonly args?: { [name: string]: unknown };

  /**
   * Environment variables of its replicas, in addition to those of the container. `${NAME}` is replaced by a variable of
   * the container, for example one from `secrets`.
   *
   * @default - none
   */
  readonly envVars?: { [name: string]: string };

  /**
   * Options of deployments that override those in the code.
   *
   * @default - those in the code
   */
  readonly deployments?: RayDeployment[];

  /**
   * How the application logs, by Ray's names.
   *
   * @default - as the config specifies
   */
  readonly loggingConfig?: { [option: string]: unknown };
}

/** A deployment of a Ray Serve application. */
export interface RayDeployment {
  /** The name, as in the code. */
  readonly name: string;

  /**
   * The number of its replicas in each container.
   *
   * @default - as in the code
   */
  readonly numReplicas?: number;

  /**
   * A range for the number of its replicas in each container, instead of `numReplicas`.
   *
   * @default - as in the code
   */
  readonly autoscalingConfig?: RayAutoscalingConfig;

  /**
   * The maximum number of concurrent requests of a replica.
   *
   * @default - as in the code, otherwise 5
   */
  readonly maxOngoingRequests?: number;

  /**
   * The maximum number of waiting requests; further ones get status 503. -1 for no limit.
   *
   * @default - as in the code, otherwise no limit
   */
  readonly maxQueuedRequests?: number;

  /**
   * The argument of the method `reconfigure` of the deployment.
   *
   * @default - as in the code
   */
  readonly userConfig?: { [name: string]: unknown };

  /**
   * What each replica reserves.
   *
   * @default - as in the code
   */
  readonly rayActorOptions?: RayActorOptions;

  /**
   * How long a replica that Serve removes may complete its requests. When the container stops it has no effect, because Ray
   * then ends at once.
   *
   * @default - as in the code, otherwise 20 s
   */
  readonly gracefulShutdownTimeout?: Duration;

  /**
   * How often Serve checks the health of each replica.
   *
   * @default - as in the code, otherwise 10 s
   */
  readonly healthCheckPeriod?: Duration;

  /**
   * How long the health check of a replica may take.
   *
   * @default - as in the code, otherwise 30 s
   */
  readonly healthCheckTimeout?: Duration;
}

/** How Ray Serve scales a deployment within each container. */
export interface RayAutoscalingConfig {
  /** The maximum number of replicas. */
  readonly maxReplicas: number;

  /**
   * The minimum number of replicas.
   *
   * @default 1
   */
  readonly minReplicas?: number;

  /**
   * The number of replicas at the start.
   *
   * @default - the minimum
   */
  readonly initialReplicas?: number;

  /**
   * The number of requests for each replica, running and waiting.
   *
   * @default 2
   */
  readonly targetOngoingRequests?: number;

  /**
   * How long the load must be higher before replicas are added.
   *
   * @default - 30 s
   */
  readonly upscaleDelay?: Duration;

  /**
   * How long the load must be lower before replicas are removed.
   *
   * @default - 10 minutes
   */
  readonly downscaleDelay?: Duration;
}

/** What each replica of a deployment reserves. Ray does not enforce the numbers: it starts replicas while they fit. */
export interface RayActorOptions {
  /**
   * Processors. The sum of all replicas is at most `cpu` of the backend, rounded up.
   *
   * @default - as in the code, otherwise 1
   */
  readonly numCpus?: number;

  /**
   * GPUs, or a fraction of one. The sum of all replicas is at most the GPUs of the backend.
   *
   * @default - as in the code, otherwise 0
   */
  readonly numGpus?: number;

  /**
   * Memory.
   *
   * @default - as in the code, otherwise none
   */
  readonly memory?: Size;

  /**
   * The type of the GPU, by Ray's names.
   *
   * @default - any
   */
  readonly acceleratorType?: string;

  /**
   * Environment variables of the replicas, in addition to those of the application.
   *
   * @default - none
   */
  readonly envVars?: { [name: string]: string };
}
