import type {
  AcceleratorFacts,
  BatchingBehavior,
  ConnectionLimit,
  DrainTimeoutBehavior,
  Evidence,
  MetricsEndpoint,
  ModelLocation,
  NewConnections,
  OverflowBehavior,
  PathPrefixSetting,
  RequestLimit,
  ServerImageFacts,
  ServerKnob,
  SilentLimit,
} from './parts';

/** How a server treats requests after SIGTERM. */
export enum DrainBehavior {
  /** Completes running requests, closes idle connections, and exits when the last request has ended. */
  COMPLETES_REQUESTS = 'completes requests',
  /** Drops running requests, so the signal is delayed until they have ended. */
  DROPS_REQUESTS = 'drops requests',
  /** Completes running requests, but also waits for idle connections: with keep-alive, a stop takes the full drain time. */
  WAITS_FULL_PERIOD = 'waits for the full drain time',
  /** Completes running requests without a time limit, unless a drain time is set. */
  UNBOUNDED = 'completes requests, unbounded',
}

/** When a server closes an idle connection. */
export enum KeepAliveKind {
  /** After a configurable time without an upper limit. */
  SETTABLE = 'settable',
  /** After a configurable time, at most `maxSeconds` of the setting. */
  CAPPED = 'capped',
  /** After a fixed time. */
  FIXED = 'fixed',
  /** Never: idle connections stay open. */
  NEVER_CLOSES = 'never closes',
  /** After each response. */
  CLOSES_EACH = 'closes after each response',
  /** Unknown. */
  UNKNOWN = 'unknown',
}

/** What a server does with a running request whose connection is closed. */
export enum DisconnectBehavior {
  /** It stops the work on it. */
  STOPS = 'stops the request',
  /** It notifies the application, which can stop. */
  NOTIFIES = 'notifies the application',
  /** It completes the request. */
  COMPLETES = 'completes the request',
}

/** The behavior that can differ between versions of a server. */
export interface VersionedBehavior {
  /** How it treats requests after SIGTERM. @default - as in older versions */
  readonly drain?: DrainBehavior;
  /** The setting of the drain time. @default - as in older versions */
  readonly drainKnob?: ServerKnob;
  /** When it closes idle connections. @default - as in older versions */
  readonly keepAlive?: KeepAliveKind;
  /** The idle time in seconds where it is fixed. @default - as in older versions */
  readonly keepAliveSeconds?: number;
  /** The setting of the idle time. @default - as in older versions */
  readonly keepAliveKnob?: ServerKnob;
  /** The setting of the worker timeout: how long a worker may be unresponsive. @default - as in older versions */
  readonly watchdogKnob?: ServerKnob;
  /** The longest time between its last response and its exit, in seconds. @default - as in older versions */
  readonly lingerSeconds?: number;
  /** How it treats connections that are opened while it drains. @default - as in older versions */
  readonly newConnections?: NewConnections;
  /** Whether its last response on a connection announces the close. @default - as in older versions */
  readonly announcesClose?: boolean;
}

/** The first newer versions that support what a version does not. */
export interface ServerUpgrades {
  /** The first version whose idle time can be set. @default - no newer version, or this one already */
  readonly keepAlive?: string;
  /** The first version that completes running requests after SIGTERM. @default - no newer version, or this one already */
  readonly drain?: string;
}

/** What changed in a version of a server. */
export interface ServerVersion extends VersionedBehavior {
  /** The first version with this behavior, such as `27.0.1`. */
  readonly from: string;
}

