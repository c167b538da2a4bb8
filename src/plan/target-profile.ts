import type { HopIntent } from './intents/hop';

/** How far a target can do what a definition asks for. */
export enum SupportLevel {
  /** The target has it and the value is written into its output. */
  NATIVE = 'native',
  /** Composed from other parts of the target, with the same effect. */
  EMULATED = 'emulated',
  /** Done, but not exactly; the detail says how far. */
  APPROXIMATED = 'approximated',
  /** The gateway in the cluster decides; the definition cannot tell it. */
  GATEWAY = 'left to the gateway',
  /** The application in the container must do it. */
  APPLICATION = 'left to the application',
  /** Not possible; asking for it is an error. */
  REFUSED = 'refused',
}

/** One thing a definition can ask for and not every target can do. */
export enum Feature {
  /** Weighted shares between backends. */
  WEIGHTS = 'weights',
  /** Replicas of a backend take turns. */
  ROUND_ROBIN = 'round robin',
  /** The replica with the fewest unfinished requests is next. */
  LEAST_OUTSTANDING = 'least outstanding requests',
  /** A limit on the time a request may take. */
  REQUEST_TIMEOUT = 'request timeout',
  /** 405 for a known path with a method it does not have. */
  METHOD_NOT_ALLOWED = '405',
  /** The `Allow` header of a 405. */
  ALLOW_HEADER = 'allow header',
  /** Forwarding without the endpoint's path in front. */
  STRIP_PREFIX = 'strip prefix',
  /** Requests picked by a header. */
  HEADER_MATCH = 'header match',
  /** A header that picks the path. */
  PATH_BY_HEADER = 'path by header',
  /** Requests picked by method. */
  METHOD_MATCH = 'method match',
  /** The address that a backend has of its own. */
  OWN_ADDRESS = 'own address',
  /** The most requests a replica works on at a time. */
  MAX_CONCURRENCY = 'max concurrency',
  /** Readiness without a declared health check. */
  DEFAULT_READINESS = 'default readiness',
  /** Keep-alive between the balancer and the server. */
  KEEP_ALIVE = 'keep-alive',
  /** Finishing requests when a replica is stopped. */
  DRAIN = 'drain',
  /** Starting more replicas under load. */
  AUTOSCALING = 'autoscaling',
  /** Starting more replicas when there are more requests. */
  REQUEST_SCALING = 'autoscaling by requests',
  /** Waiting before replicas are added or taken away. */
  SCALING_DELAY = 'scaling delay',
  /** Models that are fetched before the server starts. */
  MODEL_FETCH = 'model fetch',
  /** The image of a model as a volume. */
  MODEL_IMAGE_VOLUME = 'model image volume',
  /** Models that are copied out of their image before the server starts. */
  MODEL_COPY = 'model copy',
  /** A server's image that was made with the model in it. */
  MODEL_BAKED = 'baked model',
  /** A volume that exists and holds models. */
  MODEL_VOLUME = 'model volume',
  /** Models that are published when the definition is deployed. */
  MODEL_PUBLISH = 'publish on deploy',
  /** A balancer that keeps requests off a backend without a ready replica. */
  FAILOVER = 'failover',
  /** A GPU for each replica. */
  GPU = 'gpu',
  /** Texts that only the framework knows when it synthesizes. */
  TOKENS = 'tokens',
  /** The user that the server's own image runs as. */
  IMAGE_USER = 'image user',
  /** Connections that both sides send on, begun by a request over HTTP/1.1. */
  WEB_SOCKET = 'web socket',
  /** Calls over HTTP/2 whose messages come one by one. */
  GRPC = 'grpc',
}

/** What a target says of one feature. */
export interface Capability {
  /** The feature. */
  readonly feature: Feature;
  /** How far the target can do it. */
  readonly level: SupportLevel;
  /** How it is done, how far, or what to do instead. */
  readonly detail: string;
}

/** Who can reach a balancer. */
export enum BalancerAccess {
  /** Callers in its own network. */
  INTERNAL = 'internal',
  /** Everybody. */
  PUBLIC = 'public',
  /** The definition does not know, because the balancer exists already. */
  UNKNOWN = 'unknown',
}

/** When the balancer and the server learn that a replica is to go. */
export enum DrainOrder {
  /** The balancer stops sending and empties the replica, then the server gets the signal (ECS). */
  BALANCER_FIRST = 'balancer first',
  /** Both learn of it at once, so that the server has to wait for the balancer (Kubernetes). */
  TOGETHER = 'together',
}

/** The idle timer of a balancer's connections to the servers. */
export interface IdleRange {
  /** The shortest idle time in seconds. */
  readonly min: number;
  /** The longest idle time in seconds. */
  readonly max: number;
  /** The idle time in seconds where nothing asks for a longer one. */
  readonly defaultSeconds: number;
  /** Whether a silent server is cut off when the idle time ends, as on an Application Load Balancer. */
  readonly cutsSilence: boolean;
  /** Whether the definition can set it. @default true */
  readonly settable?: boolean;
  /** Whether the balancer can close a server's connection after each response instead of keeping it. @default false */
  readonly canCloseEach?: boolean;
}

/** What a balancer answers when a server does not. */
export interface BalancerStatuses {
  /** When the server closes the connection on which a request was sent. */
  readonly closed: number;
  /** When it gives up on a silent server. */
  readonly silent: number;
  /** When no replica can be asked. */
  readonly unavailable: number;
}

