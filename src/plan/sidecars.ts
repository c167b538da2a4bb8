import type { BackendIntent, SidecarIntent } from './intents';

/** A backend, of which only the sidecars are needed. */
type WithSidecars = Pick<BackendIntent, 'sidecars'>;

/** What a replica reserves and uses at most, with its sidecars. */
export type ReplicaUse = Pick<BackendIntent, 'cpu' | 'cpuLimit' | 'memoryMib' | 'memoryLimitMib'>;

/** The compute of all containers of a replica together. */
export function replicaUse(backend: ReplicaUse & WithSidecars): ReplicaUse {
  const { cpu, cpuLimit, memoryMib, memoryLimitMib } = backend;
  const cpus = sum(backend, (sidecar) => sidecar.cpu);
  const memory = sum(backend, (sidecar) => sidecar.memoryMib);
  return {
    cpu: cpu + cpus,
    cpuLimit: cpuLimit === undefined ? undefined : cpuLimit + cpus,
    memoryMib: memoryMib + memory,
    memoryLimitMib: memoryLimitMib + memory,
  };
}

/** The directories that the server shares with sidecars, each once. */
export function sharedDirectories({ sidecars = [] }: WithSidecars): string[] {
  return [...new Set(sidecars.flatMap(({ sharedDirectories: paths = [] }) => paths))];
}

/** How long the sidecars may take to become healthy, one after the other, before the server starts. */
export function sidecarStartSeconds(backend: WithSidecars): number {
  return sum(backend, ({ healthCheck }) => healthCheck?.startSeconds ?? 0);
}

/** How long the sidecars may take to stop, one after the other, once the server has exited. */
export function sidecarStopSeconds(backend: WithSidecars): number {
  return sum(backend, ({ stopSeconds }) => stopSeconds);
}

function sum({ sidecars = [] }: WithSidecars, amountOf: (sidecar: SidecarIntent) => number): number {
  return sidecars.reduce((total, sidecar) => total + amountOf(sidecar), 0);
}
