import type { GuardOptions } from './guards';

/** What the configuration needs beside the plan. */
export interface HaproxyOptions extends GuardOptions {
  /** The domain of the cluster's Services. */
  readonly clusterDomain: string;
  /** How many replicas of the router share the concurrency of a server. */
  readonly replicas: number;
  /** The port for requests. */
  readonly port: number;
  /** The port for health and metrics, where no path of a user is in the way. */
  readonly adminPort: number;
}

/** The environment variable with the namespace of the router's pod, which nobody knows at synthesis. */
export const NAMESPACE_VARIABLE = 'POD_NAMESPACE';
/** The environment variable with the address of the router's pod, whatever its family. */
export const ADDRESS_VARIABLE = 'POD_IP';

/** The port of the router's Service. */
export const SERVICE_PORT = 80;
/** The path of the health check on the admin port. */
export const HEALTH_PATH = '/healthz';
/** The path of the metrics on the admin port. */
export const METRICS_PATH = '/metrics';

/** Where to listen: on the pod's address, and on the one that port forwarding uses. */
export function addresses(port: number): string {
  return `"\${${ADDRESS_VARIABLE}}:${port},127.0.0.1:${port}"`;
}

/** How often HAProxy closes half of the idle connections to a server that are not needed any more, in seconds. */
export const PURGE_SECONDS = 1;
/** The most idle connections that a router keeps to a server: how long the last one lives depends on their number. */
export const MAX_IDLE_CONNECTIONS = 4096;
