import type { HopIntent } from './intents/hop';

/** How well a target supports a feature. */
export enum SupportLevel {
  /** The target supports it, and the value is written to its output. */
  NATIVE = 'native',
  /** Composed from other features of the target, with the same effect. */
  EMULATED = 'emulated',
  /** Supported, but not exactly; the detail states the difference. */
  APPROXIMATED = 'approximated',
  /** Depends on the gateway in the cluster, which the definition cannot configure. */
  GATEWAY = 'left to the gateway',
  /** The application in the container must implement it. */
  APPLICATION = 'left to the application',
  /** Not supported; using it is an error. */
  REFUSED = 'refused',
  /** Settings for another target, which have no effect on this one. */
  NOT_APPLIED = 'not applied',
}

/** A feature that a definition can use and that not every target supports. */
export enum Feature {
  /** Weighted shares between backends. */
  WEIGHTS = 'weights',
  /** A client keeps the backend that the shares gave it. */
  STICKY_BACKENDS = 'sticky backends',
  /** A client keeps its replica of a backend. */
  STICKY_REPLICAS = 'sticky replicas',
  /** Round robin between the replicas of a backend. */
  ROUND_ROBIN = 'round robin',
  /** The next request goes to the replica with the fewest outstanding requests. */
  LEAST_OUTSTANDING = 'least outstanding requests',
  /** A limit on the duration of a request. */
  REQUEST_TIMEOUT = 'request timeout',
  /** A limit on the duration of requests for a path below an endpoint. */
  PATH_TIMEOUT = 'request timeout of a path',
  /** A 405 for a method that no endpoint of the path accepts. */
  METHOD_NOT_ALLOWED = '405',
  /** Answers to preflight requests of browsers, and the headers of cross-origin requests. */
  CORS = 'cors',
  /** The `Allow` header of a 405. */
  ALLOW_HEADER = 'allow header',
  /** Forwarding without the path prefix of the endpoint. */
  STRIP_PREFIX = 'strip prefix',
  /** A header with the path that was removed, which clients cannot set. */
  FORWARDED_PREFIX = 'forwarded prefix',
  /** Matching requests by header. */
  HEADER_MATCH = 'header match',
  /** A path that depends on a header. */
  PATH_BY_HEADER = 'path by header',
  /** Matching requests by method. */
  METHOD_MATCH = 'method match',
  /** A separate address for each backend. */
  OWN_ADDRESS = 'own address',
  /** A limit on the concurrent requests of a replica. */
  MAX_CONCURRENCY = 'max concurrency',
  /** A limited queue in front of replicas that are at their limit. */
  QUEUE = 'queue',
  /** Requests end with the connection of their client. */
  CANCELLATION = 'cancellation',
  /** A `Host` header of the health check. */
  HEALTH_CHECK_HOST = 'health check host',
  /** A delay before the first health check. */
  INITIAL_DELAY = 'initial delay',
  /** A check of replicas that are starting, which differs from the health check. */
  STARTUP_CHECK = 'startup check',
  /** A check of running replicas, which are restarted or replaced if they fail it. */
  LIVENESS_CHECK = 'liveness check',
  /** A sample request that a replica must answer as declared before it gets requests. */
  SMOKE_TEST = 'smoke test',
  /** Readiness without a declared health check. */
  DEFAULT_READINESS = 'default readiness',
  /** Keep-alive between the balancer and the server. */
  KEEP_ALIVE = 'keep-alive',
  /** Completing requests when a replica stops. */
  DRAIN = 'drain',
  /** Scaling the number of replicas with the load. */
  AUTOSCALING = 'autoscaling',
  /** Scaling the number of replicas with the number of requests. */
  REQUEST_SCALING = 'autoscaling by requests',
  /** Scaling the number of replicas with the requests that wait in the server. */
  QUEUE_SCALING = 'autoscaling by queue depth',
  /** Scaling the number of replicas with the utilization of GPUs. */
  GPU_SCALING = 'autoscaling by GPU utilization',
  /** Scaling the number of replicas with a metric of the target. */
  CUSTOM_SCALING = 'autoscaling by a custom metric',
  /** Scaling the number of replicas with the result of a Prometheus query. */
  QUERY_SCALING = 'autoscaling by a Prometheus query',
  /** More replicas at certain times. */
  SCHEDULES = 'autoscaling on a schedule',
  /** No replicas outside of the schedules. */
  SCALE_TO_ZERO = 'scaling to zero',
  /** A delay before replicas are added or removed. */
  SCALING_DELAY = 'scaling delay',
  /** Models that are fetched before the server starts. */
  MODEL_FETCH = 'model fetch',
  /** A single file of a model in a directory with files of the server's image. */
  MODEL_FILE = 'model file',
  /** Mounting the image of a model as a volume. */
  MODEL_IMAGE_VOLUME = 'model image volume',
  /** Models that are copied out of their image before the server starts. */
  MODEL_COPY = 'model copy',
  /** A server image that was built with the model in it. */
  MODEL_BAKED = 'baked model',
  /** An existing volume with models. */
  MODEL_VOLUME = 'model volume',
  /** Models that are published when the definition is deployed. */
  MODEL_PUBLISH = 'publish on deploy',
  /** Not routing requests to a backend that has no ready replica. */
  FAILOVER = 'failover',
  /** A limit on the CPU of a replica above what is reserved. */
  CPU_LIMIT = 'cpu limit',
  /** A limit on the memory of a replica above what is reserved. */
  MEMORY_LIMIT = 'memory limit',
  /** Other containers in each replica, which start before the server and stop after it. */
  SIDECARS = 'sidecars',
  /** A GPU for each replica. */
  GPU = 'gpu',
  /** Strings that only the framework can resolve, at synthesis. */
  TOKENS = 'tokens',
  /** Running as the user of the image. */
  IMAGE_USER = 'image user',
  /** A volume that outlives the replicas, and that they write to. */
  CACHE_VOLUME = 'cache volume',
  /** Directories that are empty when a replica starts, and that its server can write to. */
  SCRATCH_VOLUME = 'scratch volume',
  /** Bidirectional connections that start as an HTTP/1.1 request. */
  WEB_SOCKET = 'web socket',
  /** HTTP/2 between the balancer and the server. */
  HTTP2 = 'http/2',
  /** Calls over HTTP/2, streaming included. */
  GRPC = 'grpc',
}