/** The limits of a target that numbers its rules, such as an Application Load Balancer's listener. */
export interface RuleLimits {
  /** The first priority that a route may get. */
  readonly first: number;
  /** The last priority that a route may get. */
  readonly last: number;
  /** The last priority of all; those after the routes' hold backends in place. */
  readonly lastAnchor: number;
  /** The most values of one condition. */
  readonly valuesPerCondition: number;
  /** The most values of all conditions of a rule. */
  readonly valuesPerRule: number;
  /** The most rules, those that only hold a backend in place included. */
  readonly maxRules: number;
  /** The most backends. */
  readonly maxBackends: number;
}

/** The limits of what a target matches requests by, and rewrites them to. */
export interface MatchLimits {
  /** The longest path prefix, in characters. @default - no limit */
  readonly maxPathLength?: number;
  /** Characters that have a meaning in the paths that requests are rewritten to, such as `$`. @default - none */
  readonly rewriteReserved?: string;
  /** The longest name of a header, in characters. @default - no limit */
  readonly maxHeaderNameLength?: number;
  /** The longest value of a header, in characters. @default - no limit */
  readonly maxHeaderValueLength?: number;
  /** Characters that have a meaning in values of headers, such as wildcards. @default - none */
  readonly headerValueReserved?: string;
}

/** The health checks that a target can make. A limit that is left out does not exist. */
export interface HealthCheckLimits {
  /** The shortest time between two checks, in seconds. @default 1 */
  readonly minIntervalSeconds?: number;
  /** The longest time between two checks, in seconds. @default - no limit */
  readonly maxIntervalSeconds?: number;
  /** The shortest time that a check may take, in seconds. @default 1 */
  readonly minTimeoutSeconds?: number;
  /** The longest time that a check may take, in seconds. @default - no limit */
  readonly maxTimeoutSeconds?: number;
  /** Whether a check must end before the next one begins, so that its timeout is less than the interval. @default false */
  readonly endsBeforeNext?: boolean;
  /** The fewest checks in a row that make a replica healthy or unhealthy. @default 1 */
  readonly minThreshold?: number;
  /** The most checks in a row that make a replica healthy or unhealthy. @default - no limit */
  readonly maxThreshold?: number;
}

/** What an image is used for that runs beside those of the user. */
export enum ImageUse {
  /** Carries the requests. */
  ROUTER = 'router',
  /** Fetches models from S3. */
  S3 = 'models from S3',
  /** Fetches models from the Hugging Face Hub. */
  HUB = 'models from the Hugging Face Hub',
}

/** An image that the target brings. */
export interface TargetImage {
  /** What it is used for. */
  readonly use: ImageUse;
  /** Its name, with tag and digest. */
  readonly reference: string;
  /** The day on which its version was released, such as `2026-09-28`. */
  readonly released: string;
}

/**
 * A row of the capability table: the limits of one target and what it can do.
 *
 * Everything the plan knows about a target stands here, so that a platform outside this package describes itself with
 * the same data.
 */
export interface TargetProfile {
  /** The target's name in messages, such as `an Application Load Balancer`. */
  readonly name: string;
  /** The largest weight of one backend. */
  readonly maxWeight: number;
  /** The largest sum of an endpoint's weights. @default - no limit */
  readonly maxTotalWeight?: number;
  /** The most backends of one endpoint. @default - no limit */
  readonly maxBackendsPerEndpoint?: number;
  /** The limits of paths and headers. @default - those of HTTP */
  readonly matching?: MatchLimits;
  /** The most replicas of a backend. @default - no limit */
  readonly maxReplicas?: number;
  /** The longest delay of autoscaling, in seconds. @default - no limit */
  readonly maxScalingDelaySeconds?: number;
  /** The health checks that it can make. @default - every interval, timeout and threshold */
  readonly healthCheck?: HealthCheckLimits;
  /** The idle timer between the balancer and the servers. */
  readonly idle: IdleRange;
  /**
   * How long the balancer keeps an idle connection of a client, in seconds. Where its idle time cuts silence, that is for
   * both sides.
   *
   * @default - unknown
   */
  readonly clientIdleSeconds?: number;
  /**
   * Whether it replaces the forwarded headers, such as `X-Forwarded-For`, of the proxies in front, because it trusts none.
   *
   * @default false
   */
  readonly replacesForwarded?: boolean;
  /** Who can reach the balancer. Backends of a public one have an address of their own only if they ask for it. @default BalancerAccess.INTERNAL */
  readonly access?: BalancerAccess;
  /** A proxy in every replica, between the balancer and the server. @default - none */
  readonly sidecar?: HopIntent;
  /** What the balancer answers when a server does not. @default - unknown */
  readonly statuses?: BalancerStatuses;
  /** How many nodes of the balancer keep connections to a replica. @default 2 */
  readonly nodes?: number;
  /** How a replica is taken out of service. */
  readonly drainOrder: DrainOrder;
  /** The time in seconds from a replica's removal until the last request is sent to it. */
  readonly propagationSeconds: number;
  /** The longest time in seconds that the balancer can wait for a replica's requests. @default - no limit */
  readonly maxDeregistrationSeconds?: number;
  /** The longest time in seconds between the signal and the kill. @default - no limit */
  readonly maxStopSeconds?: number;
  /** The longest time in seconds that a model fetch may take. @default - no limit */
  readonly maxFetchSeconds?: number;
  /** The limits of the target's rules, where it numbers them. @default - rules are not numbered */
  readonly rules?: RuleLimits;
  /** Whether the request timeout can be told to the target. */
  readonly requestTimeout: boolean;
  /**
   * What the target can do.
   *
   * A feature that is not listed is refused, also one that a later version of this package adds. To have the compiler find
   * the omission instead, keep the rows in a `Record<Feature, ...>`, as the targets of this package do.
   */
  readonly capabilities: Capability[];
  /** The images that the target brings where the user has set none. @default - none */
  readonly images?: TargetImage[];
}
