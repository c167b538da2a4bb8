import type { BackendIntent, EndpointIntent } from '../intents';
import { refuse } from '../refuse';
import { BATCH_MARGIN_SECONDS, DEFAULT_REQUEST_SECONDS, MARGIN_SECONDS } from '../rules';
import type { ServerDescriptor } from '../server/descriptor';
import { isSettable } from '../server/knobs';
import { versionWays } from '../server/version';
import { type BackendTimes, HopKind, type HopTimes, type LadderPlan } from '../serving-plan';
import { backendLadder, passedTimes } from './backend-ladder';
import { demandOf } from './balancer';
import { atLeast, type Breach, type Checks } from './checks';
import { drainedOf, longestOf } from './demand';
import { balancerHop, type Hop, timesOf } from './hops';
import { solveKeepAlive, WATCHDOG_PROP } from './keep-alive';
import { Slack } from './ladder';
import { type Relation, relationsOfHop } from './relations';
import { limitsOf } from './route-limits';
import type { Solving, Subject } from './solving';
import { solveStartup } from './startup';
import { solveStop } from './stop';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The timeouts of a backend. */
export interface SolvedBackend {
  readonly times: BackendTimes;
  /** Computes the ladder of the backend. */
  readonly ladderOf: () => LadderPlan;
  readonly chain: HopTimes[];
}

/** Solves one backend: its keep-alive, how it drains, and how long it may take to start. */
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
  const toleratesSilence = checkSilence(chain, backend, endpoints, checks);
  const drained = most(drainedOf);
  const stop = solveStop(solving, subject, { request: drained, toleratesSilence });
  checkRequestLimit(backend, request, checks);
  checkBatchWait(backend, endpoints, checks);

  const times: BackendTimes = {
    requestTimeout: request,
    keepAlive: Number.isFinite(server.clientIdle) ? server.clientIdle : 0,
    closeEach,
    watchdog,
    request: request + MARGIN_SECONDS,
    ...stop,
    ...startup,
  };
  const relations = checks.relations.slice(first);
  return {
    times,
    ladderOf: () =>
      backendLadder(target, { backend, endpoints, chain, limits, times }, [new Slack(relations), balancer.slack]),
    chain: [...balancer.front, ...chain].map(timesOf),
  };
}

/** The first request of a batch waits for others, and then the model runs. Each endpoint must allow for that. */
function checkBatchWait({ path, server }: BackendIntent, endpoints: EndpointIntent[], checks: Checks): void {
  const { delaySeconds } = server.batching ?? {};
  if (delaySeconds === undefined) return;
  const requests = endpoints.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds);
  const shortest = requests.length === 0 ? DEFAULT_REQUEST_SECONDS : Math.min(...requests);
  checks.add(
    {
      rule: 'R10',
      less: { what: "'maxDelay' of 'batching'", seconds: delaySeconds, row: 'batch wait' },
      more: { what: 'the longest request', seconds: shortest },
      margin: BATCH_MARGIN_SECONDS,
    },
    path,
    (): Breach => ({
      code: 'RequestTimeoutTooShort',
      message: `'requestTimeout' (${shortest} s) must be longer than 'maxDelay' of 'batching' (${delaySeconds} s) (rule R10), because a request waits for its batch before the model runs; lower 'maxDelay', or raise 'requestTimeout'`,
    }),
  );
}

/** A configurable request timeout of the server must exceed the longest request. */
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
      message: `'requestTimeout' (${request} s) must be at most ${relation.more.seconds - MARGIN_SECONDS} s (rule R7), because ${server.descriptor.name} ends every request after at most ${relation.more.seconds} s; respond sooner, or use another server`,
    }),
  );
}

/**
 * The watchdog timeout exceeds load and requests. If it also ends silent connections, it exceeds the idle timeout of the
 * balancer.
 */
function solveWatchdog(backend: BackendIntent, busy: number, idle: number, checks: Checks): number {
  const { timeouts = {}, path, server } = backend;
  const { watchdogSeconds: override } = timeouts;
  const { watchdogKnob: knob, name } = server.descriptor;
  const computed = watchdogOf(server.descriptor, busy, idle) + MARGIN_SECONDS;
  if (override !== undefined && !isSettable(knob)) {
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${WATCHDOG_PROP} (${override} s) is not supported by ${
        server.descriptor.versionUnknown
          ? `every version of ${name}; ${[...versionWays(server.descriptor), 'leave it out'].join(', or ')}`
          : `${name}; leave it out`
      }`,
    );
  }
  const seconds = isSettable(knob) ? (override ?? computed) : computed;
  if (isSettable(knob)) {
    checks.add(
      {
        rule: 'R8',
        less: { what: 'the longest request or load', seconds: busy },
        more: {
          what: `the watchdog timeout of ${name}`,
          seconds,
          row: 'server watchdog',
          ...(override !== undefined && { setBy: WATCHDOG_PROP }),
        },
        margin: MARGIN_SECONDS,
      },
      path,
      (relation): Breach => ({ code: 'TimeoutOverride', message: atLeast(relation) }),
    );
  }
  return seconds;
}

/** The watchdog of some servers also closes connections that send no data. */
function watchdogOf({ silentLimit }: ServerDescriptor, longest: number, idle: number): number {
  return silentLimit?.plus === 'watchdog' ? Math.max(longest, idle) : longest;
}

/**
 * Checks the timeouts of balancer and sidecar for the requests of the backend, and returns whether none is too short. Those of
 * the balancer are not refused again.
 */
function checkSilence(chain: Hop[], backend: BackendIntent, endpoints: EndpointIntent[], checks: Checks): boolean {
  if (endpoints.length === 0) return true;
  const demand = demandOf(endpoints);
  let tolerated = true;
  for (const hop of chain) {
    if (hop.kind === HopKind.SERVER) continue;
    const breach = (broken: Relation): Breach => ({
      code: 'RequestTimeoutTooLong',
      message: `${atLeast(broken)}, because ${broken.less.what} is ${broken.less.seconds} s; configure ${hop.name} to wait longer and declare it in 'sidecar', or respond sooner`,
    });
    for (const relation of relationsOfHop(hop, demand))
      tolerated = checks.add(relation, backend.path, hop.kind === HopKind.SIDECAR ? breach : undefined) && tolerated;
  }
  return tolerated;
}
