/**
 * The image of the router, from Docker Hub. Another one must have HAProxy 2.6 or newer with the Prometheus exporter as
 * `haproxy` in its path, and SIGUSR1 as its stop signal.
 */
export const ROUTER_IMAGE = 'haproxy:3.0.11-alpine';

/** The user of the image. */
export const ROUTER_USER = 99;
