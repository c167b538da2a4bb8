import type {
  AutoscalingIntent,
  BackendIntent,
  CorsIntent,
  EndpointIntent,
  HeaderIntent,
  HealthCheckIntent,
  ModelDeliveryKind,
  ModelIntent,
} from './intents';
import type { BalancerStatuses, SupportLevel } from './target-profile';

/** The kind of a route, in matching order for the same host and path. */
export enum RouteKind {
  /** Preflight requests of browsers: `OPTIONS` with `Access-Control-Request-Method`. */
  PREFLIGHT = 'preflight',
  /** Requests to the own address of a backend. */
  OWN_ADDRESS = 'own address',
  /** Requests that match a header rule of a split. */
  HEADER_RULE = 'header rule',
  /** All other requests of the endpoint. */
  SHARES = 'shares',
  /** Requests with a method that no endpoint of the path accepts. */
  METHOD_NOT_ALLOWED = 'method not allowed',
}

/** A backend's share of a route. */
export interface SharePlan {
  /** The backend's key. */
  readonly backend: string;
  /** The weight, a whole number. */
  readonly weight: number;
}

/** A rule of a target that numbers its rules: a route, or a part of a route with too many values for one rule. */
export interface RulePlan {
  /** The priority; lower numbers are matched first. */
  readonly priority: number;
  /** The preferred priority, if another rule prefers it too, which then has another one as well. @default - it was free */
  readonly movedFrom?: number;
  /**
   * Whether it has one of the priorities that were left, because the range of its route is more than a third full. Another
   * rule that is added or removed can then move it to a priority that is in use. @default false
   */
  readonly mayClash?: boolean;
  /** The hosts. */
  readonly hosts: string[];
  /** The path patterns. */
  readonly paths: string[];
  /** The methods. */
  readonly methods: string[];
  /** The headers. */
  readonly headers: HeaderIntent[];
}

/** A route: conditions for requests, and their destination. */
export interface RoutePlan {
  /** The unique key, which does not depend on other routes. */
  readonly key: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The kind of requests that it matches. */
  readonly kind: RouteKind;
  /** The hosts; none means every host. */
  readonly hosts: string[];
  /** The path prefix. */
  readonly prefix: string;
  /** The methods; none means every method. */
  readonly methods: string[];
  /** The headers a request must have. */
  readonly headers: HeaderIntent[];
  /** Whether the last header is the condition of its kind, in addition to the headers of the endpoint. */
  readonly pickedByHeader: boolean;
  /** The shares of backends; empty for a 405. */
  readonly shares: SharePlan[];
  /**
   * How long a client keeps the backend that the shares gave it, in seconds. `shares` then has no backend with weight 0.
   *
   * @default - it does not
   */
  readonly stickySeconds?: number;
  /** The replacement of the prefix. @default - the prefix is kept */
  readonly replacePrefix?: string;
  /**
   * The path that is removed from its requests, which the server gets in the header `X-Forwarded-Prefix`. If it is empty,
   * the header of a client must be removed.
   *
   * @default - none is removed, and the backends of the route do not expect the header
   */
  readonly removedPrefix?: string;
  /** The replacement of the whole path. @default - the path is kept */
  readonly replacePath?: string;
  /** The methods in the `Allow` header of a 405. */
  readonly allow: string[];
  /** The rules, if the target numbers them. */
  readonly rules: RulePlan[];
  /** The request timeout with the margin, in seconds; 0 for no limit. */
  readonly timeoutSeconds: number;
  /** The silence timeout with the margin, in seconds; 0 for a 405. */
  readonly silenceSeconds: number;
}

/** The kind of a hop. */
export enum HopKind {
  /** The client that sends the request. */
  CLIENT = 'client',
  /** A proxy or balancer in front of the platform. */
  IN_FRONT = 'in front',
  /** The balancer, router or gateway of the platform. */
  BALANCER = 'balancer',
  /** A proxy in the replica. */
  SIDECAR = 'sidecar',
  /** The server. */
  SERVER = 'server',
}

/** A hop of a request with its times in seconds. A time that is left out has no limit. */
export interface HopTimes {
  /** The name in messages. */
  readonly name: string;
  /** The kind. */
  readonly kind: HopKind;
  /** How long it keeps an idle connection on the client side. @default - no limit, or unknown */
  readonly clientIdleSeconds?: number;
  /** How long it keeps an idle connection to the next hop; 0 keeps none. @default - no limit */
  readonly serverIdleSeconds?: number;
  /** The timeout of a request without traffic. @default - no limit */
  readonly silenceSeconds?: number;
  /** The timeout of a request. @default - no limit */
  readonly requestSeconds?: number;
  /** Whether it forwards bytes without parsing requests. @default false */
  readonly passesThrough?: boolean;
}

