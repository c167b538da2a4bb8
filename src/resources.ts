import type { Size } from './size';

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
