import type { LoadBalancing, QueueStatus, ServerProtocol } from '../choices';
import type { CacheIntent } from './cache';
import type { ImageFactsIntent } from './image';
import type { ImagePlatformIntent, ModelIntent } from './model';
import type { AdditionalPortIntent } from './port';
import type { ScratchIntent } from './scratch';
import type { ServerIntent } from './server';
import type { SidecarIntent } from './sidecar';

/** Computed times that the user overrides, in whole seconds. */
export interface TimeoutOverrides {
  /** The keep-alive of the server. @default - computed */
  readonly keepAliveSeconds?: number;
  /** The watchdog timeout: how long a worker may be unresponsive. @default - computed */
  readonly watchdogSeconds?: number;
  /** The deregistration delay: how long the balancer waits for the requests of a stopping replica. @default - computed */
  readonly deregistrationSeconds?: number;
  /** The time from the removal of a replica to SIGTERM. @default - computed */
  readonly preStopSeconds?: number;
  /** The drain time of the server. @default - computed */
  readonly drainSeconds?: number;
  /** The time from SIGTERM to SIGKILL. @default - computed */
  readonly stopSeconds?: number;
}

/** The check of a replica that is starting, if it differs from its health check. */
export interface StartupCheckIntent {
  /** The path. */
  readonly path: string;
  /** The interval between two checks in seconds. */
  readonly intervalSeconds: number;
  /** The timeout of a check in seconds. */
  readonly timeoutSeconds: number;
}

/** The check of a running replica, which is restarted or replaced if it fails. */
export interface LivenessCheckIntent {
  /** The path. */
  readonly path: string;
  /** The interval between two checks in seconds. */
  readonly intervalSeconds: number;
  /** The timeout of a check in seconds. */
  readonly timeoutSeconds: number;
  /** The number of failed checks until the replica is restarted or replaced. */
  readonly unhealthyThreshold: number;
  /** Whether the interval is the default, which the plan may raise. @default false */
  readonly isIntervalDefault?: boolean;
  /** Whether the threshold is the default, which the plan may raise. @default false */
  readonly isThresholdDefault?: boolean;
}

/** A health check over HTTP or gRPC. */
export interface HealthCheckIntent {
  /** The path; with gRPC, that of the method. */
  readonly path: string;
  /**
   * The status codes of a healthy replica, as one range or a list: `200-399` or `200,204`; with gRPC, status codes of gRPC.
   */
  readonly statuses: string;
  /** The service whose health is checked, in the gRPC health checking protocol; empty for the whole server. @default - no such check */
  readonly grpcService?: string;
  /** The `Host` header. @default - the address of the replica and the port */
  readonly host?: string;
  /** Whether the user declared it; otherwise it is the default readiness check. */
  readonly declared: boolean;
  /** The interval between two checks in seconds. */
  readonly intervalSeconds: number;
  /** The timeout of a check in seconds. */
  readonly timeoutSeconds: number;
  /** The number of successful checks until a replica is healthy. */
  readonly healthyThreshold: number;
  /** The number of failed checks until a replica is unhealthy. */
  readonly unhealthyThreshold: number;
  /** Whether the interval is the default, which the plan may raise. @default false */
  readonly isIntervalDefault?: boolean;
  /** Whether the threshold of failed checks is the default, which the plan may raise. @default false */
  readonly isThresholdDefault?: boolean;
  /** The time after the start of the server without checks, in seconds. @default 0 */
  readonly initialDelaySeconds?: number;
  /** The check of a replica that is starting. @default - this one */
  readonly startup?: StartupCheckIntent;
  /** The check of a running replica. @default - that of the target */
  readonly liveness?: LivenessCheckIntent;
}

/** A request that a replica must answer as declared once, before it gets requests. */
export interface SmokeTestIntent {
  /** The HTTP method. */
  readonly method: string;
  /** The path in the container. */
  readonly path: string;
  /** The headers, with names in lower case. */
  readonly headers: Record<string, string>;
  /** The body in Base64. @default - none */
  readonly bodyBase64?: string;
  /** The maximum time until the answer is complete, in seconds. */
  readonly timeoutSeconds: number;
  /** The expected status code. */
  readonly status: number;
  /** The expected shape of a JSON answer, as a schema in JSON. @default - any */
  readonly schema?: string;
}

