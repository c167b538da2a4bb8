import type { Construct } from 'constructs';
import type { BackendIntent } from '../../plan/intents';
import { requireNumber } from '../../private/checks';
import type { Size } from '../../units/size';
import type { Gpu } from '../../workload/gpu';
import type { Resources } from '../../workload/resources';

/** The vCPUs of a replica: without a GPU, and for each GPU. */
const CPU = { withoutGpu: 1, perGpu: 2 };

/** The memory of a replica in GiB: without a GPU, and for each GPU. */
const MEMORY_GIB = { withoutGpu: 2, perGpu: 8 };

/** The size of `/dev/shm` in MiB for a server with GPUs. */
const SHARED_MEMORY_MIB = 1024;

/** What a replica may use of its machine. */
type Compute = Pick<BackendIntent, 'gpu' | 'cpu' | 'memoryMib' | 'ephemeralStorageMib' | 'sharedMemoryMib'>;

/** The options that define it. */
interface ComputeOptions {
  readonly gpu?: Gpu;
  readonly resources?: Resources;
  /** The size of `/dev/shm` in MiB that the server needs with GPUs. */
  readonly serverSharedMemoryMib?: number;
}

/** Validates the compute of a replica, whose defaults depend on its GPUs. */
export function computeOf({ gpu, resources = {}, serverSharedMemoryMib }: ComputeOptions, at: Construct): Compute {
  const gpus = gpu?.count ?? 0;
  const standard = (amount: typeof CPU) => (gpus > 0 ? amount.perGpu * gpus : amount.withoutGpu);
  const memoryGib = resources.memory?.toGibibytes() ?? standard(MEMORY_GIB);
  return {
    gpu: gpu?._intent(),
    cpu: requireNumber('cpu', resources.cpu ?? standard(CPU), {
      min: 0.05,
      max: 192,
      unit: 'vCPUs, of 1024 CPU units each',
      at,
    }),
    memoryMib: requireNumber('memory', memoryGib * 1024, { min: 16, unit: 'MiB', at }),
    ephemeralStorageMib: mebibytesOf('ephemeralStorage', resources.ephemeralStorage, at),
    sharedMemoryMib:
      mebibytesOf('sharedMemory', resources.sharedMemory, at) ??
      (gpus > 0 ? (serverSharedMemoryMib ?? SHARED_MEMORY_MIB) : undefined),
  };
}

function mebibytesOf(prop: string, size: Size | undefined, at: Construct): number | undefined {
  return size === undefined ? undefined : requireNumber(prop, size.toMebibytes(), { min: 1, unit: 'MiB', at });
}
