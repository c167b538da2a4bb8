import type { BackendIntent } from '../plan/intents';

/** The size of a Fargate task. */
export interface FargateSize {
  /** CPU units: 1024 are one vCPU. */
  readonly cpu: number;
  /** Memory in MiB. */
  readonly memoryMib: number;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
const SIZES: { readonly cpu: number; readonly memoryGib: number[] }[] = [
  { cpu: 256, memoryGib: [0.5, 1, 2] },
  { cpu: 512, memoryGib: range(1, 4, 1) },
  { cpu: 1024, memoryGib: range(2, 8, 1) },
  { cpu: 2048, memoryGib: range(4, 16, 1) },
  { cpu: 4096, memoryGib: range(8, 30, 1) },
  { cpu: 8192, memoryGib: range(16, 60, 4) },
  { cpu: 16_384, memoryGib: range(32, 120, 8) },
];

/** What a replica reserves and uses at most. */
type Use = Pick<BackendIntent, 'cpu' | 'cpuLimit' | 'memoryLimitMib'>;

/** The smallest size that has what a replica uses at most; undefined if there is none. */
export function fargateSize({ cpu: reserved, cpuLimit = reserved, memoryLimitMib }: Use): FargateSize | undefined {
  for (const { cpu, memoryGib } of SIZES) {
    const memory = memoryGib.find((size) => size * 1024 >= memoryLimitMib);
    if (cpu >= cpuLimit * 1024 && memory !== undefined) return { cpu, memoryMib: memory * 1024 };
  }
  return undefined;
}

/** The default and the maximum ephemeral storage of a task, in GiB. */
export const FARGATE_DISK_GIB = 20;
export const FARGATE_MAX_DISK_GIB = 200;

/** The ephemeral storage to set, in GiB; undefined for the default. Fargate accepts only values above the default. */
export function fargateDiskGib(mib: number | undefined): number | undefined {
  return mib === undefined ? undefined : Math.max(FARGATE_DISK_GIB + 1, Math.ceil(mib / 1024));
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}