/** The queue of a backend whose replicas are at their limit. */
export interface QueueIntent {
  /** The maximum number of requests that wait. @default - no limit */
  readonly maxRequests?: number;
  /** How long a request waits, in seconds. @default - the longest request */
  readonly timeoutSeconds?: number;
  /** The status of further requests. */
  readonly fullStatus: QueueStatus;
}

/** How a rollout replaces replicas. */
export enum RolloutKind {
  /** New replicas start before old ones stop. */
  SURGE = 'surge',
  /** Old replicas stop before new ones start. */
  IN_PLACE = 'in place',
}

/** A rollout after defaults. */
export interface RolloutIntent {
  /** The kind. */
  readonly kind: RolloutKind;
  /** The maximum number of additional replicas, in percent of the desired number. */
  readonly surgePercent: number;
  /** The minimum number of available replicas, in percent of the desired number. */
  readonly availablePercent: number;
  /** Whether the definition sets no rollout. @default false */
  readonly isDefault?: boolean;
}

/** A request for GPUs or other accelerators. */
export interface GpuIntent {
  /** The number of GPUs of a replica. */
  readonly count: number;
  /** The resource name of the device plugin, such as `nvidia.com/gpu`. */
  readonly resourceName: string;
  /** The product, such as `A10G`, `A100-80GB` or `A100-SXM4-80GB`. @default - any product */
  readonly product?: string;
  /** The models of the product with enough memory, such as `A100-SXM4-80GB`. @default - any model */
  readonly models?: string[];
  /** The name of a product that is in no table, as the target writes it. @default - none */
  readonly customProduct?: string;
  /** The minimum memory of each GPU in MiB. @default - any */
  readonly memoryMib?: number;
  /** The MIG profile, such as `1g.10gb`: each device is a partition of a GPU. @default - whole GPUs */
  readonly mig?: string;
  /** Whether the GPU is shared with other containers. @default false */
  readonly shared?: boolean;
  /** Labels that a node must have, with their values. @default - none */
  readonly nodeLabels?: Record<string, string>;
}

/** A field of the output that a patch of the definition sets. */
export interface PatchIntent {
  /** The option, such as `podPatch`. */
  readonly option: string;
  /** The object of the output, such as `the Pod`. @default - unknown */
  readonly object?: string;
  /** The path of the field in that object, such as `lifecycle.preStop`. */
  readonly field: string;
  /** The value in reports. @default - unknown */
  readonly value?: string;
  /** What the patch replaces. @default - nothing that the plan depends on */
  readonly replaces?: string;
  /** The rules of the timeout chain that are not enforced because of it. @default - none */
  readonly rules?: string[];
}

/** Settings of a backend for one target. */
export interface TargetSettingsIntent {
  /** The kind of platform that they are for. */
  readonly platform: string;
  /** Their name in messages, such as `kubernetes.PodSettings`. */
  readonly name: string;
  /** The names of the options that are set. */
  readonly options: string[];
  /** Whether the platform of the backend applies them. */
  readonly applies: boolean;
  /** Whether they are the defaults of the platform. @default false */
  readonly isDefault?: boolean;
}

/** The limits of the compute that runs a backend. */
export interface ComputeLimits {
  /** The longest time in seconds from SIGTERM to SIGKILL. @default - the target's */
  readonly maxStopSeconds?: number;
  /** The longest timeout of a model fetch in seconds. @default - the target's */
  readonly maxFetchSeconds?: number;
  /** The maximum number of replicas of an autoscaler that is not part of the definition. @default - the replicas of the definition */
  readonly maxReplicas?: number;
  /** The name of the compute in messages, such as `Fargate`. @default - unknown */
  readonly compute?: string;
  /** The CPU architecture in OCI notation. @default - unknown */
  readonly computeArchitecture?: string;
  /** The CPU that the compute reserves for a replica, in vCPUs. @default - what the definition reserves */
  readonly computeCpu?: number;
  /** The memory that the compute reserves for a replica, in MiB. @default - what the definition reserves */
  readonly computeMemoryMib?: number;
  /** The disk size in MiB for images, models and scratch files of a replica. @default - unknown */
  readonly diskMib?: number;
  /** The maximum size of this disk in MiB. @default - no limit */
  readonly maxDiskMib?: number;
  /** Whether nodes are added for replicas that do not fit on the existing ones, such as those of a rollout. @default false */
  readonly addsNodes?: boolean;
}

