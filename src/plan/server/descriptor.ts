import type {
  BatchingBehavior,
  ConnectionLimit,
  DrainTimeoutBehavior,
  Evidence,
  MetricsEndpoint,
  ModelLocation,
  NewConnections,
  OverflowBehavior,
  RequestLimit,
  ServerImageFacts,
  ServerKnob,
  SilentLimit,
} from './parts';

/** What a server does with requests when it gets SIGTERM. */
export enum DrainBehavior {
  /** Finishes running requests, closes idle connections and exits as soon as the last request has ended. */
  COMPLETES_REQUESTS = 'completes requests',
  /** Drops running requests, so the signal waits until they have ended. */
  DROPS_REQUESTS = 'drops requests',
  /** Finishes running requests, and waits for idle connections too: with keep-alive it uses its whole drain time. */
  WAITS_FULL_PERIOD = 'waits for the full drain time',
  /** Finishes running requests however long they take, unless a drain time is set. */
  UNBOUNDED = 'completes requests, unbounded',
}

/** What a server does with a connection on which nothing happens. */
export enum KeepAliveKind {
  /** The time is settable without a cap. */
  SETTABLE = 'settable',
  /** The time is settable up to a cap, which the setting names. */
  CAPPED = 'capped',
  /** The time is what it is. */
  FIXED = 'fixed',
  /** Idle connections stay open. */
  NEVER_CLOSES = 'never closes',
  /** Every response ends its connection. */
  CLOSES_EACH = 'closes after each response',
  /** Nobody said. */
  UNKNOWN = 'unknown',
}

/** What differs between versions of a server. */
export interface VersionedBehavior {
  /** What it does when it is told to stop. @default - as in older versions */
  readonly drain?: DrainBehavior;
  /** The setting of the drain time. @default - as in older versions */
  readonly drainKnob?: ServerKnob;
  /** What it does with idle connections. @default - as in older versions */
  readonly keepAlive?: KeepAliveKind;
  /** The idle time in seconds where it is fixed. @default - as in older versions */
  readonly keepAliveSeconds?: number;
  /** The setting of the idle time. @default - as in older versions */
  readonly keepAliveKnob?: ServerKnob;
  /** The setting of the time in which a worker must show life. @default - as in older versions */
  readonly watchdogKnob?: ServerKnob;
  /** How long it stays after its last response at most, in seconds. @default - as in older versions */
  readonly lingerSeconds?: number;
  /** What connections get that are opened while it drains. @default - as in older versions */
  readonly newConnections?: NewConnections;
  /** Whether its last response on a connection says that the connection ends. @default - as in older versions */
  readonly announcesClose?: boolean;
}

/** What changed in a version of a server. */
export interface ServerVersion extends VersionedBehavior {
  /** The first version that behaves so, such as `27.0.1`. */
  readonly from: string;
}

