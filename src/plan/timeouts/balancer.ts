import type { BackendIntent, EndpointIntent, PlatformIntents } from '../intents';
import { refuse } from '../refuse';
import { MARGIN_SECONDS } from '../rules';
import { HopKind } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { atLeast, type Breach, type Checks, time } from './checks';
import { durationProp, longestOf, mostOf, pulseOf, silenceOf } from './demand';
import { balancerHop, chainOf, type Hop, hopOf } from './hops';
import { idleAllowedBy } from './keep-alive';
import { Slack } from './ladder';
import { type Demand, type Relation, relationsOfHop, relationsOfPair } from './relations';
import type { SolvedBalancer } from './solving';

/** The prop that sets the idle time of the balancer. */
const IDLE_PROP = "'idleTimeout' of the platform";

/** What the requests of these endpoints require of every hop. */
export function demandOf(endpoints: EndpointIntent[]): Demand {
  const most = (measure: (endpoint: EndpointIntent) => number): number => Math.max(0, ...endpoints.map(measure));
  return {
    request: most(({ requestTimeoutSeconds }) => requestTimeoutSeconds),
    heartbeat: most(({ heartbeatSeconds = 0 }) => heartbeatSeconds),
    pulse: most(pulseOf),
    longest: most(longestOf),
  };
}

/**
 * Solves the balancer. Its idle timeout follows from the longest silence of its endpoints and from the hop in front. If these
 * allow it, it is lowered for a server whose keep-alive is fixed or capped.
 */
export function solveBalancer(
  { target, endpoints, backends, behind = [], idleSeconds }: PlatformIntents,
  checks: Checks,
): SolvedBalancer {
  const { idle } = target;
  const outer = behind.map((hop) => hopOf(hop, HopKind.IN_FRONT));
  const longest = mostOf(endpoints, silenceOf);
  const silence = longest === undefined ? 0 : silenceOf(longest);
  // One timer applies to both sides, so the balancer must also keep connections longer than the pool in front of it.
  const pooled = idle.cutsSilence ? (outer.filter((hop) => !hop.passesThrough).at(-1)?.serverIdle ?? 0) : 0;
  const needed = idle.cutsSilence ? Math.max(silence, pooled) + MARGIN_SECONDS : idle.min;
  const limit = idle.settable === false ? idle.defaultSeconds : idle.max;
  const own = idle.canCloseEach ? idle.defaultSeconds : allowedBy(backends, target);
  const override = checkIdle(idleSeconds, target, checks);
  const requested =
    idle.settable === false ? idle.defaultSeconds : (override ?? Math.max(Math.ceil(needed), idle.min, own));
  const seconds = Math.min(requested, limit);

  const setBy = override === undefined ? undefined : IDLE_PROP;
  const balancer = balancerHop(target, seconds, undefined, setBy);
  const chain = chainOf([...outer, balancer]);
  const first = checks.relations.length;
  checkChain(chain, endpoints, target, checks);
  return {
    plan: {
      idle: seconds,
      requestTimeout: silence,
      ...(Number.isFinite(balancer.clientIdle) && { clientIdle: balancer.clientIdle }),
      ...(target.statuses !== undefined && { statuses: target.statuses }),
    },
    front: chain.slice(0, -1),
    setBy,
    slack: new Slack(checks.relations.slice(first)),
  };
}

function allowedBy(backends: BackendIntent[], { idle, sidecar }: TargetProfile): number {
  return backends.reduce((least, backend) => Math.min(least, idleAllowedBy(backend, sidecar)), idle.defaultSeconds);
}

/** The idle timeout that the user set, if the target supports it. */
function checkIdle(override: number | undefined, { idle, name }: TargetProfile, checks: Checks): number | undefined {
  if (override === undefined) return undefined;
  if (idle.settable === false) {
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      '',
      `${IDLE_PROP} (${override} s) cannot be configured on ${name}, which closes idle connections after ${idle.defaultSeconds} s; leave it out`,
    );
    return undefined;
  }
  if (override >= idle.min && override <= idle.max) return override;
  refuse(
    checks.refusals,
    'TimeoutOverride',
    '',
    `${IDLE_PROP} (${override} s) must be between ${idle.min} and ${idle.max} s for ${name}; change it, or omit it to use the computed value`,
  );
  return undefined;
}

