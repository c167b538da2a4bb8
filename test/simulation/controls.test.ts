/** Controls of the simulation: it must detect every broken rule. Each rule is broken by a second, or by its subject. */
import fc from 'fast-check';
import { ServingPlan } from '../../src/plan/plan';
import { RuleKind, TIMEOUT_RULES, type TimeoutRuleId } from '../../src/plan/rules';
import type { BackendPlan } from '../../src/plan/serving-plan';
import { intentsOf } from '../support/arbitraries';
import { combinations, declare, profileOf } from './combinations';
import { isRefused, lost } from './judge';
import { chainOf, demandOf, leavingOf, type Surroundings, settingsOf } from './of-plan';
import { aloneScenarios, type Demand, leavingScenarios, reuseScenarios } from './scenarios';
import type { Chain, Hop, Leaving, Server } from './world';

/** The chain to one backend and its demand. */
interface Case {
  readonly chain: Chain;
  readonly demand: Demand;
  readonly leaving: Omit<Leaving, 'at'>;
}

/** Breaks a rule; undefined if the rule does not apply. */
type Break = (one: Case) => Case | undefined;

/** A second less than the margin between two timers. */
const NINE = 9;

const balancerIn = ({ hops }: Chain): number => hops.filter(({ inReplica }) => !inReplica).length - 1;

function withHop(one: Case, index: number, change: (hop: Hop) => Partial<Hop>): Case {
  const hops = one.chain.hops.map((hop, at) => (at === index ? { ...hop, ...change(hop) } : hop));
  return { ...one, chain: { ...one.chain, hops } };
}

function withServer(one: Case, change: Partial<Server>): Case {
  return { ...one, chain: { ...one.chain, server: { ...one.chain.server, ...change } } };
}

const withLeaving = (one: Case, change: Partial<Leaving>): Case => ({ ...one, leaving: { ...one.leaving, ...change } });

/** The server closes idle connections too early for the hop in front. */
const shortKeepAlive: Break = (one) => {
  const { serverIdle, cutsConnections } = one.chain.hops.at(-1) as Hop;
  if (serverIdle === 0 || !Number.isFinite(serverIdle) || one.chain.server.keepAlive === 0) return undefined;
  return cutsConnections ? withServer(one, { keepAlive: serverIdle + NINE }) : undefined;
};

/** A limit for requests that a hop may apply before the longest one has ended. */
function tooEarly({ demand }: Case, { requestSkew = NINE + 1 }: Hop): number {
  return demand.request + Math.min(NINE, requestSkew / 2);
}

