import type {
  AutoscalingIntent,
  BackendIntent,
  EndpointIntent,
  HeaderIntent,
  ModelDeliveryKind,
  ModelIntent,
} from './intents';
import type { BalancerStatuses, SupportLevel } from './target-profile';

/** What kind of requests a route picks, in the order in which routes of one host and path are tried. */
export enum RouteKind {
  /** Requests that name a backend. */
  OWN_ADDRESS = 'own address',
  /** Requests picked by a split's header rule. */
  HEADER_RULE = 'header rule',
  /** Every other request of the endpoint. */
  SHARES = 'shares',
  /** Requests with a method that no endpoint of the path has. */
  METHOD_NOT_ALLOWED = 'method not allowed',
}

/** A backend's share of a route. */
export interface SharePlan {
  /** The backend's key. */
  readonly backend: string;
  /** The weight, a whole number. */
  readonly weight: number;
}

/** A rule of a target that numbers its rules: a route, or a part of one that has too many values. */
export interface RulePlan {
  /** The place in the order; lower numbers are tried first. */
  readonly priority: number;
  /** The priority it would have had if an earlier rule did not hold that. */
  readonly movedFrom?: number;
  /** The hosts. */
  readonly hosts: string[];
  /** The path patterns. */
  readonly paths: string[];
  /** The methods. */
  readonly methods: string[];
  /** The headers. */
  readonly headers: HeaderIntent[];
}

/** One routing decision: which requests, and what becomes of them. */
export interface RoutePlan {
  /** A key that no other route of the platform has and that does not depend on other routes. */
  readonly key: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** What kind of requests it picks. */
  readonly kind: RouteKind;
  /** The hosts; none means every host. */
  readonly hosts: string[];
  /** The path prefix. */
  readonly prefix: string;
  /** The methods; none means every method. */
  readonly methods: string[];
  /** The headers a request must have. */
  readonly headers: HeaderIntent[];
  /** Whether the last of the headers is what makes the kind, beside those of the endpoint. */
  readonly pickedByHeader: boolean;
  /** Who gets the requests; empty for a 405. */
  readonly shares: SharePlan[];
  /** What the prefix is replaced with. */
  readonly replacePrefix?: string;
  /** The whole path that the server sees. */
  readonly replacePath?: string;
  /** The methods of the `Allow` header of a 405. */
  readonly allow: string[];
  /** The rules, where the target numbers them. */
  readonly rules: RulePlan[];
  /** The request timeout of the endpoint with the margin, in seconds; 0 for no limit. */
  readonly timeoutSeconds: number;
}

/** What a hop of a request's way is. */
export enum HopKind {
  /** Who sends the request. */
  CLIENT = 'client',
  /** A proxy or balancer that stands in front of the platform. */
  IN_FRONT = 'in front',
  /** The balancer, router or gateway of the platform. */
  BALANCER = 'balancer',
  /** A proxy in the replica. */
  SIDECAR = 'sidecar',
  /** The server. */
  SERVER = 'server',
}

/** A hop of a request's way with its times, in seconds. A time that is left out has no limit. */
export interface HopTimes {
  /** The name in messages. */
  readonly name: string;
  /** What it is. */
  readonly kind: HopKind;
  /** How long it keeps an idle connection of the client's side. @default - it never ends one, or nobody knows */
  readonly clientIdleSeconds?: number;
  /** How long it keeps an idle connection to the next hop for another request; 0 keeps none. @default - it never ends one */
  readonly serverIdleSeconds?: number;
  /** After how long it gives up on a request on which nothing comes. @default - never */
  readonly silenceSeconds?: number;
  /** After how long it ends a request, whatever comes. @default - never */
  readonly requestSeconds?: number;
  /** Whether it hands bytes on without knowing requests. @default false */
  readonly passesThrough?: boolean;
}

