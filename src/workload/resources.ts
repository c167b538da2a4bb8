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
   * Virtual processors that are reserved. Fractions such as 0.25 are allowed.
   *
   * AWS: on instances the CPU shares of the container; on Fargate rounded up, together with the memory, to the next
   * available size, which is also the most that a replica gets. Kubernetes: the request of the container.
   *
   * @default - `cpuLimit`; otherwise 1; with GPUs, 2 for each GPU
   */
  readonly cpu?: number;

  /**
   * The most virtual processors that a replica uses, at least `cpu`.
   *
   * AWS: Fargate reserves this much, because the size of a task is both; instances have no limit, so that a replica may use
   * all idle CPU of its instance. Kubernetes: the limit of the container, whose threads wait once they have used their
   * share of 100 ms.
   *
   * @default - Kubernetes, and instances on AWS: no limit; Fargate: the size of the task
   */
  readonly cpuLimit?: number;

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
   * Memory that is reserved.
   *
   * AWS: on instances the reservation of the container; on Fargate the size of the task. Kubernetes: the request of the
   * container.
   *
   * @default - `memoryLimit`; otherwise 2 GiB; with GPUs, 8 GiB for each GPU; in addition to `sharedMemory` that is not smaller
   */
  readonly memory?: Size;

  /**
   * The most memory that a replica uses, at least `memory`. A replica that needs more is killed. Memory between the two is
   * not reserved: when an instance or node runs out of it, replicas above their reservation are killed first.
   *
   * AWS: on instances the hard limit of the container; Fargate reserves this much. Kubernetes: the limit of the container.
   *
   * @default - `memory`
   */
  readonly memoryLimit?: Size;

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
