/** The resolvers of most pools. */
export const FIRST_RESOLVERS = 'cluster';

/** The questions that one router asks in a second, all in all. */
const QUESTIONS_PER_SECOND = 300;
/** The slowest that addresses are asked for; the propagation time of the router's profile counts on it. */
const MAX_INTERVAL_SECONDS = 3;
/** The pools that are asked for at once: a DNS server's socket holds about 256 questions, and drops the others. */
const POOLS_AT_ONCE = 200;
/** What the groups differ by, so that they do not ask together for long. */
const STAGGER_MS = 37;

/** The name of the resolvers that the pool at `index` is looked up by. */
export function resolversOf(index: number): string {
  const group = Math.floor(index / POOLS_AT_ONCE);
  return group === 0 ? FIRST_RESOLVERS : `${FIRST_RESOLVERS}-${group + 1}`;
}

/** How long a new replica of the router needs to learn all addresses, with a second try for some, in seconds. */
export function discoverySeconds(pools: number): number {
  return Math.ceil((2 * intervalOf(pools)) / 1000) + 3;
}

/** How the router asks the cluster's DNS for the replicas of its pools. */
export function renderResolvers(pools: number): string[] {
  const groups = Math.max(1, Math.ceil(pools / POOLS_AT_ONCE));
  return Array.from({ length: groups }, (_, group) => [
    `resolvers ${resolversOf(group * POOLS_AT_ONCE)}`,
    '  parse-resolv-conf',
    '  # A truncated answer would mean no server at all.',
    '  accepted_payload_size 65535',
    `  timeout resolve ${intervalOf(pools) + group * STAGGER_MS}ms`,
    '  timeout retry 1s',
    '  # That no replica is left is believed only after the last retry; a lost answer is asked for again anyway.',
    '  resolve_retries 1',
    '  hold valid 1s',
    '  hold obsolete 0s',
    '  # No such name: no replica is ready. No answer: the replicas are where they were.',
    '  hold nx 1s',
    '  hold timeout 24h',
    '  hold refused 24h',
    '  hold other 24h',
    '',
  ]).flat();
}

function intervalOf(pools: number): number {
  return 1000 * Math.min(MAX_INTERVAL_SECONDS, Math.max(1, Math.ceil(pools / QUESTIONS_PER_SECOND)));
}