/** One value of a timeout ladder. */
export interface HopPlan {
  /** The hop's name, such as `balancer idle`. */
  readonly hop: string;
  /** The value in seconds. */
  readonly seconds: number;
  /** The id of the rule that gave it. */
  readonly rule: string;
  /** How far the value is from what its rule compares it with, in seconds. @default - it is compared with nothing */
  readonly slackSeconds?: number;
  /** The prop that set it. @default - it was computed, or stands where the user declared it */
  readonly setBy?: string;
}

/** The timeouts of a backend, each with its rule: what errors quote and what a report prints. */
export interface LadderPlan {
  /** The longest request, in seconds. */
  readonly requestTimeoutSeconds: number;
  /** The hops, from the client to the server's end. */
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
  /** What was asked for, after defaults. */
  readonly intent: EndpointIntent;
  /** The shares of requests that nothing else picks, in whole numbers. */
  readonly shares: SharePlan[];
  /** The routes, in the order in which they are tried. */
  readonly routes: RoutePlan[];
  /** After how long a route gives up on a silent server, where the target can be told, in whole seconds. */
  readonly silenceSeconds: number;
  /** The timeouts from the client to the balancer, each with its rule. */
  readonly ladder: LadderPlan;
}

/** The shortest and the longest that something takes, in whole seconds. */
export interface TimeRange {
  /** The shortest. */
  readonly best: number;
  /** The longest. */
  readonly worst: number;
}

/** What a rolling update of a backend costs in time. */
export interface RolloutPlan {
  /** How many replicas are replaced at a time. */
  readonly batch: number;
  /** How many batches it takes. */
  readonly waves: TimeRange;
  /** From the start of a replica until it gets requests. */
  readonly startSeconds: TimeRange;
  /** From the removal of a replica until its end. */
  readonly stopSeconds: TimeRange;
  /** The part of the stop that the server holds although nothing is left to do. */
  readonly heldSeconds: number;
  /** The whole update. */
  readonly totalSeconds: TimeRange;
}

/** The times that a backend's renderer needs, in whole seconds. */
export interface BackendTimes {
  /** The longest request that reaches the backend. */
  readonly requestTimeout: number;
  /** The server's keep-alive. */
  readonly keepAlive: number;
  /** Whether the balancer must close the server's connection after each response. */
  readonly closeEach: boolean;
  /** The time the balancer waits for a leaving replica's requests. */
  readonly deregistration: number;
  /** The longest that a worker may show no life before the server replaces it. */
  readonly watchdog: number;
  /** The longest that the server lets a request take, where it can be told. */
  readonly request: number;
  /** The time between a replica's removal and the signal, where both learn of it at once. */
  readonly preStop: number;
  /** The server's own drain time after the signal. */
  readonly drain: number;
  /** The time between the signal and the kill. */
  readonly stop: number;
  /** The time between a replica's removal and the kill. */
  readonly grace: number;
  /** The time the slowest model fetch may take; 0 without one. */
  readonly fetch: number;
  /** The time the server may take to load. */
  readonly load: number;
  /** The time from a replica's start until it must be healthy. */
  readonly startup: number;
  /** The time a rollout may take without progress. */
  readonly progress: number;
}

/** A model of a backend, and how it comes to where the server reads it. */
export interface ModelPlan {
  /** What was asked for, after defaults. */
  readonly intent: ModelIntent;
  /** The way. */
  readonly delivery: ModelDeliveryKind;
  /** The address or the image that it comes from. @default - it is in the server's image, or in a volume */
  readonly source?: string;
  /** The longest that the container which brings it may take, in seconds; 0 without one. */
  readonly seconds: number;
}

