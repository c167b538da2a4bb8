import type { LoadBalancing } from '../choices';
import type { ImagePlatformIntent, ModelIntent } from './model';
import type { ServerIntent } from './server';

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

/** The ways in which new replicas take the place of old ones. */
export enum RolloutKind {
  /** New replicas start before old ones stop. */
  SURGE = 'surge',
  /** Old replicas stop before new ones start. */
  IN_PLACE = 'in place',
}

/** How new replicas take the place of old ones. */
export interface RolloutIntent {
  /** The way. */
  readonly kind: RolloutKind;
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

/** The limits of the compute that runs a backend. */
export interface ComputeLimits {
  /** The longest time in seconds between the signal and the kill. @default - the target's */
  readonly maxStopSeconds?: number;
  /** The longest time in seconds that one model fetch may take. @default - the target's */
  readonly maxFetchSeconds?: number;
  /** The most replicas that an autoscaler of the user's own may run. @default - the replicas of the definition */
  readonly maxReplicas?: number;
  /** The compute by name, for messages, such as `Fargate`. @default - unknown */
  readonly compute?: string;
  /** The architecture of its processors, as OCI names it. @default - unknown */
  readonly computeArchitecture?: string;
  /** The disk in MiB that images, models and scratch files of a replica share. @default - unknown */
  readonly diskMib?: number;
  /** The largest such disk in MiB. @default - no limit */
  readonly maxDiskMib?: number;
}

/** What a backend asks for, after defaults, and the limits that the platform adds. */
export interface BackendIntent extends ComputeLimits {
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
  /** The number of replicas without autoscaling. */
  readonly replicas: number;
  /** Whether the definition sets that number. @default false */
  readonly hasFixedReplicas?: boolean;
  /** The most requests a replica works on at a time. */
  readonly maxConcurrency?: number;
  /** The health check. */
  readonly healthCheck: HealthCheckIntent;
  /** The longest that loading the model into the server may take, in seconds. */
  readonly loadSeconds: number;
  /** The rollout. */
  readonly rollout: RolloutIntent;
  /** How the replicas are chosen. */
  readonly loadBalancing: LoadBalancing;
  /** The numeric user. */
  readonly user?: number;
  /** Whether the root file system is read-only. */
  readonly readOnlyRootFilesystem: boolean;
  /** Times that the user set. @default - every time is computed */
  readonly timeouts?: TimeoutOverrides;
  /** Whether others call its replicas around the balancer. @default false */
  readonly directCallers?: boolean;
}
