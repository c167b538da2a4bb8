import type { BackendIntent } from '../../plan/intents';
import type { ContainerResources } from './manifests';

/** Memory below which the AWS CLI may be killed while it copies many parts at a time. */
const FETCH_MEMORY_MIB = 512;

/**
 * What the server gets. Memory is limited to what was asked for, so that a node is never overcommitted with it;
 * processors are not limited, because throttling only makes requests slower.
 */
export function serverResources(intent: BackendIntent): ContainerResources {
  const bounded = { memory: mebibytes(intent.memoryMib), ...storage(intent), ...devices(intent) };
  return { requests: { cpu: cpus(intent.cpu), ...bounded }, limits: bounded };
}

/** What a container that fetches a model gets: it runs before the server, so the server's share is free for it. */
export function fetchResources(intent: BackendIntent): ContainerResources {
  const bounded = { memory: mebibytes(Math.max(intent.memoryMib, FETCH_MEMORY_MIB)), ...storage(intent) };
  return { requests: { cpu: cpus(intent.cpu), ...bounded }, limits: bounded };
}

/** An amount of memory or disk as a quantity. */
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
