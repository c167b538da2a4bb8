import type { ServerDescriptor } from './server/descriptor';
import type { TargetProfile } from './target-profile';

/** A header and the values that a request may have in it. */
export interface HeaderIntent {
  /** The header's name, in small letters. */
  readonly name: string;
  /** The values, any of which matches. */
  readonly values: string[];
}

/**
 * A balancer or proxy that requests pass, by its times. One that is left out has no limit.
 *
 * A connection has two ends, so a hop has times towards the client and towards the server.
 */
export interface HopIntent {
  /** The name in messages, such as `Amazon CloudFront`. */
  readonly name: string;
  /** How long it keeps an idle connection of the client's side, in seconds. @default - it never ends one */
  readonly clientIdleSeconds?: number;
  /** How long it keeps an idle connection to the server's side for the next request, in seconds; 0 keeps none. @default - it never ends one */
  readonly serverIdleSeconds?: number;
  /** After how long it gives up on a request on which nothing comes, in seconds. @default - never */
  readonly silenceSeconds?: number;
  /** After how long it ends a request, whatever comes, in seconds. @default - never */
  readonly requestSeconds?: number;
  /** Whether its silence is that of the connection, in both directions, as on a load balancer. @default false */
  readonly cutsConnections?: boolean;
  /** Whether it hands bytes on without knowing requests, so that connections are those of its neighbours. @default false */
  readonly passesThrough?: boolean;
  /** Where the numbers come from. @default - whoever declared the hop */
  readonly source?: string;
}

/** Times that the user set instead of having them computed, in whole seconds. */
export interface TimeoutOverrides {
  /** The keep-alive of the server. @default - computed */
  readonly keepAliveSeconds?: number;
  /** The time in which a worker must show life. @default - computed */
  readonly watchdogSeconds?: number;
  /** The time the balancer waits for a leaving replica's requests. @default - computed */
  readonly deregistrationSeconds?: number;
  /** The time between a replica's removal and the signal. @default - computed */
  readonly preStopSeconds?: number;
  /** The server's own drain time. @default - computed */
  readonly drainSeconds?: number;
  /** The time between the signal and the kill. @default - computed */
  readonly stopSeconds?: number;
}

/** What an endpoint asks for, after defaults. */
export interface EndpointIntent {
  /** The construct path, which is the endpoint's key in a plan. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** What the endpoint is for. */
  readonly description?: string;
  /** The path prefix, such as `/` or `/classify`. */
  readonly prefix: string;
  /** The hosts; none means every host. */
  readonly hosts: string[];
  /** The methods; none means every method. */
  readonly methods: string[];
  /** The headers a request must have. */
  readonly headers: HeaderIntent[];
  /** Whether the prefix is taken off before the server sees the path. */
  readonly stripPrefix: boolean;
  /** The longest request in seconds. */
  readonly requestTimeoutSeconds: number;
  /** The longest stream in seconds. */
  readonly streamSeconds?: number;
  /** The longest silence in a stream in seconds. */
  readonly heartbeatSeconds?: number;
  /** What streams are made of: `server-sent events`, `web socket` or `grpc`. @default - it has no streams, or any kind over HTTP/1.1 */
  readonly protocol?: string;
  /** Whether a stream may be cut when its replica is stopped. @default false */
  readonly cutOnStop?: boolean;
  /** The priority of the endpoint's first rule where the target numbers its rules. */
  readonly priority?: number;
}

/** How a model comes to where its server reads it. */
export enum ModelDeliveryKind {
  /** It is in the server's image, and nobody looks after it. */
  IN_IMAGE = 'in the image',
  /** A container fetches it from a store before the server starts. */
  FETCH = 'fetch',
  /** The model's image is mounted as a volume. */
  IMAGE_VOLUME = 'image volume',
  /** A container of the model's image copies it out before the server starts. */
  COPY = 'copy',
  /** The server's image was made with the model in it. */
  BAKED = 'baked',
  /** A volume that exists holds it. */
  VOLUME = 'volume',
}

/** One platform of an image, as far as it is known. */
export interface ImagePlatformIntent {
  /** The processor architecture in OCI's words, such as `amd64`. */
  readonly architecture: string;
  /** The bytes that are pulled. */
  readonly bytes: number;
}

/** The image that a model is in. */
export interface ModelImageIntent {
  /** The reference by digest. */
  readonly reference: string;
  /** The directory of the image that is the model, such as `/models`. */
  readonly directory: string;
  /** The platforms. @default - not known */
  readonly platforms?: ImagePlatformIntent[];
  /** Whether the image has a program that copies files. @default - not known */
  readonly canCopy?: boolean;
  /** The image by digest that it was made upon, where that is a server's image. @default - none */
  readonly base?: string;
}

