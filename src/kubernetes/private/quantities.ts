import type { BackendIntent } from '../../plan/intents';
import type { ContainerResources } from './manifests';

/** With less memory, the AWS CLI can run out of it while it copies many parts in parallel. */
const FETCH_MEMORY_MIB = 512;

/**
 * The resources of the server. The memory limit equals the request, so that nodes are never overcommitted. There is no CPU
 * limit, because throttling only makes requests slower.
 */
export function serverResources(intent: BackendIntent): ContainerResources {
  const bounded = { memory: mebibytes(intent.memoryMib), ...storage(intent), ...devices(intent) };
  return { requests: { cpu: cpus(intent.cpu), ...bounded }, limits: bounded };
}

/** The resources of a container that fetches a model. It runs before the server, so it can use the server's share. */
export function fetchResources(intent: BackendIntent): ContainerResources {
  const bounded = { memory: mebibytes(Math.max(intent.memoryMib, FETCH_MEMORY_MIB)), ...storage(intent) };
  return { requests: { cpu: cpus(intent.cpu), ...bounded }, limits: bounded };
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

function devices(intent: BackendIntent): Record<string, string> {
  return intent.gpu === undefined ? {} : { [intent.gpu.resourceName]: String(intent.gpu.count) };
}
