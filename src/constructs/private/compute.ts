import type { Construct } from 'constructs';
import type { BackendIntent } from '../../plan/intents';
import type { ServerDescriptor } from '../../plan/server/descriptor';
import { requireNumber } from '../../private/checks';
import { ServingError } from '../../private/errors';
import type { Size } from '../../units/size';
import type { Gpu } from '../../workload/gpu';
import type { Resources } from '../../workload/resources';

/** The vCPUs of a replica: without a GPU, and for each GPU. */
const CPU = { withoutGpu: 1, perGpu: 2 };

/** The memory of a replica in GiB: without a GPU, and for each GPU. */
const MEMORY_GIB = { withoutGpu: 2, perGpu: 8 };

/** The size of `/dev/shm` in MiB for a server with GPUs. */
const SHARED_MEMORY_MIB = 1024;

/** What a replica reserves of its machine, and may use of it. */
type Compute = Pick<
  BackendIntent,
  'gpu' | 'cpu' | 'cpuLimit' | 'memoryMib' | 'memoryLimitMib' | 'ephemeralStorageMib' | 'sharedMemoryMib'
>;

/** The options that define it. */
interface ComputeOptions {
  readonly gpu?: Gpu;
  readonly resources?: Resources;
}

/** Validates the compute of a replica, whose defaults depend on its GPUs. */
export function computeOf({ gpu, resources = {} }: ComputeOptions, at: Construct): Compute {
  const gpus = gpu?.count ?? 0;
  const standard = (amount: typeof CPU) => (gpus > 0 ? amount.perGpu * gpus : amount.withoutGpu);
  return {
    gpu: gpu?._intent(),
    ...cpuOf(resources, standard(CPU), at),
    ...memoryOf(resources, standard(MEMORY_GIB), at),
    ephemeralStorageMib: mebibytesOf('ephemeralStorage', resources.ephemeralStorage, at),
    sharedMemoryMib: mebibytesOf('sharedMemory', resources.sharedMemory, at),
  };
}

/**
 * The compute with the `/dev/shm` that a server needs with GPUs. Its files count toward the memory of the container, so by default
 * there is as much memory with them as without.
 */
export function withSharedMemory(
  compute: Compute,
  { sharedMemoryMib: standard = SHARED_MEMORY_MIB }: ServerDescriptor,
  { resources = {} }: ComputeOptions,
): Compute {
  const sharedMemoryMib = compute.sharedMemoryMib ?? (compute.gpu === undefined ? undefined : standard);
  const isDefault = resources.memory === undefined && resources.memoryLimit === undefined;
  const { memoryMib } = compute;
  if (!isDefault || sharedMemoryMib === undefined || sharedMemoryMib < memoryMib)
    return { ...compute, sharedMemoryMib };
  const total = memoryMib + sharedMemoryMib;
  return { ...compute, sharedMemoryMib, memoryMib: total, memoryLimitMib: total };
}

/** The reserved CPU and its limit, in vCPUs. As in a Pod, a limit alone is reserved. */
function cpuOf({ cpu, cpuLimit }: Resources, standard: number, at: Construct): Pick<Compute, 'cpu' | 'cpuLimit'> {
  const rule = { min: 0.05, max: 192, unit: 'vCPUs, of 1024 CPU units each', at };
  const limit = cpuLimit === undefined ? undefined : requireNumber('cpuLimit', cpuLimit, rule);
  const reserved = requireNumber('cpu', cpu ?? limit ?? standard, rule);
  refuseLowLimit('cpu', { reserved, limit, unit: 'vCPUs' }, at);
  return { cpu: reserved, cpuLimit: limit };
}

/** The reserved memory and its limit, in MiB. */
function memoryOf(
  { memory, memoryLimit }: Resources,
  standardGib: number,
  at: Construct,
): Pick<Compute, 'memoryMib' | 'memoryLimitMib'> {
  const rule = { min: 16, unit: 'MiB', at };
  const limit = memoryLimit === undefined ? undefined : requireNumber('memoryLimit', memoryLimit.toMebibytes(), rule);
  const reserved = requireNumber('memory', memory?.toMebibytes() ?? limit ?? standardGib * 1024, rule);
  refuseLowLimit('memory', { reserved, limit, unit: 'MiB' }, at);
  return { memoryMib: reserved, memoryLimitMib: limit ?? reserved };
}

/** An amount that is reserved, and the limit that it may have. */
interface Amount {
  readonly reserved: number;
  readonly limit?: number;
  readonly unit: string;
}

function refuseLowLimit(
  prop: string,
  { reserved, limit = Number.POSITIVE_INFINITY, unit }: Amount,
  at: Construct,
): void {
  if (limit >= reserved) return;
  throw new ServingError(
    'ConflictingProps',
    `'${prop}Limit' (${limit} ${unit}) must be at least '${prop}' (${reserved} ${unit}), which is reserved; raise the limit, or reserve less`,
    at,
  );
}

function mebibytesOf(prop: string, size: Size | undefined, at: Construct): number | undefined {
  return size === undefined ? undefined : requireNumber(prop, size.toMebibytes(), { min: 1, unit: 'MiB', at });
}
