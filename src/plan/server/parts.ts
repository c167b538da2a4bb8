/** Where a setting of a server is made. */
export enum KnobPlace {
  /** An option of its command line. */
  FLAG = 'flag',
  /** An environment variable. */
  VARIABLE = 'variable',
  /** A file that it reads. */
  FILE = 'file',
  /** The application's own code. */
  CODE = 'code',
}

/** The unit in which a server reads a time. */
export enum TimeUnit {
  /** Seconds. */
  SECONDS = 's',
  /** Milliseconds. */
  MILLISECONDS = 'ms',
}

/** What becomes of connections that are opened while a server drains. */
export enum NewConnections {
  /** They are refused at once, so that a client tries another replica. */
  REFUSED = 'refused',
  /** They are accepted, get no answer, and are reset when the server exits. */
  HANG = 'hang, then reset',
  /** They are served. */
  SERVED = 'served',
  /** They are reset. */
  RESET = 'reset',
  /** Nobody looked. */
  UNKNOWN = 'unknown',
}

/** What becomes of a request that outlasts the drain time. */
export enum DrainTimeoutBehavior {
  /** The client gets status 500. */
  STATUS_500 = '500',
  /** The connection is closed without a response. */
  CLOSED = 'closed without a response',
  /** There is no bound: the server waits. */
  NO_BOUND = 'no bound',
  /** Nobody looked. */
  UNKNOWN = 'unknown',
}

/** How a server's behaviour is known. */
export enum Evidence {
  /** Measured on a running server of the verified version. */
  MEASURED = 'measured',
  /** Read in its source or documentation, not run. */
  READ = 'read, not run',
  /** Declared by the user. */
  DECLARED = 'declared',
}

/** A setting of a server that is a time. */
export interface ServerKnob {
  /** The flag, variable, key or property, such as `--keep-alive`. */
  readonly name: string;
  /** Where it is set. What is set in a file or in code cannot be set for the server. */
  readonly place: KnobPlace;
  /** The unit. @default TimeUnit.SECONDS */
  readonly unit?: TimeUnit;
  /** The value in seconds where nobody sets one. @default - none, or for ever */
  readonly defaultSeconds?: number;
  /** The largest value in seconds. @default - no limit */
  readonly maxSeconds?: number;
  /** Whether name and value are one word, such as `--name=value`. @default false */
  readonly joined?: boolean;
}

/** How long a server bears a connection that never sends a byte, or a header that is never finished. */
export interface SilentLimit {
  /** Seconds, beside what `plus` names. */
  readonly seconds: number;
  /** The time that is added: `keepAlive` or `watchdog`. @default - none */
  readonly plus?: string;
  /** How much later it may notice, in seconds, where it looks only now and then. @default 0 */
  readonly lagSeconds?: number;
}

/** What limits the time of a request in a server. */
export interface RequestLimit {
  /** The setting. @default - it cannot be set */
  readonly knob?: ServerKnob;
  /** The status that the client gets; 0 where the connection is closed without one. @default - unknown */
  readonly status?: number;
  /** Whether only the time counts that a request waits for its turn. @default false */
  readonly waitingOnly?: boolean;
}

/** What a server does with more requests than it works on. */
export interface OverflowBehavior {
  /** What decides, such as `--limit-concurrency`. */
  readonly how: string;
  /** The status that the client gets. @default - none, requests wait */
  readonly status?: number;
}

/** A limit of connections, idle ones included, so that a balancer that keeps connections uses it up. */
export interface ConnectionLimit {
  /** The setting. */
  readonly knob: string;
  /** The number of connections where nobody sets one. @default - no limit */
  readonly defaultLimit?: number;
  /** What happens beyond it. */
  readonly beyond: string;
}

/** Where a server tells its metrics, in Prometheus' format. */
export interface MetricsEndpoint {
  /** The port. @default - the port of the requests */
  readonly port?: number;
  /** The path. */
  readonly path: string;
  /** The gauge of requests that are worked on. @default - none */
  readonly running?: string;
  /** The gauge of requests that wait. @default - none */
  readonly waiting?: string;
  /** The histogram or counter of request durations. @default - none */
  readonly latency?: string;
  /** What turns them on. @default - they are always on */
  readonly enabledBy?: string;
}

/** How a server works on several requests at once. */
export interface BatchingBehavior {
  /** Where it is set. @default - it cannot be set, or there is none */
  readonly place?: KnobPlace;
  /** What is set, or what happens. */
  readonly how: string;
}

/** Where a server finds its model. */
export interface ModelLocation {
  /** The flag, variable or code that names it. */
  readonly how: string;
  /** What is expected there. */
  readonly layout: string;
}

/** What is known of a server's own image. */
export interface ServerImageFacts {
  /** The repository, such as `vllm/vllm-openai`. */
  readonly repository: string;
  /** The user that the image runs as. */
  readonly user: string;
}
