/** The simulation is worth something only if it sees a broken rule: each is broken by a second, or by what it is about. */
import fc from 'fast-check';
import { ServingPlan } from '../../src/plan/plan';
import { RuleKind, TIMEOUT_RULES, type TimeoutRuleId } from '../../src/plan/rules';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { intentsOf } from '../support/arbitraries';
import { combinations, declare, profileOf } from './combinations';
import { isRefused, lost } from './judge';
import { demandOf, leavingOf, type Surroundings, settingsOf, wayOf } from './of-plan';
import { aloneScenarios, type Demand, leavingScenarios, reuseScenarios } from './scenarios';
import type { Hop, Leaving, Server, Way } from './world';

/** What is really there, on the way to one backend. */
interface Case {
  readonly way: Way;
  readonly demand: Demand;
  readonly leaving: Omit<Leaving, 'at'>;
}

/** Breaks a rule; undefined where it does not apply. */
type Break = (one: Case) => Case | undefined;

/** A second less than what two timers must be apart. */
const NINE = 9;

const balancerIn = ({ hops }: Way): number => hops.filter(({ inReplica }) => !inReplica).length - 1;

function withHop(one: Case, index: number, change: (hop: Hop) => Partial<Hop>): Case {
  const hops = one.way.hops.map((hop, at) => (at === index ? { ...hop, ...change(hop) } : hop));
  return { ...one, way: { ...one.way, hops } };
}

function withServer(one: Case, change: Partial<Server>): Case {
  return { ...one, way: { ...one.way, server: { ...one.way.server, ...change } } };
}

const withLeaving = (one: Case, change: Partial<Leaving>): Case => ({ ...one, leaving: { ...one.leaving, ...change } });

/** The server, or a proxy beside it, ends idle connections too early for who sends on them. */
const shortKeepAlive: Break = (one) => {
  const { serverIdle, cutsConnections } = one.way.hops.at(-1) as Hop;
  if (serverIdle === 0 || !Number.isFinite(serverIdle) || one.way.server.keepAlive === 0) return undefined;
  return cutsConnections ? withServer(one, { keepAlive: serverIdle + NINE }) : undefined;
};

