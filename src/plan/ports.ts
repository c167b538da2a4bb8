import type { AdditionalPortIntent, BackendIntent } from './intents';

/** The numbers of all ports that the server listens on: first the one that serves requests. */
export function portsOf({ port, additionalPorts = [] }: Pick<BackendIntent, 'port' | 'additionalPorts'>): number[] {
  return [port, ...additionalPorts.map((other) => other.port)];
}

/** The named ports of all containers of a replica, without the one that serves requests. */
export function namedPorts({
  additionalPorts = [],
  sidecars = [],
}: Pick<BackendIntent, 'additionalPorts' | 'sidecars'>): AdditionalPortIntent[] {
  return [...additionalPorts, ...sidecars.flatMap(({ ports }) => ports)];
}