/** The directory of a model that is published when the definition is deployed. */
export interface ModelPublishIntent {
  /** The directory as the lock file names it. */
  readonly directory: string;
  /** The lock file. */
  readonly lockFile: string;
  /** Where it is published to. */
  readonly to: string;
  /** Whether the lock file alone names that. */
  readonly isLocked: boolean;
  /** The digest without the name of its algorithm. */
  readonly hex: string;
}

/** A model that a backend reads. */
export interface ModelIntent {
  /** The name for people. */
  readonly name: string;
  /** What the model is. */
  readonly description?: string;
  /** The address that it is fetched from, in S3 or of the Hugging Face Hub. @default - it is not fetched */
  readonly uri?: string;
  /** Whether the address names one object rather than everything below it. */
  readonly singleObject: boolean;
  /** Where the server finds the file or directory. */
  readonly mountPath: string;
  /** The longest the fetch may take, in seconds; none leaves it to the compute. */
  readonly fetchSeconds?: number;
  /** The image that it is in. @default - none */
  readonly image?: ModelImageIntent;
  /** The name of the volume that holds it. @default - none */
  readonly volume?: string;
  /** How it shall be delivered. @default - the first way that the target has */
  readonly delivery?: ModelDeliveryKind;
  /** The bytes of its files. @default - not known */
  readonly bytes?: number;
  /** The directory that it was locked from, as the lock file names it. @default - it was not */
  readonly directory?: string;
  /** What to publish when the definition is deployed. @default - nothing */
  readonly publish?: ModelPublishIntent;
  /** The files that are no longer what was locked. @default - none */
  readonly drift?: string[];
}

/** An HTTP health check. */
export interface HealthCheckIntent {
  /** The path that is asked. */
  readonly path: string;
  /** The statuses that mean healthy, such as `200-399`. */
  readonly statuses: string;
  /** Whether the user declared it, or it is the default readiness. */
  readonly declared: boolean;
  /** The time between two checks in seconds. */
  readonly intervalSeconds: number;
  /** The longest a check may take in seconds. */
  readonly timeoutSeconds: number;
  /** How many good checks make a replica healthy. */
  readonly healthyThreshold: number;
  /** How many bad checks make a replica unhealthy. */
  readonly unhealthyThreshold: number;
}

/** A flag of a server whose value is one of the computed times. */
export interface TimeFlagIntent {
  /** The flag, such as `--keep-alive`. */
  readonly flag: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
  /** Whether flag and value are one word, such as `--flag=value`. @default false */
  readonly joined?: boolean;
}

/** An environment variable of a server whose value is one of the computed times. */
export interface TimeVariableIntent {
  /** The variable, such as `VLLM_HTTP_TIMEOUT_KEEP_ALIVE`. */
  readonly variable: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
}

/** How a server is started. */
export interface ServerIntent {
  /** The command in exec form, without the flags whose values the plan computes. */
  readonly command: string[];
  /** The flags whose values the plan computes. */
  readonly timeFlags: TimeFlagIntent[];
  /** Words of the command that stand behind those flags. @default - none */
  readonly commandTail?: string[];
  /** The environment variables whose values the plan computes. @default - none */
  readonly timeVariables?: TimeVariableIntent[];
  /** Environment variables that the server reads. */
  readonly environment: Record<string, string>;
  /** Those of them that the user typed, whose values no report shows. @default - none */
  readonly typedVariables?: string[];
  /** Environment variables that the user must not set, each with what says the same. @default - none */
  readonly ownedVariables?: Record<string, string>;
  /** The server's behaviour. */
  readonly descriptor: ServerDescriptor;
  /** The path that answers once the server can serve. @default - the application's own */
  readonly healthPath?: string;
  /** How many processes load the model. @default - the server decides */
  readonly workers?: number;
}

/** How new replicas take the place of old ones. */
export interface RolloutIntent {
  /** How many replicas above the wanted number may exist, in percent of it. */
  readonly surgePercent: number;
  /** How many replicas must stay available, in percent of the wanted number. */
  readonly availablePercent: number;
}

/** A GPU request. */
export interface GpuIntent {
  /** How many GPUs a replica gets. */
  readonly count: number;
  /** The vendor's resource name, such as `nvidia.com/gpu`. */
  readonly resourceName: string;
  /** The product, such as `A10G`. */
  readonly product?: string;
}

