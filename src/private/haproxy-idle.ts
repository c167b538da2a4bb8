/**
 * How many purges the last of so many idle connections to a server survives in HAProxy. It learns from two of them what
 * is not needed any more, and each further one closes half of that.
 *
 * @see https://docs.haproxy.org/2.6/configuration.html#pool-purge-delay
 */
export function purgesOf(connections: number): number {
  return 3 + Math.ceil(Math.log2(connections));
}