/** A server's behaviour, as data: what the plan has to know to compute its timeouts, and what people want to know. */
export interface ServerDescriptor {
  /** The server's name in messages. */
  readonly name: string;
  /** What it does when it is told to stop. */
  readonly drain: DrainBehavior;
  /** The setting of the drain time. @default - it cannot be set */
  readonly drainKnob?: ServerKnob;
  /** What it does with idle connections. */
  readonly keepAlive: KeepAliveKind;
  /** The idle time in seconds where it cannot be set for the server. @default - the setting's own default */
  readonly keepAliveSeconds?: number;
  /** The setting of the idle time. @default - it cannot be set */
  readonly keepAliveKnob?: ServerKnob;
  /** The setting of the time in which a request's header must come; it is told the idle time. @default - it cannot be set */
  readonly headerKnob?: ServerKnob;
  /** How much later it may close an idle connection, in seconds, where it looks only now and then. @default 0 */
  readonly keepAliveLagSeconds?: number;
  /** How long it bears a connection that never sends a byte. @default - no limit */
  readonly silentLimit?: SilentLimit;
  /** How long it bears a header that is never finished. @default - no limit, where the evidence is a measurement */
  readonly headerLimit?: SilentLimit;
  /** After how many requests it closes a connection. The response announces it. @default - it does not count */
  readonly maxRequestsPerConnection?: number;
  /** The setting of the time in which a worker must show life. @default - no such time */
  readonly watchdogKnob?: ServerKnob;
  /** What ends a request that takes too long. @default - nothing */
  readonly requestLimit?: RequestLimit;
  /** What connections get that are opened while it drains. @default NewConnections.UNKNOWN */
  readonly newConnections?: NewConnections;
  /** Whether its last response on a connection says that the connection ends. @default - unknown */
  readonly announcesClose?: boolean;
  /** What becomes of a request that outlasts the drain time. @default DrainTimeoutBehavior.UNKNOWN */
  readonly drainTimeoutBehavior?: DrainTimeoutBehavior;
  /** How long it stays after its last response at most, in seconds. @default 0 */
  readonly lingerSeconds?: number;
  /**
   * The exit code after SIGTERM, as the first process of its container; 137 where it ignores the signal until it is killed.
   *
   * @default 0, where the evidence is a measurement
   */
  readonly stopExitCode?: number;
  /** Whether each of its processes works on one request at a time, health checks included. @default false */
  readonly serial?: boolean;
  /** What it does with more requests than it works on. @default - unknown */
  readonly overflow?: OverflowBehavior;
  /** The limit of connections. @default - none */
  readonly connectionLimit?: ConnectionLimit;
  /** Whether it listens only once it can answer, so that an open port means ready. */
  readonly listensWhenReady: boolean;
  /** The path that answers while it lives. @default - the application's own */
  readonly livenessPath?: string;
  /** The path that answers once it can serve. @default - the application's own */
  readonly readinessPath?: string;
  /** The port that it listens on where nobody says one. @default 8000 */
  readonly port?: number;
  /** Other ports that it listens on. @default - none */
  readonly otherPorts?: number[];
  /** Its metrics. @default - none */
  readonly metrics?: MetricsEndpoint;
  /** Whether it can answer with a stream. @default - unknown */
  readonly streaming?: boolean;
  /** Whether it speaks WebSocket. @default - unknown */
  readonly webSocket?: boolean;
  /** How often it pings a WebSocket by itself, in seconds. @default - it does not, or nobody knows */
  readonly webSocketPingSeconds?: number;
  /** Whether it speaks gRPC. @default - unknown */
  readonly grpc?: boolean;
  /** How it works on several requests at once. @default - the application's own */
  readonly batching?: BatchingBehavior;
  /** Where it finds its model. @default - the application's own */
  readonly modelLocation?: ModelLocation;
  /** Its own image. @default - it comes with the application's image */
  readonly image?: ServerImageFacts;
  /** The `/dev/shm` in MiB that it wants where it has GPUs. @default - 1024 */
  readonly sharedMemoryMib?: number;
  /**
   * Environment variables that say the same as a part of the command, each with that part. Setting one is an error.
   *
   * @default - none
   */
  readonly conflictingVariables?: { [variable: string]: string };
  /** Whether variables win over the command line. @default false */
  readonly environmentWins?: boolean;
  /** A command that asks the server over HTTP from inside the container, given host, port and path by the plan. */
  readonly interpreter?: string;
  /** The version whose behaviour this is. */
  readonly verifiedVersion?: string;
  /** The oldest version that knows all of the command. @default - every version does */
  readonly oldestVersion?: string;
  /** What changed in which version, oldest first. @default - no change is known */
  readonly versions?: ServerVersion[];
  /** What is assumed of the version, for the plan's report. @default - the version is known */
  readonly versionNote?: string;
  /** Whether the version is unknown, so that the most cautious behaviour of all versions is assumed. @default false */
  readonly versionUnknown?: boolean;
  /** What the user should know of how it is started. */
  readonly note?: string;
  /** Where the behaviour was read or measured. */
  readonly source?: string;
  /** Whether the behaviour was measured or read. @default Evidence.DECLARED */
  readonly evidence?: Evidence;
  /**
   * Whether anyone declared the behaviour at all. Of a server that nobody did, the worst is taken.
   *
   * @default true
   */
  readonly declared?: boolean;
}
