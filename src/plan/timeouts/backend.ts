import { isTold } from '../../servers/knobs';
import { DrainClass, type ServerDescriptor } from '../../servers/server-descriptor';
import type { BackendIntent, EndpointIntent } from '../intents';
import { refuse } from '../refuse';
import { DEFAULT_REQUEST_SECONDS, MARGIN_SECONDS } from '../rules';
import { type BackendTimes, HopKind, type HopTimes, type LadderPlan, type ModelPlan } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import { demandOf, type SolvedBalancer } from './balancer';
import { atLeast, type Breach, type Checks } from './checks';
import { drainedOf, longestOf, silenceOf } from './demand';
import { balancerHop, type Hop, isLimited, type RouteLimits, timesOf } from './hops';
import { solveKeepAlive } from './keep-alive';
import { LadderRows, Slack } from './ladder';
import { relationsOfHop } from './relations';
import { solveStartup } from './startup';
import { afterOf, solveStop } from './stop';

const { POSITIVE_INFINITY: ENDLESS } = Number;
const WATCHDOG_PROP = "'watchdog' of 'timeouts'";

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
export function solveBackend(
  target: TargetProfile,
  balancer: SolvedBalancer,
  backend: BackendIntent,
  endpoints: EndpointIntent[],
  models: ModelPlan[],
  checks: Checks,
): SolvedBackend {
  const { descriptor } = backend.server;
  const most = (measure: (endpoint: EndpointIntent) => number): number =>
    Math.ceil(endpoints.length === 0 ? DEFAULT_REQUEST_SECONDS : Math.max(...endpoints.map(measure)));
  const request = most(longestOf);
  const first = checks.relations.length;

  const startup = solveStartup(backend, models, checks);
  const busy = Math.max(request, startup.load);
  const watchdog = solveWatchdog(backend, busy, balancer.plan.idle, checks);
  const limits = limitsOf(target, endpoints);
  const hop = balancerHop(target, balancer.plan.idle, limits, balancer.setBy);
  const { chain, closeEach } = solveKeepAlive(target, hop, balancer.plan, backend, watchdog, checks);
  const server = chain.at(-1) as Hop;
  checkSidecar(chain, backend, endpoints, checks);
  const drained = most(drainedOf);
  const stop = solveStop(target, backend, endpoints, drained, checks);
  const requestLimit = request + MARGIN_SECONDS;
  const told = [...backend.server.timeFlags, ...(backend.server.timeVariables ?? [])].map(({ time }) => time);
  if (told.includes('request'))
    checks.add(
      {
        rule: 'R7',
        less: { what: 'the longest request', seconds: request },
        more: {
          what: `the request timeout of ${descriptor.name}`,
          seconds: requestLimit,
          row: 'server request timeout',
        },
        margin: MARGIN_SECONDS,
      },
      backend.path,
    );

  const rows = new LadderRows([new Slack(checks.relations.slice(first)), balancer.slack]);
  rows.add('longest request', request, 'T');
  if (target.requestTimeout) {
    rows.add('route timeout', limits.request, 'E2');
    if (endpoints.some(({ streamSeconds }) => streamSeconds !== undefined))
      rows.add('route silence', limits.silence, 'E3');
  }
  rows.add('balancer idle', balancer.plan.idle, target.idle.cutsSilence ? 'R2' : 'E1');
  for (const { kind, clientIdle, serverIdle, silence } of chain) {
    if (kind !== HopKind.SIDECAR) continue;
    rows.add('sidecar client idle', clientIdle, 'E4');
    rows.add('sidecar silence', silence, 'R2');
    rows.add('sidecar idle', serverIdle, 'E1');
  }
  rows.add('server keep-alive', server.clientIdle === 0 ? undefined : server.clientIdle, keepAliveRule(target, server));
  rows.add('server silent connection', server.firstByte, 'R5');
  if (target.drainOrder === DrainOrder.TOGETHER)
    rows.add('wait before the signal', stop.preStop, stop.preStop > Math.ceil(target.propagationSeconds) ? 'PT' : 'P');
  else rows.add('deregistration delay', stop.deregistration, 'D1');
  if (descriptor.drain !== DrainClass.B) rows.add('server drain', stop.drain, afterOf(backend) > 0 ? 'S2' : 'F');
  rows.add('stop timeout', stop.stop, 'D2');
  if (target.drainOrder === DrainOrder.TOGETHER) rows.add('grace period', stop.grace, 'G');
  if (told.includes('request')) rows.add('server request timeout', requestLimit, 'R7');
  if (told.includes('watchdog')) rows.add('server watchdog', watchdog, 'R8');
  if (startup.fetch > 0) rows.add('model fetch', startup.fetch, 'B1');
  rows.add('load', startup.load, 'B2');
  rows.add('start-up', startup.startup, 'B3');
  return {
    times: {
      requestTimeout: request,
      keepAlive: Number.isFinite(server.clientIdle) ? server.clientIdle : 0,
      closeEach,
      watchdog,
      request: requestLimit,
      ...stop,
      ...startup,
    },
    ladder: { requestTimeoutSeconds: request, hops: rows.hops },
    chain: [...balancer.front, ...chain].map(timesOf),
  };
}

/** What the routes to a backend give up on, where the target can be told. */
function limitsOf({ requestTimeout }: TargetProfile, endpoints: EndpointIntent[]): RouteLimits {
  if (!requestTimeout || endpoints.length === 0) return { silence: ENDLESS, request: ENDLESS };
  const streams = endpoints.some(({ streamSeconds }) => streamSeconds !== undefined);
  const longest = Math.max(...endpoints.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds));
  return {
    silence: Math.max(...endpoints.map(routeSilenceOf)),
    request: streams ? ENDLESS : Math.ceil(longest) + MARGIN_SECONDS,
  };
}

function keepAliveRule({ idle }: TargetProfile, server: Hop): 'R1' | 'R4' | 'E1' {
  if (!idle.cutsSilence) return 'E1';
  return isLimited(server) ? 'R4' : 'R1';
}

/** The watchdog outlasts load and requests. Where it ends silent connections too, it outlasts the balancer as well. */
function solveWatchdog(backend: BackendIntent, busy: number, idle: number, checks: Checks): number {
  const { timeouts = {}, path, server } = backend;
  const { watchdogSeconds: asked } = timeouts;
  const { watchdogKnob: knob, name } = server.descriptor;
  const computed = watchdogOf(server.descriptor, busy, idle) + MARGIN_SECONDS;
  if (asked !== undefined && !isTold(knob)) {
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${WATCHDOG_PROP} (${asked} s) cannot be told to ${name}, which has no such time; leave it out`,
    );
  }
  const seconds = isTold(knob) ? (asked ?? computed) : computed;
  if (isTold(knob)) {
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

/** A sidecar must not give up on the requests of its own backend. */
function checkSidecar(chain: Hop[], backend: BackendIntent, endpoints: EndpointIntent[], checks: Checks): void {
  const sidecar = chain.find(({ kind }) => kind === HopKind.SIDECAR);
  if (sidecar === undefined || endpoints.length === 0) return;
  for (const relation of relationsOfHop(sidecar, demandOf(endpoints))) {
    checks.add(
      relation,
      backend.path,
      (broken): Breach => ({
        code: 'RequestTimeoutTooLong',
        message: `${atLeast(broken)}: ${broken.less.what} is ${broken.less.seconds} s; have ${sidecar.name} wait longer and say so in 'sidecar', or answer sooner`,
      }),
    );
  }
}
