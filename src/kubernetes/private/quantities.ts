import type { BackendIntent, SidecarIntent } from '../../plan/intents';
import type { ReplicaUse } from '../../plan/sidecars';
import type { GpuPlacement } from './gpu-placement';
import type { ContainerResources } from './manifests';

/** With less memory, the AWS CLI can run out of it while it copies many parts in parallel. */
const FETCH_MEMORY_MIB = 512;

/**
 * The resources of the server. By default the memory limit equals the request, so that nodes are never overcommitted, and
 * there is no CPU limit, because throttling only makes requests slower.
 */
export function serverResources(intent: BackendIntent, gpu: GpuPlacement | undefined): ContainerResources {
  return resourcesOf(intent, { ...storage(intent), ...devices(intent, gpu) });
}

/** The resources of a container that fetches a model. It runs before the server, so it can use the server's share. */
export function fetchResources(intent: BackendIntent): ContainerResources {
  const enough = (mib: number): number => Math.max(mib, FETCH_MEMORY_MIB);
  const { memoryMib, memoryLimitMib } = intent;
  const memory = { memoryMib: enough(memoryMib), memoryLimitMib: enough(memoryLimitMib) };
  return resourcesOf({ ...intent, ...memory }, storage(intent));
}

/** The resources of a sidecar. */
export function sidecarResources({ cpu, memoryMib }: SidecarIntent): ContainerResources {
  return resourcesOf({ cpu, memoryMib, memoryLimitMib: memoryMib }, {});
}

/** Requests and limits: apart for CPU and memory, the same for everything else. */
function resourcesOf(
  { cpu, cpuLimit, memoryMib, memoryLimitMib }: ReplicaUse,
  others: Record<string, string>,
): ContainerResources {
  return {
    requests: { cpu: cpus(cpu), memory: mebibytes(memoryMib), ...others },
    limits: {
      ...(cpuLimit === undefined ? {} : { cpu: cpus(cpuLimit) }),
      memory: mebibytes(memoryLimitMib),
      ...others,
    },
  };
}

/** An amount of memory or disk as a Kubernetes quantity. */
export function mebibytes(amount: number): string {
  return `${Math.ceil(amount)}Mi`;
}

function cpus(amount: number): string {
  return Number.isInteger(amount) ? String(amount) : `${Math.ceil(amount * 1000)}m`;
}

function storage(intent: BackendIntent): Record<string, string> {
  return intent.ephemeralStorageMib === undefined ? {} : { 'ephemeral-storage': mebibytes(intent.ephemeralStorageMib) };
}

function devices(intent: BackendIntent, gpu: GpuPlacement | undefined): Record<string, string> {
  return gpu === undefined ? {} : { [gpu.resourceName]: String(intent.gpu?.count) };
}