/** The behavior of a server as data, from which the plan computes its timeouts. */
export interface ServerDescriptor {
  /** The server's name in messages. */
  readonly name: string;
  /** How it treats requests after SIGTERM. */
  readonly drain: DrainBehavior;
  /** The setting of the drain time. @default - it cannot be set */
  readonly drainKnob?: ServerKnob;
  /** When it closes idle connections. */
  readonly keepAlive: KeepAliveKind;
  /** The idle time in seconds where the plan cannot set it. @default - the default of the setting */
  readonly keepAliveSeconds?: number;
  /** The setting of the idle time. @default - it cannot be set */
  readonly keepAliveKnob?: ServerKnob;
  /** The setting of the time limit for request headers, which gets the idle time. @default - it cannot be set */
  readonly headerKnob?: ServerKnob;
  /** How much later than the idle time it may close a connection, in seconds, because it checks periodically. @default 0 */
  readonly keepAliveLagSeconds?: number;
  /** How long it keeps a connection open that never sends any data. @default - no limit */
  readonly silentLimit?: SilentLimit;
  /**
   * How long it waits for request headers that are never completed.
   *
   * @default - no limit if the evidence is a measurement, else unknown
   */
  readonly headerLimit?: SilentLimit;
  /** The number of requests after which it closes a connection, announced in the last response. @default - no limit */
  readonly maxRequestsPerConnection?: number;
  /** The setting of the worker timeout: how long a worker may be unresponsive. @default - no such timeout */
  readonly watchdogKnob?: ServerKnob;
  /** The limit on the duration of a request. @default - no limit */
  readonly requestLimit?: RequestLimit;
  /** How it treats connections that are opened while it drains. @default NewConnections.UNKNOWN */
  readonly newConnections?: NewConnections;
  /** Whether its last response on a connection announces the close. @default - unknown */
  readonly announcesClose?: boolean;
  /** How it treats a request that exceeds the drain time. @default DrainTimeoutBehavior.UNKNOWN */
  readonly drainTimeoutBehavior?: DrainTimeoutBehavior;
  /** The longest time between its last response and its exit, in seconds. @default 0 */
  readonly lingerSeconds?: number;
  /**
   * The exit code after SIGTERM as PID 1 of its container; 137 if it ignores the signal until it is killed.
   *
   * @default 0 if the evidence is a measurement, else unknown
   */
  readonly stopExitCode?: number;
  /** Whether each process handles one request at a time, health checks included. @default false */
  readonly serial?: boolean;
  /**
   * What it does with a running request whose connection is closed.
   *
   * @default DisconnectBehavior.COMPLETES
   */
  readonly disconnect?: DisconnectBehavior;
  /** How it treats requests beyond its concurrency. @default - unknown */
  readonly overflow?: OverflowBehavior;
  /** The limit on open connections. @default - no limit */
  readonly connectionLimit?: ConnectionLimit;
  /** Whether it listens only when it can serve, so that an open port means ready. */
  readonly listensWhenReady: boolean;
  /** The path of its liveness check. @default - defined by the application */
  readonly livenessPath?: string;
  /** The path of its readiness check. @default - defined by the application */
  readonly readinessPath?: string;
  /** The port that it listens on unless the definition sets one. @default 8000 */
  readonly port?: number;
  /** The environment variable that it reads its port from. @default - the command contains the port */
  readonly portVariable?: string;
  /** The setting of the path that was removed from its requests. @default - none; the application builds links itself */
  readonly pathPrefix?: PathPrefixSetting;
  /** Other ports that it listens on. @default - none */
  readonly otherPorts?: number[];
  /** The endpoint of its metrics. @default - none */
  readonly metrics?: MetricsEndpoint;
  /** Whether it supports streaming responses. @default - unknown */
  readonly streaming?: boolean;
  /** Whether it supports WebSocket. @default - unknown */
  readonly webSocket?: boolean;
  /** The interval of the pings that it sends on a WebSocket, in seconds. @default - none, or unknown */
  readonly webSocketPingSeconds?: number;
  /** Whether it accepts HTTP/2 without TLS. @default - unknown */
  readonly http2?: boolean;
  /** Whether it supports gRPC. @default - unknown */
  readonly grpc?: boolean;
  /** Whether it implements the gRPC health checking protocol (`grpc.health.v1.Health`). @default - unknown */
  readonly grpcHealth?: boolean;
  /** The port of gRPC, if it serves HTTP and gRPC on two ports. @default - it has one port */
  readonly grpcPort?: number;
  /** How it batches requests. @default - defined by the application */
  readonly batching?: BatchingBehavior;
  /** Where it finds its model. @default - defined by the application */
  readonly modelLocation?: ModelLocation;
  /** The image that its project publishes. @default - it is part of the application's image */
  readonly image?: ServerImageFacts;
  /** The accelerator that it usually requires. @default - none */
  readonly accelerator?: AcceleratorFacts;
  /** The size of `/dev/shm` in MiB that it needs with GPUs. @default - 1024 */
  readonly sharedMemoryMib?: number;
  /**
   * Environment variables that conflict with a part of the command, each with that part. Setting one is an error.
   *
   * @default - none
   */
  readonly conflictingVariables?: { [variable: string]: string };
  /** Whether environment variables take precedence over the command line. @default false */
  readonly environmentWins?: boolean;
  /** The Python interpreter in its image, such as `python3`, which health checks inside the container use. @default - none */
  readonly interpreter?: string;
  /** The version that the behavior was verified for. @default - unknown */
  readonly verifiedVersion?: string;
  /** The oldest version that supports every part of the command. @default - every version */
  readonly oldestVersion?: string;
  /** The versions that changed the behavior, oldest first. @default - no known changes */
  readonly versions?: ServerVersion[];
  /** What the plan assumes about the version, for its report. @default - the version is known */
  readonly versionNote?: string;
  /** Whether the version is unknown, so that the plan assumes the most conservative behavior of all versions. @default false */
  readonly versionUnknown?: boolean;
  /** Newer versions that support more, for messages about this one. @default - none */
  readonly upgrades?: ServerUpgrades;
  /** A note for users on how it is started. @default - none */
  readonly note?: string;
  /** The source of the behavior: documentation, source code or a measurement. @default - none */
  readonly source?: string;
  /** How the behavior was established. @default Evidence.DECLARED */
  readonly evidence?: Evidence;
  /**
   * Whether the behavior is declared at all. If not, the plan assumes the worst case.
   *
   * @default true
   */
  readonly declared?: boolean;
}