/** The options of a backend after defaults, and the limits that the platform adds. */
export interface BackendIntent extends ComputeLimits {
  /** The construct path, which is the backend's key in a plan. */
  readonly path: string;
  /** What identifies its resources to the target, which its priority derives from. @default - the construct path */
  readonly identity?: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** The description. @default - none */
  readonly description?: string;
  /** The container port. */
  readonly port: number;
  /** The protocol of that port. */
  readonly protocol: ServerProtocol;
  /** Other ports that the container listens on. @default - none */
  readonly additionalPorts?: AdditionalPortIntent[];
  /** The reference of the image. @default - only known to the platform */
  readonly image?: string;
  /** The platforms of the image. @default - unknown */
  readonly imagePlatforms?: ImagePlatformIntent[];
  /** What is known of the image. @default - nothing */
  readonly imageFacts?: ImageFactsIntent;
  /** The CPU architecture in OCI notation. @default - that of the compute */
  readonly architecture?: string;
  /** The working directory of the server. @default - that of the image */
  readonly workingDirectory?: string;
  /** The server. */
  readonly server: ServerIntent;
  /** The environment, without the variables of the server. */
  readonly environment: Record<string, string>;
  /** Sources of further variables, which are unknown at synthesis, for reports. @default - none */
  readonly environmentSources?: string[];
  /** Other containers in each replica, in the order of their start. @default - none */
  readonly sidecars?: SidecarIntent[];
  /** The models. */
  readonly models: ModelIntent[];
  /** The GPU of each replica. @default - no GPU */
  readonly gpu?: GpuIntent;
  /** Virtual CPUs that are reserved. */
  readonly cpu: number;
  /** The most virtual CPUs that a replica uses. @default - no limit */
  readonly cpuLimit?: number;
  /** Memory in MiB that is reserved. */
  readonly memoryMib: number;
  /** The most memory in MiB that a replica uses. */
  readonly memoryLimitMib: number;
  /** Scratch disk in MiB. @default - the target's */
  readonly ephemeralStorageMib?: number;
  /** `/dev/shm` in MiB. @default - the target's */
  readonly sharedMemoryMib?: number;
  /** The number of replicas without autoscaling. */
  readonly replicas: number;
  /** Whether the definition sets the number of replicas. @default false */
  readonly hasFixedReplicas?: boolean;
  /** The maximum number of concurrent requests of a replica. @default - no limit */
  readonly maxConcurrency?: number;
  /** The queue in front of its replicas. @default - not limited */
  readonly queue?: QueueIntent;
  /** Whether requests end with the connection of their client. @default - depends on the server */
  readonly cancelOnDisconnect?: boolean;
  /** The health check. */
  readonly healthCheck: HealthCheckIntent;
  /** The request that a replica must answer before it gets requests. @default - none */
  readonly smokeTest?: SmokeTestIntent;
  /** The timeout of loading the model into the server, in seconds. */
  readonly loadSeconds: number;
  /** Whether this timeout is the default. @default false */
  readonly isLoadTimeoutDefault?: boolean;
  /** The rollout. */
  readonly rollout: RolloutIntent;
  /** How the replica for a request is chosen. */
  readonly loadBalancing: LoadBalancing;
  /** How long a client keeps its replica, in seconds. @default - it does not */
  readonly stickySeconds?: number;
  /** The numeric user ID. @default - that of the target or the image */
  readonly user?: number;
  /** Whether the root file system is read-only. */
  readonly readOnlyRootFilesystem: boolean;
  /** The directories that the definition makes writable. @default - none */
  readonly scratch?: ScratchIntent[];
  /** The volume that outlives the replicas. @default - none */
  readonly cache?: CacheIntent;
  /** Overrides of computed times. @default - every time is computed */
  readonly timeouts?: TimeoutOverrides;
  /** Whether callers bypass the balancer. @default false */
  readonly directCallers?: boolean;
  /** The settings for single targets, including defaults of the platform. @default - none */
  readonly targetSettings?: TargetSettingsIntent[];
  /** The patches that are applied to the output last. @default - none */
  readonly patches?: PatchIntent[];
}
