import type { GuardOptions } from './guards';

/** What the configuration needs in addition to the plan. */
export interface HaproxyOptions extends GuardOptions {
  /** The domain of the cluster's Services. */
  readonly clusterDomain: string;
  /** The number of router replicas, which share the concurrency of a server. */
  readonly replicas: number;
  /** The port for requests. */
  readonly port: number;
  /** The port for health and metrics, separate so that their paths cannot conflict with those of endpoints. */
  readonly adminPort: number;
}

/** The environment variable with the namespace of the router's Pod, which can be unknown at synthesis. */
export const NAMESPACE_VARIABLE = 'POD_NAMESPACE';
/** The environment variable with the address of the router's Pod, IPv4 or IPv6. */
export const ADDRESS_VARIABLE = 'POD_IP';

/** The port of the router's Service. */
export const ROUTER_PORT = 80;
/** The path of the health check on the admin port. */
export const HEALTH_PATH = '/healthz';
/** The path of the metrics on the admin port. */
export const METRICS_PATH = '/metrics';

/** The addresses to listen on: that of the Pod, and the one that port forwarding uses. */
export function addresses(port: number): string {
  return `"\${${ADDRESS_VARIABLE}}:${port},127.0.0.1:${port}"`;
}

/** How long HAProxy waits for a connection to a server, in seconds. */
export const CONNECT_SECONDS = 1;
/** How often it tries again, with another server at last. */
export const CONNECT_RETRIES = 3;

/** How often HAProxy closes half of the idle connections to a server that it no longer needs, in seconds. */
export const PURGE_SECONDS = 1;
/** The maximum number of idle connections to a server. It bounds how long the last one stays open. */
export const MAX_IDLE_CONNECTIONS = 4096;
