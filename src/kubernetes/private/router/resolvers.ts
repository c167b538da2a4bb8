/** The resolvers of most pools. */
export const FIRST_RESOLVERS = 'cluster';

/** The maximum number of DNS queries per second of one router replica. */
const QUERIES_PER_SECOND = 300;
/** The longest interval between queries, which the propagation delay of the router's profile allows for. */
const MAX_INTERVAL_SECONDS = 3;
/** The number of pools in a group: the socket of a DNS server buffers about 256 queries, and drops the others. */
const POOLS_PER_GROUP = 200;
/** The difference between the intervals of groups, so that their queries do not stay synchronized. */
const STAGGER_MS = 37;

/** The name of the `resolvers` section for the pool at `index`. */
export function resolversOf(index: number): string {
  const group = Math.floor(index / POOLS_PER_GROUP);
  return group === 0 ? FIRST_RESOLVERS : `${FIRST_RESOLVERS}-${group + 1}`;
}

/** How long a new replica of the router needs to resolve all addresses, with one retry, in seconds. */
export function discoverySeconds(pools: number): number {
  return Math.ceil((2 * intervalOf(pools)) / 1000) + 3;
}

/** The sections that configure how the router queries the cluster's DNS for the replicas of its pools. */
export function renderResolvers(pools: number): string[] {
  const groups = Math.max(1, Math.ceil(pools / POOLS_PER_GROUP));
  return Array.from({ length: groups }, (_, group) => [
    `resolvers ${resolversOf(group * POOLS_PER_GROUP)}`,
    '  parse-resolv-conf',
    '  # A truncated answer would remove all servers.',
    '  accepted_payload_size 65535',
    `  timeout resolve ${intervalOf(pools) + group * STAGGER_MS}ms`,
    '  timeout retry 1s',
    '  # An answer without replicas takes effect only after the last retry; lost answers are retried in any case.',
    '  resolve_retries 1',
    '  hold valid 1s',
    '  hold obsolete 0s',
    '  # NXDOMAIN means that no replica is ready. Without an answer, keep the known replicas.',
    '  hold nx 1s',
    '  hold timeout 24h',
    '  hold refused 24h',
    '  hold other 24h',
    '',
  ]).flat();
}

function intervalOf(pools: number): number {
  return 1000 * Math.min(MAX_INTERVAL_SECONDS, Math.max(1, Math.ceil(pools / QUERIES_PER_SECOND)));
}