/** What a backend asks for, after defaults. */
export interface BackendIntent {
  /** The construct path, which is the backend's key in a plan. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** What the backend is. */
  readonly description?: string;
  /** The container port. */
  readonly port: number;
  /** The reference of the image. @default - only the platform knows it */
  readonly image?: string;
  /** The platforms of the image. @default - not known */
  readonly imagePlatforms?: ImagePlatformIntent[];
  /** The processor architecture in OCI's words. @default - that of the compute */
  readonly architecture?: string;
  /** The server. */
  readonly server: ServerIntent;
  /** The environment, the server's own variables not included. */
  readonly environment: Record<string, string>;
  /** The models. */
  readonly models: ModelIntent[];
  /** The GPU of each replica. */
  readonly gpu?: GpuIntent;
  /** Virtual CPUs. */
  readonly cpu: number;
  /** Memory in MiB. */
  readonly memoryMib: number;
  /** Scratch disk in MiB. */
  readonly ephemeralStorageMib?: number;
  /** `/dev/shm` in MiB. */
  readonly sharedMemoryMib?: number;
  /** The fixed number of replicas. */
  readonly replicas: number;
  /** The most requests a replica works on at a time. */
  readonly maxConcurrency?: number;
  /** The health check. */
  readonly healthCheck: HealthCheckIntent;
  /** The longest that loading the model into the server may take, in seconds. */
  readonly loadSeconds: number;
  /** The rollout. */
  readonly rollout: RolloutIntent;
  /** How the replicas are chosen: `round robin` or `least outstanding requests`. */
  readonly loadBalancing: string;
  /** The numeric user. */
  readonly user?: number;
  /** Whether the root file system is read-only. */
  readonly readOnlyRoot: boolean;
  /** Times that the user set. @default - every time is computed */
  readonly timeouts?: TimeoutOverrides;
  /** Whether others call its replicas around the balancer. @default false */
  readonly directCallers?: boolean;
  /** The longest stop in seconds that this backend's compute allows; set by the platform. */
  readonly maxStopSeconds?: number;
  /** The longest model fetch in seconds that this backend's compute allows; set by the platform. */
  readonly maxFetchSeconds?: number;
  /** The most replicas that an autoscaler of the user's own may run; set by the platform. */
  readonly maxReplicas?: number;
  /** What runs a replica, for messages; set by the platform. */
  readonly compute?: string;
  /** The architecture that this backend's compute has; set by the platform. */
  readonly computeArchitecture?: string;
  /** The disk in MiB that images, models and scratch files of a replica share; set by the platform. */
  readonly diskMib?: number;
  /** The largest such disk in MiB; set by the platform. */
  readonly maxDiskMib?: number;
}

/** That a backend serves an endpoint. */
export interface AttachmentIntent {
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The backend's key. */
  readonly backend: string;
  /** How the backend is reached beside the endpoint's shares: `header`, `path` or `none`. */
  readonly address: string;
  /** The backend's part of a path of its own. */
  readonly segment: string;
}

/** A backend's share. */
export interface ShareIntent {
  /** The backend's key. */
  readonly backend: string;
  /** The weight as typed. */
  readonly weight: number;
}

/** Requests picked by a header. */
export interface HeaderRuleIntent {
  /** The header. */
  readonly header: HeaderIntent;
  /** The backend's key; none keeps the shares. */
  readonly backend?: string;
  /** The path that the server sees. */
  readonly rewritePath?: string;
}

/** Who gets which share of an endpoint's requests. */
export interface SplitIntent {
  /** The construct path. */
  readonly path: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The shares; none means equal shares. */
  readonly shares: ShareIntent[];
  /** The header rules, in order. */
  readonly headerRules: HeaderRuleIntent[];
}

/** One measure that an autoscaler follows. */
export interface ScalingTargetIntent {
  /** `cpu`, `memory`, `requests per second` or `ongoing requests`. */
  readonly metric: string;
  /** The wanted value for a replica: percent for CPU and memory, a count otherwise. */
  readonly value: number;
}

/** How many replicas a backend has under load. */
export interface AutoscalingIntent {
  /** The construct path. */
  readonly path: string;
  /** The backend's key. */
  readonly backend: string;
  /** The fewest replicas. */
  readonly minReplicas: number;
  /** The most replicas. */
  readonly maxReplicas: number;
  /** What is followed. */
  readonly targets: ScalingTargetIntent[];
  /** How long the load must be high before replicas are added, in seconds. */
  readonly scaleUpSeconds: number;
  /** How long the load must be low before replicas are taken away, in seconds. */
  readonly scaleDownSeconds: number;
}

/** All that the users of one platform asked for: the whole input of a plan. */
export interface PlatformIntents {
  /** The target's limits and capabilities. */
  readonly target: TargetProfile;
  /** Whether what is left to the gateway is an error. */
  readonly strict: boolean;
  /** What stands in front of the balancer, from the client inwards. @default - nothing */
  readonly behind?: HopIntent[];
  /** The idle time of the balancer that the user set, in whole seconds. @default - computed */
  readonly idleSeconds?: number;
  /** The endpoints, in the order of their declaration. */
  readonly endpoints: EndpointIntent[];
  /** The backends, in the order of their declaration. */
  readonly backends: BackendIntent[];
  /** Which backend serves which endpoint, in the order of their declaration. */
  readonly attachments: AttachmentIntent[];
  /** The splits. */
  readonly splits: SplitIntent[];
  /** The autoscaling policies. */
  readonly autoscaling: AutoscalingIntent[];
}
