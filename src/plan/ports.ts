import type { BackendIntent } from './intents';

/** The numbers of all ports that a container listens on: first the one that serves requests. */
export function portsOf({ port, additionalPorts = [] }: Pick<BackendIntent, 'port' | 'additionalPorts'>): number[] {
  return [port, ...additionalPorts.map((other) => other.port)];
}
