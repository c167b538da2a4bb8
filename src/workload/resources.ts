import type { Size } from '../units/size';

/** The architecture of processors, in the words of image registries. */
export enum CpuArchitecture {
  /** 64-bit processors by Intel and AMD. */
  AMD64 = 'amd64',
  /** 64-bit processors by Arm, such as AWS Graviton. */
  ARM64 = 'arm64',
}

/** What each replica of a backend gets of a machine. */
export interface Resources {
  /**
   * Virtual processors. Fractions such as 0.25 are allowed.
   *
   * AWS: on Fargate rounded up, together with the memory, to the next size there is. Kubernetes: a request without a limit.
   *
   * @default - 1; with GPUs 2 for each
   */
  readonly cpu?: number;

  /**
   * The architecture of the processors. Images and models that are locked are checked against it.
   *
   * AWS: the runtime platform of the task on Fargate; instances with GPUs have `AMD64`. Kubernetes: the node label
   * `kubernetes.io/arch` must have this value.
   *
   * @default - AWS: `AMD64`; Kubernetes: that of any node
   */
  readonly architecture?: CpuArchitecture;

  /**
   * Memory, as request and limit.
   *
   * @default - 2 GiB; with GPUs 8 GiB for each
   */
  readonly memory?: Size;

  /**
   * Disk for scratch files and fetched models.
   *
   * AWS: on Fargate the task's ephemeral storage (21 to 200 GiB). Kubernetes: a request and a limit.
   *
   * @default - what the target gives
   */
  readonly ephemeralStorage?: Size;

  /**
   * Shared memory at `/dev/shm`, which counts against the memory on Kubernetes.
   *
   * AWS: only on instances; refused on Fargate. Kubernetes: a memory volume.
   *
   * @default - 64 MiB on Kubernetes, what the container runtime gives elsewhere; with a GPU 1 GiB
   */
  readonly sharedMemory?: Size;
}
