import type { GpuIntent } from './intents';

/** The resource name of whole NVIDIA GPUs. */
export const NVIDIA_GPU = 'nvidia.com/gpu';

/** Whether the devices are NVIDIA GPUs or partitions of them. */
export function isNvidia({ resourceName }: GpuIntent): boolean {
  return resourceName.startsWith('nvidia.com/');
}

/** The GPUs of a replica, for messages: `2 x A100 with at least 80 GiB`. */
export function describeGpus(gpu: GpuIntent, any = gpu.resourceName): string {
  const { count, product = gpu.customProduct, memoryMib, mig, shared } = gpu;
  const memory = memoryMib === undefined ? '' : ` with at least ${memoryMib / 1024} GiB`;
  const whole = `${product ?? any}${memory}`;
  if (mig !== undefined) return `${count} x MIG ${mig}${whole === any ? '' : ` of ${whole}`}`;
  return `${count} x ${shared === true ? 'share of ' : ''}${whole}`;
}
