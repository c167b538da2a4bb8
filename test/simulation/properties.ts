/** The properties of every combination. */
import type { PlatformIntents } from '../../src/plan/intents';
import { ServingPlan } from '../../src/plan/plan';
import { KeepAliveKind } from '../../src/plan/server/descriptor';
import type { Refusal } from '../../src/plan/serving-plan';
import { holds } from '../../src/plan/timeouts/relations';
import { intentsOf } from '../support/arbitraries';
import { type Combination, declare, profileOf } from './combinations';
import { isRefused, losesOf } from './judge';
import type { Surroundings } from './of-plan';
import { findIdle, findStop } from './search';

/** The result for one combination. */
export interface Verdict {
  readonly refused: boolean;
  /** The server of each backend, and whether the plan refuses that backend. */
  readonly servers: readonly { readonly name: string; readonly refused: boolean }[];
  /** The violated properties. */
  readonly violations: readonly string[];
}

/** Tests a combination. */
export function judge(combination: Combination, random: () => number): Verdict {
  const intents = intentsOf(declare(combination));
  const around = { target: profileOf(combination.target), behind: intents.behind ?? [] };
  const plan = new ServingPlan(intents);
  const refused = isRefused(plan);
  const violations = [
    ...(refused ? refusalViolations(plan, around, intents) : acceptedViolations(plan, around, random)),
    ...(JSON.stringify(new ServingPlan(intents)) === JSON.stringify(plan)
      ? []
      : ['the same intents result in a different plan']),
    ...orderViolations(intents, plan),
    ...(refused ? [] : longerViolations(intents, plan)),
    ...neighborViolations(intents, plan),
  ];
  const servers = plan.backends.map(({ path, intent }) => ({
    name: intent.server.descriptor.name,
    refused: plan.refusals.some((refusal) => refusal.path === path),
  }));
  return { refused, servers, violations };
}

/** An accepted plan satisfies every rule, and loses no request. */
function acceptedViolations(plan: ServingPlan, around: Surroundings, random: () => number): string[] {
  return [
    ...plan._relations
      .filter((relation) => !holds(relation))
      .map((relation) => `a broken rule: ${JSON.stringify(relation)}`),
    ...losesOf(plan, around, random).map((why) => `an accepted plan loses a request: ${why}`),
  ];
}

/** The rules for idle connections and silence, and those for the stop of a replica. */
const IDLE_RULES = /^(R[123456]|E[1234])$/;
const STOP_RULES = /^(P|PT|F|G|D1|D2)$/;

/** A refused plan has no solution, which an exhaustive search confirms. */
function refusalViolations(plan: ServingPlan, around: Surroundings, { idleSeconds }: PlatformIntents): string[] {
  const about =
    (rules: RegExp) =>
    ({ rule }: Refusal) =>
      rule !== undefined && rules.test(rule);
  const idle = plan.refusals.some(about(IDLE_RULES)) ? findIdle(plan, around, idleSeconds) : undefined;
  const stops = plan.refusals.filter(about(STOP_RULES)).map(({ path }) => findStop(plan, around, plan.backend(path)));
  return [
    ...(idle === undefined ? [] : [`a refused plan loses nothing with an idle timeout of ${idle} s`]),
    ...stops.flatMap((stop) =>
      stop === undefined ? [] : [`a refused plan loses nothing with ${JSON.stringify(stop)}`],
    ),
  ];
}

/** The times of backends do not depend on the order of declaration. */
function orderViolations(intents: PlatformIntents, plan: ServingPlan): string[] {
  const other = new ServingPlan({
    ...intents,
    endpoints: [...intents.endpoints].reverse(),
    backends: [...intents.backends].reverse(),
    attachments: [...intents.attachments].reverse(),
  });
  return plan.backends
    .filter(({ path, times, ladder }) => {
      const again = other.backend(path);
      return JSON.stringify([times, ladder]) !== JSON.stringify([again.times, again.ladder]);
    })
    .map(({ path }) => `the times of ${path} depend on the order of declaration`);
}

/** The row of a ladder for connections between balancer and server. */
const BALANCER_IDLE = 'balancer idle';

/** A longer request never makes a hop shorter. */
function longerViolations(intents: PlatformIntents, plan: ServingPlan): string[] {
  const [first, ...rest] = intents.endpoints;
  if (first === undefined) return [];
  const longer = { ...first, requestTimeoutSeconds: first.requestTimeoutSeconds * 1.5 + 1 };
  const other = new ServingPlan({ ...intents, endpoints: [longer, ...rest] });
  if (isRefused(other)) return [];
  const pairs = [
    ...plan.backends.map(({ path, ladder }) => {
      const { times, ladder: longer } = other.backend(path);
      // A balancer that closes each connection has no idle timeout.
      const before = ladder.hops.filter(({ hop }) => !times.closeEach || hop !== BALANCER_IDLE);
      return { path, before, after: longer.hops };
    }),
    ...plan.endpoints.map(({ path, ladder }) => ({
      path,
      before: ladder.hops,
      after: other.endpoint(path).ladder.hops,
    })),
  ];
  return pairs.flatMap(({ path, before, after }) =>
    before.flatMap(({ hop, seconds }, index) => {
      // Two hops may have the same name.
      const nth = before.slice(0, index).filter((one) => one.hop === hop).length;
      const now = after.filter((one) => one.hop === hop)[nth]?.seconds ?? Number.POSITIVE_INFINITY;
      return now >= seconds ? [] : [`a longer request makes '${hop}' of ${path} shorter: ${seconds} s, then ${now} s`];
    }),
  );
}

/** A new backend on the balancer does not change the container of a server that supports any keep-alive. */
function neighborViolations(intents: PlatformIntents, plan: ServingPlan): string[] {
  const [endpoint] = intents.endpoints;
  const [backend] = intents.backends;
  const [attachment] = intents.attachments;
  if (endpoint === undefined || backend === undefined || attachment === undefined) return [];
  const requestTimeoutSeconds = 1 + 3 * endpoint.requestTimeoutSeconds;
  const other = new ServingPlan({
    ...intents,
    endpoints: [
      ...intents.endpoints,
      { ...endpoint, path: 'next', slug: 'next', prefix: '/next', requestTimeoutSeconds },
    ],
    backends: [...intents.backends, { ...backend, path: 'neighbor', slug: 'neighbor' }],
    attachments: [...intents.attachments, { ...attachment, endpoint: 'next', backend: 'neighbor' }],
  });
  return plan.backends
    .filter(({ path, intent, command, environment }) => {
      if (intent.server.descriptor.keepAlive !== KeepAliveKind.SETTABLE) return false;
      const again = other.backend(path);
      return JSON.stringify([command, environment]) !== JSON.stringify([again.command, again.environment]);
    })
    .map(({ path }) => `a neighbor changes the container of ${path}`);
}