/** The support of a target for one feature. */
export interface Capability {
  /** The feature. */
  readonly feature: Feature;
  /** How well the target supports it. */
  readonly level: SupportLevel;
  /** How it works, how it differs, or what to do instead. */
  readonly detail: string;
}

/** Who can reach a balancer. */
export enum BalancerAccess {
  /** Clients in its network. */
  INTERNAL = 'internal',
  /** All clients on the internet. */
  PUBLIC = 'public',
  /** Unknown, because the balancer is not part of the definition. */
  UNKNOWN = 'unknown',
}

/** The order in which the balancer and the server are notified that a replica stops. */
export enum DrainOrder {
  /** The balancer drains the replica first, then the server gets the signal (ECS). */
  BALANCER_FIRST = 'balancer first',
  /** Both are notified at the same time, so the server must wait for the balancer (Kubernetes). */
  TOGETHER = 'together',
}

/** The idle timeout of a balancer's connections to the servers. */
export interface IdleRange {
  /** The shortest idle timeout in seconds. */
  readonly min: number;
  /** The longest idle timeout in seconds. */
  readonly max: number;
  /** The idle timeout in seconds unless a longer one is needed. */
  readonly defaultSeconds: number;
  /** Whether a request without traffic is cut off after the idle timeout, as on an Application Load Balancer. */
  readonly cutsSilence: boolean;
  /** Whether the definition can set it. @default true */
  readonly settable?: boolean;
  /** Whether the balancer can close the connection to a server after each response. @default false */
  readonly canCloseEach?: boolean;
}

/** The status codes of a balancer for requests that a server does not answer. */
export interface BalancerStatuses {
  /** The server closed the connection after the request was sent. */
  readonly closed: number;
  /** The server sent nothing before the timeout. */
  readonly silent: number;
  /** No replica is available. */
  readonly unavailable: number;
}

