/** Counts the results of many combinations. */
import { SERVER_NAMES } from './combinations';
import type { Verdict } from './properties';

interface Count {
  readonly backends: number;
  readonly refused: number;
}

/** The number of combinations, and the number of refused backends of each server. */
export interface Tally {
  readonly combinations: number;
  readonly refused: number;
  readonly servers: { readonly [name: string]: Count };
}

export const EMPTY: Tally = { combinations: 0, refused: 0, servers: {} };

export function add(tally: Tally, { refused, servers }: Verdict): Tally {
  const own: { [name: string]: Count } = {};
  for (const server of servers) {
    const { backends = 0, refused: before = 0 } = own[server.name] ?? {};
    own[server.name] = { backends: backends + 1, refused: before + (server.refused ? 1 : 0) };
  }
  return merge(tally, { combinations: 1, refused: refused ? 1 : 0, servers: own });
}

export function merge(a: Tally, b: Tally): Tally {
  const servers = { ...a.servers };
  for (const [name, { backends, refused }] of Object.entries(b.servers)) {
    const before = servers[name] ?? { backends: 0, refused: 0 };
    servers[name] = { backends: before.backends + backends, refused: before.refused + refused };
  }
  return { combinations: a.combinations + b.combinations, refused: a.refused + b.refused, servers };
}

/**
 * The maximum share of refused backends of a server. Combinations often require more than any server supports: hours of
 * silence, or a keep-alive of seconds.
 */
const MOST = 0.45;

/** The maximum for servers with versions whose keep-alive is seconds or a minute, which is too short for most load balancers. */
const MOST_OF: { readonly [name: string]: number } = {
  'MLServer without workers': 0.85,
  'a declared server': 0.6,
  granian: 0.75,
  KServe: 0.6,
  SGLang: 0.6,
  vLLM: 0.6,
  LitServe: 0.85,
  'llama.cpp': 0.85,
  MLServer: 0.85,
  Node: 0.85,
};

/** The minimum number of backends for a meaningful share. */
const ENOUGH = 100;

/** Servers with too many refusals, and those that no combination used. */
export function problemsOf({ servers }: Tally): string[] {
  const missing = SERVER_NAMES.filter((name) => !(name in servers)).map((name) => `no combination used ${name}`);
  const refused = Object.entries(servers)
    .filter(([, { backends }]) => backends >= ENOUGH)
    .filter(([name, count]) => shareOf(count) > (MOST_OF[name] ?? MOST))
    .map(
      ([name, count]) => `${percent(count)} of ${name} are refused, which exceeds ${(MOST_OF[name] ?? MOST) * 100} %`,
    );
  return [...missing, ...refused];
}

const TOTAL = 'combinations';
const shareOf = ({ backends, refused }: Count) => refused / backends;
const percent = (count: Count) => `${(100 * shareOf(count)).toFixed(1)} %`;

/** The counts, the most refused first. */
export function render({ combinations, refused, servers }: Tally): string {
  const rows = Object.entries(servers).sort(([, a], [, b]) => shareOf(b) - shareOf(a));
  const width = Math.max(...[TOTAL, ...rows.map(([name]) => name)].map((name) => name.length));
  return [
    ...rows.map(
      ([name, count]) =>
        `${name.padEnd(width)} ${String(count.backends).padStart(7)} ${percent(count).padStart(7)} refused`,
    ),
    `${TOTAL.padEnd(width)} ${String(combinations).padStart(7)} ${((100 * refused) / combinations).toFixed(1).padStart(5)} % refused`,
  ].join('\n');
}