const BREAKS: { readonly [rule in TimeoutRuleId]?: Break } = {
  R1: shortKeepAlive,
  R4: (one) => {
    const { keepAlive } = one.chain.server;
    const last = one.chain.hops.length - 1;
    const { serverIdle, cutsConnections } = one.chain.hops[last] as Hop;
    if (!cutsConnections || !Number.isFinite(keepAlive) || keepAlive <= NINE || serverIdle === 0) return undefined;
    return withHop(one, last, () => ({ serverIdle: keepAlive - NINE }));
  },
  R2: (one) => withHop(one, balancerIn(one.chain), (hop) => ({ silence: tooEarly(one, hop) })),
  R3: (one) => {
    const { stream } = one.demand;
    const at = balancerIn(one.chain);
    if (stream === undefined || !one.chain.hops[at]?.cutsConnections || 2 * stream.heartbeat >= stream.seconds)
      return undefined;
    return withHop(one, at, () => ({ silence: 2 * stream.heartbeat + NINE }));
  },
  R5: (one) => {
    const { serverIdle } = one.chain.hops.at(-1) as Hop;
    return Number.isFinite(serverIdle) && serverIdle > 0
      ? withServer(one, { firstByte: serverIdle + NINE })
      : undefined;
  },
  R6: (one) => {
    const { clientIdle, passesThrough } = one.chain.hops[1] as Hop;
    if (passesThrough || !Number.isFinite(clientIdle) || clientIdle <= NINE) return undefined;
    return withHop(one, 0, () => ({ serverIdle: clientIdle - NINE }));
  },
  R7: (one) => withServer(one, { request: one.demand.request + NINE }),
  R8: (one) => withServer(one, { request: Math.max(one.demand.request, one.demand.stream?.seconds ?? 0) + NINE }),
  E1: (one) => {
    const { serverIdle, cutsConnections } = one.chain.hops.at(-1) as Hop;
    if (cutsConnections || serverIdle === 0 || !Number.isFinite(serverIdle) || one.chain.server.keepAlive === 0)
      return undefined;
    return withServer(one, { keepAlive: serverIdle + NINE });
  },
  E2: (one) => withHop(one, balancerIn(one.chain), (hop) => ({ request: tooEarly(one, hop) })),
  E3: (one) => {
    const { stream } = one.demand;
    const at = balancerIn(one.chain);
    if (stream === undefined || one.chain.hops[at]?.cutsConnections || stream.heartbeat >= stream.seconds)
      return undefined;
    return withHop(one, at, () => ({ silence: stream.heartbeat + NINE }));
  },
  E4: (one) => {
    const [, front, behind] = one.chain.hops;
    if (front === undefined || behind === undefined || front.passesThrough || behind.passesThrough) return undefined;
    if (!Number.isFinite(front.serverIdle) || front.serverIdle === 0) return undefined;
    return withHop(one, 2, () => ({ clientIdle: front.serverIdle + NINE }));
  },
  P: (one) => {
    const { lastSent } = one.leaving;
    const { lateConnection, closesIdle } = one.chain.server;
    // A server that serves late connections loses nothing.
    if (lastSent <= 1 || lateConnection === 'served' || !closesIdle) return undefined;
    return withLeaving(one, { signal: lastSent - 1 });
  },
  PT: (one) => {
    const { lastSent } = one.leaving;
    if (one.chain.server.drains || lastSent === 0) return undefined;
    return withLeaving(one, { signal: lastSent + one.demand.request - 1 });
  },
  F: (one) => {
    const { signal, lastSent } = one.leaving;
    const left = one.demand.request + lastSent - signal;
    return one.chain.server.drains && left > 1 ? withServer(one, { drain: left - 1 }) : undefined;
  },
  G: (one) => {
    const { signal, lastSent } = one.leaving;
    const left = one.demand.request + lastSent - signal;
    return lastSent > 0 && one.chain.server.drains && left > 1 ? withLeaving(one, { kill: left - 1 }) : undefined;
  },
  D1: (one) => {
    if (one.leaving.deregistered === undefined || one.demand.request <= 1) return undefined;
    return withLeaving(one, { deregistered: one.demand.request - 1 });
  },
  D2: (one) => {
    const { lastSent, signal } = one.leaving;
    const { drains, drain } = one.chain.server;
    if (lastSent > 0 || !drains || drain < one.demand.request || one.demand.request <= 1) return undefined;
    // Only callers that bypass the balancer still have requests when the server is killed.
    return withLeaving(one, { lastDirect: signal, kill: one.demand.request - 1 });
  },
};

/** Rules that compare times but do not affect requests. */
const ABOUT_ELSE: { readonly [rule in TimeoutRuleId]?: string } = {
  R10: 'a server that waits too long for a batch answers late, and the simulation has no batches',
  B3: 'a replica that is considered failed too early gets no requests',
};

function casesOf(plan: ServingPlan, backend: BackendPlan, around: Surroundings): Case[] {
  return backend.endpoints.map((path) => {
    const endpoint = plan.endpoint(path);
    const chain = chainOf(around, endpoint, backend, settingsOf(plan, backend));
    return { chain, demand: demandOf(endpoint), leaving: leavingOf(around.target, backend) };
  });
}

/** Chains of accepted plans, from all combinations. */
function accepted(): Case[] {
  return fc.sample(combinations, { numRuns: 700, seed: 3 }).flatMap((combination) => {
    const intents = intentsOf(declare(combination));
    const plan = new ServingPlan(intents);
    if (isRefused(plan)) return [];
    const around = { target: profileOf(combination.target), behind: intents.behind ?? [] };
    return plan.backends.flatMap((backend) => casesOf(plan, backend, around));
  });
}

function isLossy({ chain, demand, leaving }: Case): boolean {
  const scenarios = [...aloneScenarios([demand]), ...reuseScenarios(chain), ...leavingScenarios([demand], leaving)];
  return lost(chain, scenarios).next().done !== true;
}

describe('a chain that loses nothing', () => {
  let cases: Case[] = [];
  beforeAll(() => {
    cases = accepted();
  }, 60_000);

  test('exists in sufficient numbers', () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(cases.filter(isLossy)).toEqual([]);
  });

  const rules = Object.entries(TIMEOUT_RULES).flatMap(([rule, { kind }]) =>
    kind === RuleKind.RELATION && !(rule in ABOUT_ELSE) ? [rule as TimeoutRuleId] : [],
  );

  test.each(rules)('loses a request in every case that breaks %s', (rule) => {
    const broken = cases.flatMap((one) => BREAKS[rule]?.(one) ?? []);
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.filter((one) => !isLossy(one))).toEqual([]);
  });
});