/** Checks every hop and every pair of adjacent hops, from the client to the balancer. */
function checkChain(chain: Hop[], endpoints: EndpointIntent[], target: TargetProfile, checks: Checks): void {
  const demand = demandOf(endpoints);
  chain.forEach((hop, index) => {
    checks.hops++;
    const next = chain[index + 1];
    if (next !== undefined) {
      for (const relation of relationsOfPair(hop, next))
        checks.add(relation, '', (broken) => wrongOrder(broken, hop, next));
    }
    if (hop.kind === HopKind.CLIENT) return;
    for (const relation of relationsOfHop(hop, demand))
      checks.add(relation, pathOf(relation, endpoints), (broken) => tooSilent(broken, hop, endpoints, target));
  });
}

/** The endpoint that determines the shorter side of a relation. */
function pathOf({ rule }: Relation, endpoints: EndpointIntent[]): string {
  return mostOf(endpoints, MEASURES[rule] ?? longestOf)?.path ?? '';
}

const MEASURES: { readonly [rule: string]: (endpoint: EndpointIntent) => number } = {
  R2: ({ requestTimeoutSeconds }) => requestTimeoutSeconds,
  R3: pulseOf,
  E3: ({ heartbeatSeconds = 0 }) => heartbeatSeconds,
  E2: longestOf,
};

function wrongOrder(relation: Relation, front: Hop, behind: Hop): Breach {
  const order = `${front.name} keeps idle connections to ${behind.name} ${Number.isFinite(front.serverIdle) ? `for ${time(front.serverIdle)}` : 'indefinitely'}`;
  const lost = 'a request is lost if the other end closes the connection first';
  const longer = `configure ${behind.name} to keep them for at least ${time(front.serverIdle + MARGIN_SECONDS)}`;
  const shorter = `configure ${front.name} to close them after at most ${time(Math.max(0, behind.clientIdle - MARGIN_SECONDS))}`;
  const ways = [...(Number.isFinite(front.serverIdle) ? [longer] : []), shorter];
  return {
    code: 'KeepAliveTooShort',
    message: Number.isFinite(front.serverIdle)
      ? `${atLeast(relation)}: ${order}, and ${lost}; ${ways.join(', or ')}, and declare it in 'behind'`
      : `${order}, but the other end closes them after ${time(behind.clientIdle)} (rule ${relation.rule}), and ${lost}; ${ways.join(', or ')}, and declare it in 'behind'`,
  };
}

function tooSilent(
  { less, more, margin, rule }: Relation,
  hop: Hop,
  endpoints: EndpointIntent[],
  target: TargetProfile,
): Breach {
  const allowed = Math.max(0, more.seconds - margin);
  const inFront = hop.kind === HopKind.IN_FRONT;
  const raise = inFront ? `, raise that timeout of ${hop.name} and declare it in 'behind'` : '';
  const way = `respond sooner${raise}, send a heartbeat with 'streaming', or move the work to a queue`;
  if (rule === 'E2') {
    return {
      code: 'RequestTimeoutTooLong',
      message: `${durationProp(endpoints, Math.ceil(less.seconds))} must be at most ${allowed} s (rule E2), because ${hop.name} ends every request after ${more.seconds} s; respond sooner${raise}, or bypass ${hop.name}`,
    };
  }
  if (rule !== 'R2') {
    const [heartbeat, most] = rule === 'R3' ? [less.seconds / 2, Math.floor(allowed / 2)] : [less.seconds, allowed];
    return {
      code: 'RequestTimeoutTooLong',
      message: `'heartbeat' (${heartbeat} s) of 'streaming' must be at most ${most} s (rule ${rule}), because ${hop.name} times out after ${more.seconds} s of silence; send heartbeats more often${raise}`,
    };
  }
  const limit = `${target.idle.settable === false ? '' : 'at most '}${more.seconds} s`;
  const { maxDeregistrationSeconds: maxDelay = Number.POSITIVE_INFINITY } = target;
  const delay = maxDelay < allowed ? ` and whose deregistration delay is at most ${maxDelay} s (rule D1)` : '';
  return {
    code: 'RequestTimeoutTooLong',
    message: inFront
      ? `'requestTimeout' (${less.seconds} s) must be at most ${allowed} s (rule R2), because ${hop.name} times out after ${more.seconds} s of silence; ${way}`
      : `'requestTimeout' (${less.seconds} s) must be at most ${Math.min(allowed, maxDelay)} s (rule R2) behind ${target.name}, whose idle timeout is ${limit}${delay}: a request that gets no data for longer is cut off; ${way}`,
  };
}
