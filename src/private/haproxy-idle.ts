/**
 * The number of purges after which HAProxy has closed this many idle connections to a server. From the first two purges
 * it learns how many are no longer needed, and each further purge closes half of them.
 *
 * @see https://docs.haproxy.org/2.6/configuration.html#pool-purge-delay
 */
export function purgesOf(connections: number): number {
  return 3 + Math.ceil(Math.log2(connections));
}