/** The rule that holds a backend in place on a target that numbers its rules. */
export interface AnchorPlan {
  /** The place in the order, after every route. */
  readonly priority: number;
  /** The priority it would have had if an earlier backend did not hold that. */
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
  /** What was asked for, after defaults. */
  readonly intent: BackendIntent;
  /** How the number of replicas follows the load. */
  readonly autoscaling?: AutoscalingIntent;
  /** The keys of the endpoints that it serves. */
  readonly endpoints: string[];
  /** The server's command with every time filled in. */
  readonly command: string[];
  /** The environment with every time filled in. */
  readonly environment: Record<string, string>;
  /** The image by reference: the one of the definition, or the one with its models baked in. @default - only the platform knows it */
  readonly image?: string;
  /** Its models, each with the way in which it is delivered. */
  readonly models: ModelPlan[];
  /** The rule that holds it in place, where the target numbers its rules. */
  readonly anchor?: AnchorPlan;
  /** The fewest replicas. */
  readonly minReplicas: number;
  /** The most replicas. */
  readonly maxReplicas: number;
  /** The times of the renderer. */
  readonly times: BackendTimes;
  /** The timeouts with their rules. */
  readonly ladder: LadderPlan;
  /** The hops of its requests, from the client to the server. */
  readonly chain: HopTimes[];
  /** What a rolling update costs. */
  readonly rollout: RolloutPlan;
}

/** The times of the balancer that the endpoints share, in whole seconds. */
export interface BalancerPlan {
  /** The idle time of its connections. */
  readonly idle: number;
  /** The longest silence that a request of its endpoints may keep. */
  readonly requestTimeout: number;
  /** How long it keeps an idle connection of a client. @default - unknown */
  readonly clientIdle?: number;
  /** What it answers when a server does not. @default - unknown */
  readonly statuses?: BalancerStatuses;
}

/** What the ledger reports beside the features of a target: it does not depend on what the target supports. */
export enum LedgerTopic {
  /** Who can call a backend by its own address. */
  ACCESS = 'access',
  /** Files of a model that are no longer what was locked. */
  MODEL_DRIFT = 'model drift',
  /** A place in the order of rules that the user chose. */
  PRIORITY = 'priority',
  /** Behaviour that depends on the version of the server. */
  SERVER_VERSION = 'server version',
  /** Processes that each load the model. */
  WORKERS = 'workers',
  /** A limit of connections that kept ones use up. */
  CONNECTION_LIMIT = 'connection limit',
  /** Health checks of a server that works on something else. */
  HEALTH_CHECK = 'health check',
  /** A limit of the server on the time that a request may take. */
  SERVER_REQUEST_LIMIT = 'server request timeout',
  /** Answers that come in parts. */
  STREAMING = 'streaming',
  /** Proxies that stand in front of the balancer, or beside the server. */
  OTHER_HOPS = 'other hops',
  /** A time that the user set instead of having it computed. */
  TIMEOUT_OVERRIDE = 'timeout override',
  /** Callers that reach a replica around the balancer. */
  DIRECT_CALLERS = 'direct callers',
  /** Images that the package brings, with the day on which their version was released. */
  IMAGES = 'images',
}

/** What became of one thing that a definition asks for. */
export interface LedgerEntry {
  /** The construct path; empty where it is about the platform. */
  readonly path: string;
  /** The feature of the target, or the topic. */
  readonly feature: string;
  /** How far the target does it. */
  readonly level: SupportLevel;
  /** How it is done, how far, or who has to. */
  readonly detail: string;
}

/** Something the target cannot do or the whole does not allow. It is raised at synthesis. */
export interface Refusal {
  /** The stable code of the error. */
  readonly code: string;
  /** What is wrong and what to change. */
  readonly message: string;
  /** The construct path. */
  readonly path: string;
  /** The rule of the timeout chain that does not hold. @default - it is about something else */
  readonly rule?: string;
}

/** How clients reach an endpoint. */
export interface EndpointReach {
  /** The URL, with a word in angle brackets for what only the deployment decides. @default - it is not known */
  readonly url?: string;
  /** Where the URL is shown, who can reach it, and how to reach it from elsewhere, one sentence each. */
  readonly notes: string[];
}
