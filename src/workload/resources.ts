import type { Size } from '../units/size';

/** The processor architecture, as named by image registries. */
export enum CpuArchitecture {
  /** 64-bit Intel and AMD processors. */
  AMD64 = 'amd64',
  /** 64-bit Arm processors, such as AWS Graviton. */
  ARM64 = 'arm64',
}

/** The compute resources of each replica of a backend. */
export interface Resources {
  /**
   * Virtual processors. Fractions such as 0.25 are allowed.
   *
   * AWS: on Fargate rounded up, together with the memory, to the next available size. Kubernetes: a request without a
   * limit.
   *
   * @default - 1; with GPUs, 2 for each GPU
   */
  readonly cpu?: number;

  /**
   * The processor architecture. Locked images and models must support it.
   *
   * AWS: the runtime platform of the task on Fargate; instances with GPUs are `AMD64`. Kubernetes: the node label
   * `kubernetes.io/arch` must have this value.
   *
   * @default - AWS: `AMD64`; Kubernetes: that of any node
   */
  readonly architecture?: CpuArchitecture;

  /**
   * Memory, as request and limit.
   *
   * @default - 2 GiB; with GPUs, 8 GiB for each GPU
   */
  readonly memory?: Size;

  /**
   * Disk space for temporary files and fetched models.
   *
   * AWS: on Fargate the task's ephemeral storage (21 to 200 GiB). Kubernetes: a request and a limit.
   *
   * @default - the default of the target
   */
  readonly ephemeralStorage?: Size;

  /**
   * Shared memory at `/dev/shm`. On Kubernetes it counts toward the memory limit.
   *
   * AWS: only on EC2 instances; not supported on Fargate. Kubernetes: a memory-backed volume.
   *
   * @default - 64 MiB on Kubernetes, the default of the container runtime elsewhere; with a GPU, 1 GiB
   */
  readonly sharedMemory?: Size;
}