const BREAKS: { readonly [rule in TimeoutRuleId]?: Break } = {
  R1: shortKeepAlive,
  R4: (one) => {
    const { keepAlive } = one.way.server;
    const last = one.way.hops.length - 1;
    const { serverIdle, cutsConnections } = one.way.hops[last] as Hop;
    if (!cutsConnections || !Number.isFinite(keepAlive) || keepAlive <= NINE || serverIdle === 0) return undefined;
    return withHop(one, last, () => ({ serverIdle: keepAlive - NINE }));
  },
  R2: (one) => withHop(one, balancerIn(one.way), () => ({ silence: one.demand.request + NINE })),
  R3: (one) => {
    const { stream } = one.demand;
    const at = balancerIn(one.way);
    if (stream === undefined || !one.way.hops[at]?.cutsConnections || 2 * stream.heartbeat >= stream.seconds)
      return undefined;
    return withHop(one, at, () => ({ silence: 2 * stream.heartbeat + NINE }));
  },
  R5: (one) => {
    const { serverIdle } = one.way.hops.at(-1) as Hop;
    return Number.isFinite(serverIdle) && serverIdle > 0
      ? withServer(one, { firstByte: serverIdle + NINE })
      : undefined;
  },
  R6: (one) => {
    const { clientIdle, passesThrough } = one.way.hops[1] as Hop;
    if (passesThrough || !Number.isFinite(clientIdle) || clientIdle <= NINE) return undefined;
    return withHop(one, 0, () => ({ serverIdle: clientIdle - NINE }));
  },
  R7: (one) => withServer(one, { request: one.demand.request + NINE }),
  R8: (one) => withServer(one, { request: Math.max(one.demand.request, one.demand.stream?.seconds ?? 0) + NINE }),
  E1: (one) => {
    const { serverIdle, cutsConnections } = one.way.hops.at(-1) as Hop;
    if (cutsConnections || serverIdle === 0 || !Number.isFinite(serverIdle) || one.way.server.keepAlive === 0)
      return undefined;
    return withServer(one, { keepAlive: serverIdle + NINE });
  },
  E2: (one) => withHop(one, balancerIn(one.way), () => ({ request: one.demand.request + NINE })),
  E3: (one) => {
    const { stream } = one.demand;
    const at = balancerIn(one.way);
    if (stream === undefined || one.way.hops[at]?.cutsConnections || stream.heartbeat >= stream.seconds)
      return undefined;
    return withHop(one, at, () => ({ silence: stream.heartbeat + NINE }));
  },
  E4: (one) => {
    const [, front, behind] = one.way.hops;
    if (front === undefined || behind === undefined || front.passesThrough || behind.passesThrough) return undefined;
    if (!Number.isFinite(front.serverIdle) || front.serverIdle === 0) return undefined;
    return withHop(one, 2, () => ({ clientIdle: front.serverIdle + NINE }));
  },
  P: (one) => {
    const { lastSent } = one.leaving;
    const { newcomer, closesIdle } = one.way.server;
    // A server that goes on serving whoever comes bears it.
    if (lastSent <= 1 || newcomer === 'served' || !closesIdle) return undefined;
    return withLeaving(one, { signal: lastSent - 1 });
  },
  PT: (one) => {
    const { lastSent } = one.leaving;
    if (one.way.server.drains || lastSent === 0) return undefined;
    return withLeaving(one, { signal: lastSent + one.demand.request - 1 });
  },
  F: (one) => {
    const { signal, lastSent } = one.leaving;
    const left = one.demand.request + lastSent - signal;
    return one.way.server.drains && left > 1 ? withServer(one, { drain: left - 1 }) : undefined;
  },
  G: (one) => {
    const { signal, lastSent } = one.leaving;
    const left = one.demand.request + lastSent - signal;
    return lastSent > 0 && one.way.server.drains && left > 1 ? withLeaving(one, { kill: left - 1 }) : undefined;
  },
  D1: (one) => {
    if (one.leaving.letsGo === undefined || one.demand.request <= 1) return undefined;
    return withLeaving(one, { letsGo: one.demand.request - 1 });
  },
  D2: (one) => {
    const { lastSent, signal } = one.leaving;
    const { drains, drain } = one.way.server;
    if (lastSent > 0 || !drains || drain < one.demand.request || one.demand.request <= 1) return undefined;
    // Only those who call around the balancer still have requests when the kill comes.
    return withLeaving(one, { lastDirect: signal, kill: one.demand.request - 1 });
  },
};

/** Rules that compare times and that no request depends on. */
const ABOUT_ELSE: { readonly [rule in TimeoutRuleId]?: string } = {
  B3: 'a replica that is judged too early gets no requests at all',
};

function casesOf(plan: ServingPlan, backend: BackendPlan, around: Surroundings): Case[] {
  return backend.endpoints.map((path) => {
    const endpoint = plan.endpoint(path);
    const way = wayOf(around, endpoint, backend, settingsOf(plan, backend));
    return { way, demand: demandOf(endpoint), leaving: leavingOf(around.target, backend) };
  });
}

/** Ways of plans that were accepted, with everything that the combinations have. */
function accepted(): Case[] {
  return fc.sample(combinations, { numRuns: 700, seed: 3 }).flatMap((combination) => {
    const intents = intentsOf(declare(combination));
    const plan = new ServingPlan(intents);
    if (isRefused(plan)) return [];
    const around = { target: profileOf(combination.target), behind: intents.behind ?? [] };
    return plan.backends.flatMap((backend) => casesOf(plan, backend, around));
  });
}

function isLossy({ way, demand, leaving }: Case): boolean {
  const scenarios = [...aloneScenarios([demand]), ...reuseScenarios(way), ...leavingScenarios([demand], leaving)];
  return lost(way, scenarios).next().done !== true;
}

describe('a chain that loses nothing', () => {
  let cases: Case[] = [];
  beforeAll(() => {
    cases = accepted();
  }, 60_000);

  test('is there in numbers', () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(cases.filter(isLossy)).toEqual([]);
  });

  const rules = Object.entries(TIMEOUT_RULES).flatMap(([rule, { kind }]) =>
    kind === RuleKind.RELATION && !(rule in ABOUT_ELSE) ? [rule as TimeoutRuleId] : [],
  );

  test.each(rules)('loses a request in every case in which %s is broken', (rule) => {
    const broken = cases.flatMap((one) => BREAKS[rule]?.(one) ?? []);
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.filter((one) => !isLossy(one))).toEqual([]);
  });
});