/** One value of a timeout ladder. */
export interface HopPlan {
  /** The hop's name, such as `balancer idle`. */
  readonly hop: string;
  /** The value in seconds. */
  readonly seconds: number;
  /** The id of its rule. */
  readonly rule: string;
  /** The difference in seconds from the time that its rule compares it with. @default - it is not compared */
  readonly slackSeconds?: number;
  /** The prop that overrides it. @default - it is computed, or declared elsewhere */
  readonly setBy?: string;
}

/** The timeouts of an endpoint or backend, each with its rule, for errors and reports. */
export interface LadderPlan {
  /** The longest request, in seconds. */
  readonly requestTimeoutSeconds: number;
  /** The rows, from the client to the stop of the server. */
  readonly hops: HopPlan[];
}

/** An endpoint of a plan. */
export interface EndpointPlan {
  /** The construct path. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** The options of the definition, after defaults. */
  readonly intent: EndpointIntent;
  /** The shares of requests that no other rule matches, in whole numbers. */
  readonly shares: SharePlan[];
  /** The routes, in matching order. */
  readonly routes: RoutePlan[];
  /** The silence timeout of its routes in seconds, if the target supports one. */
  readonly silenceSeconds: number;
  /** The cross-origin requests that it accepts. Its methods include those of endpoints with the same path. @default - left to the server */
  readonly cors?: CorsIntent;
  /** The timeouts from the client to the balancer, each with its rule. */
  readonly ladder: LadderPlan;
}

/** A range of times, in whole seconds. */
export interface TimeRange {
  /** The shortest. */
  readonly best: number;
  /** The longest. */
  readonly worst: number;
}

/** The duration of a rolling update of a backend. */
export interface RolloutPlan {
  /** The number of replicas that are replaced at a time. */
  readonly batch: number;
  /** The number of batches. */
  readonly waves: TimeRange;
  /** The time from the start of a replica until it gets requests. */
  readonly startSeconds: TimeRange;
  /** The time from the removal of a replica until its exit. */
  readonly stopSeconds: TimeRange;
  /** The part of the stop in which the server has no requests left but does not exit. */
  readonly heldSeconds: number;
  /** The total duration. */
  readonly totalSeconds: TimeRange;
}

/** The times of a backend for its renderer, in whole seconds. */
export interface BackendTimes {
  /** The longest request that reaches the backend. */
  readonly requestTimeout: number;
  /** The server's keep-alive. */
  readonly keepAlive: number;
  /** Whether the balancer must close the server's connection after each response. */
  readonly closeEach: boolean;
  /** The deregistration delay: how long the balancer waits for the requests of a stopping replica. */
  readonly deregistration: number;
  /** The watchdog timeout: how long a worker may be unresponsive before the server replaces it. */
  readonly watchdog: number;
  /** The request timeout of the server, if it supports one. */
  readonly request: number;
  /** The time from the removal of a replica to SIGTERM, if balancer and server are notified at the same time. */
  readonly preStop: number;
  /** The drain time of the server after SIGTERM. */
  readonly drain: number;
  /** The time from SIGTERM to SIGKILL. */
  readonly stop: number;
  /** The time from the removal of a replica to SIGKILL. */
  readonly grace: number;
  /** The timeout of all model fetches of a replica; 0 without any. */
  readonly fetch: number;
  /** The timeout of loading the model into the server. */
  readonly load: number;
  /** The time from the start of a replica until it must be healthy. */
  readonly startup: number;
  /** The progress deadline of a rollout. */
  readonly progress: number;
}

/** A model of a backend, and how it is delivered to the server. */
export interface ModelPlan {
  /** The options of the definition, after defaults. */
  readonly intent: ModelIntent;
  /** The delivery. */
  readonly delivery: ModelDeliveryKind;
  /** The URI or image that it is delivered from. @default - it is in the image of the server, or in a volume */
  readonly source?: string;
  /** The timeout of the container that transfers it, in seconds; 0 without one. */
  readonly seconds: number;
}

/**
 * The anchor rule of a backend on a target that numbers its rules. It matches no request, but attaches the backend to the
 * listener.
 */
export interface AnchorPlan {
  /** The priority, after every route. */
  readonly priority: number;
  /** The preferred priority, if another backend prefers it too. @default - it was free */
  readonly movedFrom?: number;
}