/** The limits of a target that numbers its rules, such as an Application Load Balancer's listener. */
export interface RuleLimits {
  /** The first priority that a route may get. */
  readonly first: number;
  /** The last priority that a route may get. */
  readonly last: number;
  /** The last priority of all. Those after the last route are for the anchor rules of backends. */
  readonly lastAnchor: number;
  /** The maximum number of values in a condition. */
  readonly valuesPerCondition: number;
  /** The maximum number of values in all conditions of a rule. */
  readonly valuesPerRule: number;
  /** The maximum number of rules, anchor rules included. */
  readonly maxRules: number;
  /** The maximum number of backends. */
  readonly maxBackends: number;
}

/** The limits of a target for paths and headers that it matches, and for paths that it rewrites to. */
export interface MatchLimits {
  /** The maximum length of a path prefix, in characters. @default - no limit */
  readonly maxPathLength?: number;
  /** Characters with a special meaning in rewritten paths, such as `$`. @default - none */
  readonly rewriteReserved?: string;
  /** The maximum length of a header name, in characters. @default - no limit */
  readonly maxHeaderNameLength?: number;
  /** The maximum length of a header value, in characters. @default - no limit */
  readonly maxHeaderValueLength?: number;
  /** Characters with a special meaning in header values, such as wildcards. @default - none */
  readonly headerValueReserved?: string;
}

/** The limits of a target for health checks. */
export interface HealthCheckLimits {
  /** The shortest time between two checks, in seconds. @default 1 */
  readonly minIntervalSeconds?: number;
  /** The longest time between two checks, in seconds. @default - no limit */
  readonly maxIntervalSeconds?: number;
  /** The shortest timeout of a check, in seconds. A shorter one becomes this one. @default 1 */
  readonly minTimeoutSeconds?: number;
  /** The longest timeout of a check, in seconds. @default - no limit */
  readonly maxTimeoutSeconds?: number;
  /** Whether a check must end before the next one begins, so that its timeout is less than the interval. @default false */
  readonly endsBeforeNext?: boolean;
  /** The smallest number of consecutive checks that change the health of a replica. @default 1 */
  readonly minThreshold?: number;
  /** The largest number of consecutive checks that change the health of a replica. @default - no limit */
  readonly maxThreshold?: number;
  /** Whether a gRPC health check can name a service. @default true */
  readonly namesService?: boolean;
  /**
   * The only status codes that the target itself can check for in a replica. For others the interpreter of the server sends
   * the request inside the container.
   *
   * @default - any
   */
  readonly statuses?: string;
}

/** What an image of the target, rather than of the user, is used for. */
export enum ImageUse {
  /** Routes the requests. */
  ROUTER = 'router',
  /** Fetches models from S3. */
  S3 = 'models from S3',
  /** Fetches models from the Hugging Face Hub. */
  HUB = 'models from the Hugging Face Hub',
  /** Unpacks archives, and downloads models over HTTPS. */
  ARCHIVES = 'archives and models from URLs',
  /** Links the files of model images to the paths of the models. */
  LINKS = 'links to model images',
}

/** An image that the target provides. */
export interface TargetImage {
  /** Its purpose. */
  readonly use: ImageUse;
  /** Its name, with tag and digest. */
  readonly reference: string;
  /** The release date of its version, such as `2026-09-28`. */
  readonly released: string;
}

/**
 * The limits and capabilities of a target.
 *
 * The plan uses no other facts about a target, so a platform outside this package is described by the same data.
 */
