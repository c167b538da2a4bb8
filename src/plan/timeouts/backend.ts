import type { BackendIntent, EndpointIntent } from '../intents';
import { refuse } from '../refuse';
import { DEFAULT_REQUEST_SECONDS, MARGIN_SECONDS } from '../rules';
import type { ServerDescriptor } from '../server/descriptor';
import { isSettable } from '../server/knobs';
import { versionWays } from '../server/version';
import { type BackendTimes, HopKind, type HopTimes, type LadderPlan } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { backendLadder, passedTimes } from './backend-ladder';
import { demandOf } from './balancer';
import { atLeast, type Breach, type Checks } from './checks';
import { drainedOf, longestOf, silenceOf } from './demand';
import { balancerHop, type Hop, type RouteLimits, timesOf } from './hops';
import { solveKeepAlive, WATCHDOG_PROP } from './keep-alive';
import { Slack } from './ladder';
import { type Relation, relationsOfHop } from './relations';
import type { Solving, Subject } from './solving';
import { solveStartup } from './startup';
import { solveStop } from './stop';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The timeouts of a backend. */
export interface SolvedBackend {
  readonly times: BackendTimes;
  readonly ladder: LadderPlan;
  readonly chain: HopTimes[];
}

/** After how long the route of an endpoint gives up on silence, where the target can be told, in whole seconds. */
export function routeSilenceOf(endpoint: EndpointIntent): number {
  return Math.ceil(silenceOf(endpoint)) + MARGIN_SECONDS;
}

/** Solves one backend: what the balancer asks of its server, how it drains, and how long it may take to start. */
export function solveBackend(solving: Solving, subject: Subject): SolvedBackend {
  const { target, balancer, checks } = solving;
  const { backend, endpoints, models } = subject;
  const most = (measure: (endpoint: EndpointIntent) => number): number =>
    Math.ceil(endpoints.length === 0 ? DEFAULT_REQUEST_SECONDS : Math.max(...endpoints.map(measure)));
  const request = most(longestOf);
  const first = checks.relations.length;

  const startup = solveStartup(backend, models, checks);
  const busy = Math.max(request, startup.load);
  const watchdog = solveWatchdog(backend, busy, balancer.plan.idle, checks);
  const limits = limitsOf(target, endpoints);
  const hop = balancerHop(target, balancer.plan.idle, limits, balancer.setBy);
  const { chain, closeEach } = solveKeepAlive(solving, subject, hop, watchdog);
  const server = chain.at(-1) as Hop;
  const heard = checkSilence(chain, backend, endpoints, checks);
  const drained = most(drainedOf);
  const stop = solveStop(solving, subject, { request: drained, heard });
  checkRequestLimit(backend, request, checks);

  const times: BackendTimes = {
    requestTimeout: request,
    keepAlive: Number.isFinite(server.clientIdle) ? server.clientIdle : 0,
    closeEach,
    watchdog,
    request: request + MARGIN_SECONDS,
    ...stop,
    ...startup,
  };
  const slacks = [new Slack(checks.relations.slice(first)), balancer.slack];
  return {
    times,
    ladder: backendLadder(target, { backend, endpoints, chain, limits, times }, slacks),
    chain: [...balancer.front, ...chain].map(timesOf),
  };
}

/** What the routes to a backend give up on, where the target can be told. */
export function limitsOf({ requestTimeout }: TargetProfile, endpoints: EndpointIntent[]): RouteLimits {
  if (!requestTimeout || endpoints.length === 0) return { silence: ENDLESS, request: ENDLESS };
  const streams = endpoints.some(({ streamSeconds }) => streamSeconds !== undefined);
  const longest = Math.max(...endpoints.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds));
  return {
    silence: Math.max(...endpoints.map(routeSilenceOf)),
    request: streams ? ENDLESS : Math.ceil(longest) + MARGIN_SECONDS,
  };
}

/** Where a server can be told how long a request may take, that is longer than the longest one. */
function checkRequestLimit({ path, server }: BackendIntent, request: number, checks: Checks): void {
  if (!passedTimes(server).includes('request')) return;
  checks.add(
    {
      rule: 'R7',
      less: { what: 'the longest request', seconds: request },
      more: {
        what: `the request timeout of ${server.descriptor.name}`,
        seconds: Math.min(request + MARGIN_SECONDS, server.descriptor.requestLimit?.knob?.maxSeconds ?? ENDLESS),
        row: 'server request timeout',
      },
      margin: MARGIN_SECONDS,
    },
    path,
    (relation): Breach => ({
      code: 'RequestTimeoutTooLong',
      message: `'requestTimeout' (${request} s) must be at most ${relation.more.seconds - MARGIN_SECONDS} s (rule R7): ${server.descriptor.name} ends a request after ${relation.more.seconds} s at most; answer sooner, or use another server`,
    }),
  );
}

/** The watchdog outlasts load and requests. Where it ends silent connections too, it outlasts the balancer as well. */
function solveWatchdog(backend: BackendIntent, busy: number, idle: number, checks: Checks): number {
  const { timeouts = {}, path, server } = backend;
  const { watchdogSeconds: asked } = timeouts;
  const { watchdogKnob: knob, name } = server.descriptor;
  const computed = watchdogOf(server.descriptor, busy, idle) + MARGIN_SECONDS;
  if (asked !== undefined && !isSettable(knob)) {
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${WATCHDOG_PROP} (${asked} s) cannot be told to ${name}, ${
        server.descriptor.versionUnknown
          ? `which has no such time in every version; ${[...versionWays(server.descriptor), 'leave it out'].join(', or ')}`
          : 'which has no such time; leave it out'
      }`,
    );
  }
  const seconds = isSettable(knob) ? (asked ?? computed) : computed;
  if (isSettable(knob)) {
    checks.add(
      {
        rule: 'R8',
        less: { what: 'the longest request or load', seconds: busy },
        more: {
          what: `the watchdog of ${name}`,
          seconds,
          row: 'server watchdog',
          ...(asked !== undefined && { setBy: WATCHDOG_PROP }),
        },
        margin: MARGIN_SECONDS,
      },
      path,
      (relation): Breach => ({ code: 'TimeoutOverride', message: atLeast(relation) }),
    );
  }
  return seconds;
}

/** What ends a worker that shows no life may also end a connection that does not. */
function watchdogOf({ silentLimit }: ServerDescriptor, longest: number, idle: number): number {
  return silentLimit?.plus === 'watchdog' ? Math.max(longest, idle) : longest;
}

/** Neither the balancer nor a sidecar gives up on the requests of the backend. A balancer that does was refused already. Returns whether none does. */
function checkSilence(chain: Hop[], backend: BackendIntent, endpoints: EndpointIntent[], checks: Checks): boolean {
  if (endpoints.length === 0) return true;
  const demand = demandOf(endpoints);
  let heard = true;
  for (const hop of chain) {
    if (hop.kind === HopKind.SERVER) continue;
    const say = (broken: Relation): Breach => ({
      code: 'RequestTimeoutTooLong',
      message: `${atLeast(broken)}: ${broken.less.what} is ${broken.less.seconds} s; have ${hop.name} wait longer and say so in 'sidecar', or answer sooner`,
    });
    for (const relation of relationsOfHop(hop, demand))
      heard = checks.add(relation, backend.path, hop.kind === HopKind.SIDECAR ? say : undefined) && heard;
  }
  return heard;
}