/** A backend of a plan. */
export interface BackendPlan {
  /** The construct path. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** The options of the definition, after defaults. */
  readonly intent: BackendIntent;
  /** The autoscaling policy. @default - none */
  readonly autoscaling?: AutoscalingIntent;
  /** The keys of the endpoints that it serves. */
  readonly endpoints: string[];
  /**
   * The program of the server, with its arguments unless `args` has them. It replaces the entry point and the arguments of
   * the image; if empty, the image's own entry point is started.
   */
  readonly command: string[];
  /** The arguments after `command`, or of the image's own entry point. @default - none, or those of the image */
  readonly args?: string[];
  /** The environment, including the computed times. */
  readonly environment: Record<string, string>;
  /** The reference of the image: that of the definition, or the one with a baked model. @default - only known to the platform */
  readonly image?: string;
  /** The health check, as the target performs it. */
  readonly health: HealthCheckIntent;
  /** The number of concurrent requests that block its health checks until one of them ends. @default - they block none */
  readonly blockingRequests?: number;
  /** Whether a request ends with the connection of its client, on targets that can be configured so. */
  readonly cancelOnDisconnect: boolean;
  /** Its models, each with its delivery. */
  readonly models: ModelPlan[];
  /** The anchor rule, if the target numbers its rules. @default - the target does not number its rules */
  readonly anchor?: AnchorPlan;
  /** The minimum number of replicas. */
  readonly minReplicas: number;
  /** The maximum number of replicas. */
  readonly maxReplicas: number;
  /** The times for the renderer. */
  readonly times: BackendTimes;
  /** The timeouts with their rules. */
  readonly ladder: LadderPlan;
  /** The hops of its requests, from the client to the server. */
  readonly chain: HopTimes[];
  /** The duration of a rolling update. */
  readonly rollout: RolloutPlan;
}

/** The times of the balancer that the endpoints share, in whole seconds. */
export interface BalancerPlan {
  /** The idle timeout of its connections. */
  readonly idle: number;
  /** The longest silence in a request of its endpoints. */
  readonly requestTimeout: number;
  /** How long it keeps an idle connection of a client. @default - unknown */
  readonly clientIdle?: number;
  /** Its status codes for requests that a server does not answer. @default - unknown */
  readonly statuses?: BalancerStatuses;
}

/** A topic of the ledger that does not depend on the features of the target. */
export enum LedgerTopic {
  /** Access to backends by their own addresses. */
  ACCESS = 'access',
  /** Files of a model that differ from the lock file. */
  MODEL_DRIFT = 'model drift',
  /** Fetched files of a locked model that are not compared with the digests of the lock file. */
  MODEL_CHECK = 'model check',
  /** A priority that the user set. */
  PRIORITY = 'priority',
  /** Compute in fixed sizes, of which one is larger than what the definition reserves. */
  COMPUTE_SIZE = 'compute size',
  /** Behavior that depends on the version of the server. */
  SERVER_VERSION = 'server version',
  /** Worker processes that each load the model. */
  WORKERS = 'workers',
  /** Batches that the server forms of concurrent requests. */
  BATCHING = 'batching',
  /** A connection limit that idle connections count toward. */
  CONNECTION_LIMIT = 'connection limit',
  /** Health checks that fail while the server handles a request. */
  HEALTH_CHECK = 'health check',
  /** A request timeout of the server. */
  SERVER_REQUEST_LIMIT = 'server request timeout',
  /** Streaming responses. */
  STREAMING = 'streaming',
  /** Proxies in front of the balancer, or in the replica. */
  OTHER_HOPS = 'other hops',
  /** A computed time that the user overrides. */
  TIMEOUT_OVERRIDE = 'timeout override',
  /** Sources of environment variables whose keys are unknown at synthesis. */
  ENVIRONMENT_SOURCES = 'environment sources',
  /** Callers that bypass the balancer. */
  DIRECT_CALLERS = 'direct callers',
  /** How a server learns the path that is removed from its requests. */
  PATH_PREFIX = 'path prefix',
  /** Images that the package provides, with the release dates of their versions. */
  IMAGES = 'images',
  /** Settings that only one target has. */
  TARGET_SETTINGS = 'target settings',
  /** A field of the output that the definition patches. */
  PATCH = 'patch',
}

/** The support for one feature that a definition uses. */
export interface LedgerEntry {
  /** The construct path; empty for the platform. */
  readonly path: string;
  /** The feature of the target, or the topic. */
  readonly feature: string;
  /** How well the target supports it. */
  readonly level: SupportLevel;
  /** How it works, how it differs, or who must implement it. */
  readonly detail: string;
}

/** An error in the definitions, raised at synthesis. */
export interface Refusal {
  /** The stable code of the error. */
  readonly code: string;
  /** What is wrong and what to change. */
  readonly message: string;
  /** The construct path. */
  readonly path: string;
  /** The rule of the timeout chain that is broken. @default - none */
  readonly rule?: string;
}

/** How clients reach an endpoint. */
export interface EndpointReach {
  /** The URL, with placeholders in angle brackets for parts that only the deployment determines. @default - unknown */
  readonly url?: string;
  /** Where to find the URL, who can reach it, and how to reach it from elsewhere, one sentence each. */
  readonly notes: string[];
}