export interface TargetProfile {
  /** The target's name in messages, such as `an Application Load Balancer`. */
  readonly name: string;
  /** The largest weight of one backend. */
  readonly maxWeight: number;
  /** The largest sum of an endpoint's weights. @default - no limit */
  readonly maxTotalWeight?: number;
  /** The maximum number of backends of an endpoint. @default - no limit */
  readonly maxBackendsPerEndpoint?: number;
  /** The longest time that a client can keep its backend or replica, in seconds. @default - that of a cookie */
  readonly maxStickySeconds?: number;
  /**
   * Whether the replicas of a backend can be sticky only where the backend is: as the only one of an endpoint, or by a split
   * that is sticky.
   *
   * @default false
   */
  readonly stickyReplicasNeedBackend?: boolean;
  /** The limits of paths and headers. @default - those of HTTP */
  readonly matching?: MatchLimits;
  /** Whether an endpoint with gRPC backends and one with others need different hosts. @default false */
  readonly separateHosts?: boolean;
  /** Whether all endpoints have the same CORS, with at most one origin. @default false */
  readonly sharesCors?: boolean;
  /** The shortest time for which browsers can keep the answer to a preflight request, in seconds. @default 0 */
  readonly minCorsMaxAgeSeconds?: number;
  /** The maximum number of replicas of a backend. @default - no limit */
  readonly maxReplicas?: number;
  /** The maximum delay of autoscaling, in seconds. @default - no limit */
  readonly maxScalingDelaySeconds?: number;
  /** The limits for health checks. @default - no limits */
  readonly healthCheck?: HealthCheckLimits;
  /** The limits for liveness checks. @default - no limits */
  readonly livenessCheck?: HealthCheckLimits;
  /** The idle timeout between the balancer and the servers. */
  readonly idle: IdleRange;
  /**
   * How long the balancer keeps an idle connection of a client, in seconds. With `cutsSilence`, the idle timeout applies
   * to both sides.
   *
   * @default - unknown
   */
  readonly clientIdleSeconds?: number;
  /**
   * Whether it replaces the forwarded headers of proxies in front of it, such as `X-Forwarded-For`, because it trusts none.
   *
   * @default false
   */
  readonly replacesForwarded?: boolean;
  /**
   * Who can reach the balancer. Behind a public one, backends have a separate address only if `ownAddress` is set.
   *
   * @default BalancerAccess.INTERNAL
   */
  readonly access?: BalancerAccess;
  /**
   * The numeric ID of the user of a container, unless the definition sets one or its image is known to have another that is
   * not root.
   *
   * @default - containers run as the users of their images
   */
  readonly containerUser?: number;
  /** A proxy in every replica, between the balancer and the server. @default - none */
  readonly sidecar?: HopIntent;
  /** The status codes for requests that a server does not answer. @default - unknown */
  readonly statuses?: BalancerStatuses;
  /** The number of balancer nodes that keep connections to a replica. @default 2 */
  readonly nodes?: number;
  /** The order in which a replica is taken out of service. */
  readonly drainOrder: DrainOrder;
  /** The time in seconds from the removal of a replica until no more requests are sent to it. */
  readonly propagationSeconds: number;
  /** The longest deregistration delay in seconds. @default - no limit */
  readonly maxDeregistrationSeconds?: number;
  /** The longest time in seconds from SIGTERM to SIGKILL. @default - no limit */
  readonly maxStopSeconds?: number;
  /** The longest time in seconds that a model fetch may take. @default - no limit */
  readonly maxFetchSeconds?: number;
  /** The limits for rules if the target numbers them. @default - rules are not numbered */
  readonly rules?: RuleLimits;
  /**
   * Whether the routes of the target have a timeout: `timeoutSeconds` of a route if it supports `Feature.REQUEST_TIMEOUT`
   * natively, otherwise only `silenceSeconds`.
   */
  readonly requestTimeout: boolean;
  /**
   * Whether a route ends a request on which no data arrives for its `silenceSeconds`.
   *
   * @default - like `requestTimeout`, unless the idle timeout already ends such requests (`cutsSilence`)
   */
  readonly silenceTimeout?: boolean;
  /**
   * How much later than the longest request its routes end a request, in seconds. With less than the default, they enforce
   * `requestTimeout` themselves, in fractions of a second.
   *
   * @default 10
   */
  readonly requestMarginSeconds?: number;
  /**
   * How long it tries to connect to replicas before it answers a request with an error, in seconds. No part of the request
   * is sent before it is connected.
   *
   * @default - unknown
   */
  readonly connectSeconds?: number;
  /**
   * The supported features.
   *
   * A feature that is not listed is not supported, including one that a later version of this package adds. To make the
   * compiler report omissions, keep the rows in a `Record<Feature, ...>`, as the targets of this package do.
   */
  readonly capabilities: Capability[];
  /** The images that the target provides unless the user sets others. @default - none */
  readonly images?: TargetImage[];
}
