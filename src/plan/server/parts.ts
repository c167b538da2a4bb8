/** Where a setting of a server is configured. */
export enum KnobPlace {
  /** A command-line flag. */
  FLAG = 'flag',
  /** An environment variable. */
  VARIABLE = 'variable',
  /** A configuration file. */
  FILE = 'file',
  /** The code of the application. */
  CODE = 'code',
}

/** The unit of a time in the configuration of a server. */
export enum TimeUnit {
  /** Seconds. */
  SECONDS = 's',
  /** Milliseconds. */
  MILLISECONDS = 'ms',
}

/** How a server treats connections that are opened while it drains. */
export enum NewConnections {
  /** They are refused immediately, so that a client can try another replica. */
  REFUSED = 'refused',
  /** They are accepted, receive no response, and are reset when the server exits. */
  HANG = 'hang, then reset',
  /** They are served. */
  SERVED = 'served',
  /** They are reset. */
  RESET = 'reset',
  /** Unknown. */
  UNKNOWN = 'unknown',
}

/** How a server treats a request that exceeds the drain time. */
export enum DrainTimeoutBehavior {
  /** It responds with status 500. */
  STATUS_500 = '500',
  /** It closes the connection without a response. */
  CLOSED = 'closed without a response',
  /** There is no limit: the server waits. */
  NO_BOUND = 'no bound',
  /** Unknown. */
  UNKNOWN = 'unknown',
}

/** How the behavior of a server was established. */
export enum Evidence {
  /** Measured with a running server of the verified version. */
  MEASURED = 'measured',
  /** Read from its source code or documentation, not measured. */
  READ = 'read, not run',
  /** Declared by the user. */
  DECLARED = 'declared',
}

/** A setting of a server that is a time. */
export interface ServerKnob {
  /** The flag, variable, key or property, such as `--keep-alive`. */
  readonly name: string;
  /** Where it is configured. The plan sets flags and variables, but neither files nor code. */
  readonly place: KnobPlace;
  /** The unit. @default TimeUnit.SECONDS */
  readonly unit?: TimeUnit;
  /** The default of the server, in seconds. @default - none, or unlimited */
  readonly defaultSeconds?: number;
  /** The largest value in seconds. @default - no limit */
  readonly maxSeconds?: number;
  /** Whether name and value are a single argument, such as `--name=value`. @default false */
  readonly joined?: boolean;
}

/** How long a server keeps a connection open that never sends data, or waits for headers that are never completed. */
export interface SilentLimit {
  /** The time in seconds, in addition to `plus`. */
  readonly seconds: number;
  /** The computed time to add: `keepAlive` or `watchdog`. @default - none */
  readonly plus?: string;
  /** How much later the server may close it, in seconds, because it checks periodically. @default 0 */
  readonly lagSeconds?: number;
}

/** The limit of a server on the duration of a request. */
export interface RequestLimit {
  /** The setting. @default - it cannot be set */
  readonly knob?: ServerKnob;
  /** The status of the response; 0 if the connection is closed without one. @default - unknown */
  readonly status?: number;
  /** Whether only the time in the queue counts. @default false */
  readonly waitingOnly?: boolean;
}

/** How a server treats requests beyond its concurrency. */
export interface OverflowBehavior {
  /** The setting or mechanism, such as `--limit-concurrency`. */
  readonly how: string;
  /** The status of the response. @default - none, requests are queued */
  readonly status?: number;
}

/** A limit on open connections. Idle ones count, so the connection pool of a balancer can exhaust it. */
export interface ConnectionLimit {
  /** The setting. */
  readonly knob: string;
  /** The default of the server. @default - no limit */
  readonly defaultLimit?: number;
  /** What happens to connections beyond the limit. */
  readonly beyond: string;
}

/**
 * The setting of the path that was removed from requests before they reach the server. With it, links and redirects of the
 * application start with that path, and requests without it still match the routes of the application.
 */
export interface PathPrefixSetting {
  /** The flag, such as `--root-path`. */
  readonly flag: string;
  /** The environment variable that sets the same. If the definition sets it, the flag is not added. @default - none */
  readonly variable?: string;
  /** The first version with that behavior. The flag is not added if an older version is declared. @default - every version */
  readonly since?: string;
}

/** Where a server exposes metrics in the Prometheus format. */
export interface MetricsEndpoint {
  /** The port. @default - the port that serves requests */
  readonly port?: number;
  /** The path. */
  readonly path: string;
  /** The gauge of running requests. @default - none */
  readonly running?: string;
  /** The gauge of queued requests. @default - none */
  readonly waiting?: string;
  /** The histogram or counter of request durations. @default - none */
  readonly latency?: string;
  /** What enables them. @default - they are always enabled */
  readonly enabledBy?: string;
}

/** The setting of the largest batch of a server. */
export interface BatchSizeKnob {
  /** The flag, variable or key, such as `--max-num-seqs`. */
  readonly name: string;
  /** Where it is configured. A definition sets flags and variables. */
  readonly place: KnobPlace;
  /** Whether name and value are a single argument, such as `--name=value`. @default false */
  readonly joined?: boolean;
  /** Whether it also limits concurrent requests, so that `maxConcurrency` sets it in a definition without batching. @default false */
  readonly limitsConcurrency?: boolean;
}

/** How a server batches requests. */
export interface BatchingBehavior {
  /** Where it is configured. @default - not configurable, or no batching */
  readonly place?: KnobPlace;
  /** The setting, or the behavior. */
  readonly how: string;
  /** The setting of the largest batch. @default - a definition cannot set it */
  readonly sizeKnob?: BatchSizeKnob;
  /** The setting of the longest wait for a batch. @default - batches do not wait, or a definition cannot set it */
  readonly delayKnob?: ServerKnob;
  /** What to use where a definition cannot set it, for messages. @default - the application's own configuration */
  readonly instead?: string;
  /** What takes precedence over these settings. @default - nothing */
  readonly overriddenBy?: string;
}

/** Where a server finds its model. */
export interface ModelLocation {
  /** The flag, variable or code that specifies it. */
  readonly how: string;
  /** The expected layout of files. */
  readonly layout: string;
}

/** Facts about the image that a server's project publishes. */
export interface ServerImageFacts {
  /** The repository, such as `vllm/vllm-openai`. */
  readonly repository: string;
  /** The user that the image runs as. */
  readonly user: string;
}

/** The accelerator that a server usually requires. A backend without one causes a warning. */
export interface AcceleratorFacts {
  /** Whether it supports NVIDIA GPUs only. @default false */
  readonly nvidiaOnly?: boolean;
  /** The image repository whose tags are built for NVIDIA GPUs, unless they name another device. @default - none */
  readonly nvidiaImage?: string;
}
