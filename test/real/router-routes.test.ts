/**
 * HAProxy with the maps of random route tables, compared with the order of the routes in their plans.
 *
 * `ROUTER_REQUESTS=50000 ROUTER_SEED=3 npx jest -c jest.real.config.json test/real/router-routes.test.ts` sends more.
 */
import fc from 'fast-check';
import { CONFIG_FILE, renderHaproxy } from '../../src/kubernetes/private/router/haproxy';
import type { ServingPlan } from '../../src/plan/plan';
import { type Planned, plannedRoute } from '../support/planned-route';
import type { Request } from '../support/request';
import { ECHO_PORT, type Echoed, EchoRouter } from './support/echo-router';
import { Loopback } from './support/loopback';
import { planOf, requests, tables } from './support/route-tables';
import { measurements } from './support/router-tests';

const REQUESTS = Number(process.env.ROUTER_REQUESTS ?? 5000);
const SEED = Number(process.env.ROUTER_SEED ?? 1);
const PER_TABLE = 50;
const note = measurements();
const network = new Loopback();

/** The difference between what HAProxy did and what is planned; undefined if there is none. */
function difference(planned: Planned, { status, allow, pool, path, prefix, timeout }: Echoed): string | undefined {
  const actual = 'route' in planned ? { status, path, prefix, timeout } : { status, allow };
  const expected =
    'route' in planned
      ? { status: 200, path: planned.path, prefix: planned.forwardedPrefix, timeout: planned.timeout }
      : { status: planned.status, allow: planned.allow };
  const isShare = !('route' in planned) || (pool !== undefined && pool in planned.shares);
  if (JSON.stringify(actual) === JSON.stringify(expected) && isShare) return undefined;
  const { shares = undefined } = 'route' in planned ? planned : {};
  return JSON.stringify({ actual: { ...actual, pool }, expected: { ...expected, shares } });
}

/** Counts shared requests of each endpoint, and compares every whole round with the weights. */
class Rounds {
  private readonly rounds = new Map<string, string[]>();

  public add(planned: Planned, pool: string): string | undefined {
    if (!('route' in planned) || Object.keys(planned.shares).length < 2) return undefined;
    const key = JSON.stringify([planned.route.endpoint, planned.shares]);
    const round = [...(this.rounds.get(key) ?? []), pool];
    const total = Object.values(planned.shares).reduce((sum, weight) => sum + weight, 0);
    this.rounds.set(key, round.length === total ? [] : round);
    if (round.length < total) return undefined;
    const counts = Object.entries(planned.shares).map(
      ([name, weight]) => round.filter((one) => one === name).length - weight,
    );
    return counts.some((count) => count !== 0) ? `${key}: ${round.join(' ')}` : undefined;
  }
}

async function compare(plan: ServingPlan, asked: readonly Request[], kinds: Map<string, number>): Promise<string[]> {
  const files = renderHaproxy(plan, { clusterDomain: 'cluster.local', replicas: 1, port: ECHO_PORT, adminPort: 8404 });
  const router = await EchoRouter.start(files, network.at(1));
  const rounds = new Rounds();
  const found: string[] = [];
  try {
    for (const request of asked) {
      const planned = plannedRoute(plan, request);
      const echoed = await router.ask(request);
      const kind = 'route' in planned ? planned.route.kind : String(planned.status);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const wrong = difference(planned, echoed) ?? rounds.add(planned, echoed.pool as string);
      if (wrong !== undefined) found.push(`${JSON.stringify(request)}: ${wrong}`);
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${files[CONFIG_FILE]}`);
  } finally {
    await router.stop();
  }
  return found;
}

test(
  `HAProxy routes ${REQUESTS} random requests as planned`,
  async () => {
    const kinds = new Map<string, number>();
    const found: string[] = [];
    let [sent, refused] = [0, 0];
    const cases = fc.sample(
      fc.tuple(tables, fc.array(requests, { minLength: PER_TABLE, maxLength: PER_TABLE, size: 'max' })),
      // Some tables are refused.
      { seed: SEED, numRuns: Math.ceil((2 * REQUESTS) / PER_TABLE) },
    );
    for (const [table, asked] of cases) {
      if (sent >= REQUESTS) break;
      const plan = planOf(table);
      if (plan === undefined) {
        refused++;
        continue;
      }
      const wrong = await compare(plan, asked, kinds);
      found.push(...wrong.map((text) => `${JSON.stringify(table)}\n${text}`));
      sent += asked.length;
    }
    note(
      'random requests',
      `${sent}, of these ${JSON.stringify(Object.fromEntries(kinds))}; refused tables: ${refused}`,
    );
    expect(found.slice(0, 5)).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    expect([...kinds.keys()].sort()).toEqual(['204', '400', '404', '405', 'header rule', 'own address', 'shares']);
  },
  60_000 + 60 * REQUESTS,
);
