import { drainOf, isTold, keepAliveOf } from '../servers/knobs';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../servers/server-descriptor';
import type { BackendIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import {
  DEFAULT_REQUEST_SECONDS,
  EXIT_SECONDS,
  FETCH_SECONDS,
  IMAGE_PULL_SECONDS,
  KEEP_ALIVE_SECONDS,
  MARGIN_SECONDS,
  PROGRESS_SECONDS,
  STOP_SECONDS,
  type TimeoutRuleId,
} from './rules';
import type { BackendTimes, BalancerPlan, HopPlan, LadderPlan, Refusal } from './serving-plan';
import { DrainOrder, type TargetProfile } from './target-profile';

/** The longest silence that a request of the endpoint may keep, in seconds. */
function silenceOf(endpoint: EndpointIntent): number {
  const { heartbeatSeconds = 0, streamSeconds = 0 } = endpoint;
  return Math.max(endpoint.requestTimeoutSeconds, Math.min(2 * heartbeatSeconds, streamSeconds));
}

/** The longest that a request of the endpoint may last, streams included, in seconds. */
export function longestOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, endpoint.streamSeconds ?? 0);
}

/** How long a server can keep an idle connection, and one that never sends, in seconds. */
function patienceOf(
  descriptor: ServerDescriptor,
  wanted: number,
  watchdog: number,
): { keepAlive: number; silent: number } {
  const keepAlive = keepAliveOf(descriptor, wanted);
  const { seconds = Number.POSITIVE_INFINITY, plus } = descriptor.silentLimit ?? {};
  const added = plus === 'keepAlive' ? keepAlive : plus === 'watchdog' ? watchdog : 0;
  return { keepAlive, silent: seconds + added };
}

/** The idle time that a server allows its balancer, whatever its watchdog, which follows the balancer. */
function idleAllowedBy({ server }: BackendIntent): number {
  const { POSITIVE_INFINITY: endless } = Number;
  const { keepAlive, silent } = patienceOf(server.descriptor, endless, endless);
  return Math.min(keepAlive, silent) - MARGIN_SECONDS;
}

/**
 * Solves the balancer: its idle time follows the longest silence among its endpoints, and comes down to a server whose
 * keep-alive is fixed or capped as long as that silence allows.
 */
export function solveBalancer(
  target: TargetProfile,
  endpoints: EndpointIntent[],
  backends: BackendIntent[],
  refusals: Refusal[],
): BalancerPlan {
  const { idle } = target;
  const longest = endpoints.reduce<EndpointIntent | undefined>(
    (a, b) => (a === undefined || silenceOf(b) > silenceOf(a) ? b : a),
    undefined,
  );
  const silence = longest === undefined ? 0 : silenceOf(longest);
  const needed = idle.cutsSilence ? silence + MARGIN_SECONDS : idle.min;
  const allowed = backends.reduce((least, backend) => Math.min(least, idleAllowedBy(backend)), idle.standard);
  const wanted =
    idle.settable === false
      ? idle.standard
      : Math.max(Math.ceil(needed), idle.min, idle.canCloseEach ? idle.standard : allowed);
  const limit = idle.settable === false ? idle.standard : idle.max;
  if (longest !== undefined && needed > limit) {
    refuse(
      refusals,
      'RequestTimeoutTooLong',
      longest.path,
      `'requestTimeout' (${silence} s) must be at most ${limit - MARGIN_SECONDS} s behind ${target.name}, whose idle timeout is ` +
        `${idle.settable === false ? `${limit} s` : `at most ${limit} s`}: a server that stays silent longer is cut off; ` +
        `answer sooner, send a heartbeat with 'streaming', or move the work to a queue`,
    );
  }
  return { idle: Math.min(wanted, limit), requestTimeout: silence };
}

/** The prop that asks for the longest request, as the user typed it. */
function promptOf(endpoints: EndpointIntent[], request: number): string {
  const streams = endpoints.some((endpoint) => Math.ceil(endpoint.streamSeconds ?? 0) === request);
  return streams ? `'maxDuration' (${request} s) of 'streaming'` : `'requestTimeout' (${request} s)`;
}

/** Solves one backend: what the balancer asks of its server, how it drains, and how long it may take to start. */
export function solveBackend(
  target: TargetProfile,
  balancer: BalancerPlan,
  backend: BackendIntent,
  endpoints: EndpointIntent[],
  refusals: Refusal[],
): { times: BackendTimes; ladder: LadderPlan } {
  const { descriptor } = backend.server;
  const request = Math.ceil(endpoints.length === 0 ? DEFAULT_REQUEST_SECONDS : Math.max(...endpoints.map(longestOf)));
  const hops: HopPlan[] = [];
  const hop = (name: string, seconds: number, rule: TimeoutRuleId, slackSeconds = 0): number => {
    hops.push({ hop: name, seconds, rule, slackSeconds });
    return seconds;
  };

  hop('longest request', request, 'T');
  if (target.requestTimeout) hop('route timeout', request + MARGIN_SECONDS, 'E2', MARGIN_SECONDS);
  const { cutsSilence } = target.idle;
  hop(
    'balancer idle',
    balancer.idle,
    cutsSilence ? 'R2' : 'E1',
    cutsSilence ? balancer.idle - balancer.requestTimeout : 0,
  );

  const startup = solveStartup(target, backend, refusals);
  const watchdog = watchdogOf(descriptor, Math.max(request, startup.load), balancer) + MARGIN_SECONDS;
  const { keepAlive, silent, closeEach } = solveKeepAlive(target, balancer, backend, watchdog, refusals);
  const capped = descriptor.keepAlive === KeepAliveKind.CAPPED;
  if (keepAlive > 0)
    hop('server keep-alive', keepAlive, capped ? 'R4' : 'R1', closeEach ? 0 : keepAlive - balancer.idle);
  if (Number.isFinite(silent)) hop('server silent connection', silent, 'R5', closeEach ? 0 : silent - balancer.idle);

  const together = target.drainOrder === DrainOrder.TOGETHER;
  const drops = descriptor.drain === DrainClass.B;
  const maxStop = backend.maxStopSeconds ?? target.maxStopSeconds ?? Number.POSITIVE_INFINITY;
  // The end of the last connection comes after the end of the last request.
  const after = Math.max(descriptor.drain === DrainClass.C ? EXIT_SECONDS : 0, descriptor.lingerSeconds ?? 0);
  const wanted = drops ? 0 : drainOf(descriptor, request + after);
  const drain = Math.max(0, Math.min(wanted, maxStop - 2 * EXIT_SECONDS));
  const stop = drops ? Math.min(STOP_SECONDS, maxStop) : drain + EXIT_SECONDS;

  const deregistration = together
    ? 0
    : Math.min(request + MARGIN_SECONDS, target.maxDeregistrationSeconds ?? Number.POSITIVE_INFINITY);
  if (!together) {
    hop('deregistration delay', deregistration, 'D1', deregistration + drain - request);
    if (deregistration + drain < request) {
      refuse(
        refusals,
        'DrainTooLong',
        backend.path,
        `${promptOf(endpoints, request)} must be at most ${deregistration + drain} s: ${target.name} waits at most ${deregistration} s ` +
          `for the requests of a stopping replica, and ${descriptor.name} ${drops ? 'drops what is left' : `drains ${drain} s more`}; ` +
          'use a shorter timeout, or a server that drains on a compute without a limit',
      );
    }
  }
  const propagation = Math.ceil(target.propagationSeconds);
  // What the server cannot finish after the signal has to end before it.
  const before = drops ? request : Math.max(0, request - drain);
  const preStop = together ? propagation + before : 0;
  if (together) hop('wait before the signal', preStop, before > 0 ? 'PT' : 'P', preStop - propagation - before);
  if (!drops) hop('server drain', drain, after > 0 ? 'S2' : 'F', drain - Math.min(request, drain));
  hop('stop timeout', stop, 'D2', stop - drain);
  const grace = preStop + stop;
  if (together) hop('grace period', grace, 'G', grace - preStop - drain);

  const told = [...backend.server.timeFlags, ...(backend.server.timeVariables ?? [])].map(({ time }) => time);
  const requestLimit = request + MARGIN_SECONDS;
  if (told.includes('request')) hop('server request timeout', requestLimit, 'R7', MARGIN_SECONDS);
  if (told.includes('watchdog')) hop('server watchdog', watchdog, 'R8', MARGIN_SECONDS);
  if (startup.fetch > 0) hop('model fetch', startup.fetch, 'B1');
  hop('load', startup.load, 'B2');
  hop('start-up', startup.startup, 'B3', startup.startup - startup.fetch - startup.load);
  return {
    times: {
      requestTimeout: request,
      keepAlive,
      closeEach,
      watchdog,
      request: requestLimit,
      deregistration,
      preStop,
      drain,
      stop,
      grace,
      ...startup,
    },
    ladder: { requestTimeoutSeconds: request, hops },
  };
}

/** What ends a worker that shows no life may also end a connection that does not. */
function watchdogOf({ silentLimit }: ServerDescriptor, longest: number, balancer: BalancerPlan): number {
  return silentLimit?.plus === 'watchdog' ? Math.max(longest, balancer.idle) : longest;
}

function solveKeepAlive(
  target: TargetProfile,
  balancer: BalancerPlan,
  backend: BackendIntent,
  watchdog: number,
  refusals: Refusal[],
): { keepAlive: number; silent: number; closeEach: boolean } {
  const { descriptor } = backend.server;
  const needed = balancer.idle + MARGIN_SECONDS;
  const { keepAlive, silent } = patienceOf(descriptor, Math.max(KEEP_ALIVE_SECONDS, needed), watchdog);
  const solved = {
    keepAlive: Number.isFinite(keepAlive) ? keepAlive : 0,
    silent,
    closeEach: false,
  };
  if (Math.min(keepAlive, silent) >= needed) return solved;
  if (target.idle.canCloseEach) return { ...solved, closeEach: true };
  const [what, seconds] =
    keepAlive < needed ? ['keep-alive', keepAlive] : ['limit for connections that have not sent anything', silent];
  refuse(
    refusals,
    'KeepAliveTooShort',
    backend.path,
    `the ${what} of ${descriptor.name} (${seconds} s) must be at least ${needed} s: ${target.name} keeps idle connections for ` +
      `${balancer.idle} s${target.idle.settable === false ? '' : ` because of its longest request (${balancer.requestTimeout} s)`}, and a server that closes first loses requests; ` +
      `use a server whose keep-alive can be set, ${target.idle.settable === false ? "state a shorter 'idleTimeout' if that is what it has" : 'a shorter request timeout'}, or a platform of its own for this backend${waysOut(descriptor)}`,
  );
  return solved;
}

/** What else the user can do, where that is more than can be said of every server. */
function waysOut({ keepAliveKnob: knob, versionNote }: ServerDescriptor): string {
  const code =
    knob !== undefined && !isTold(knob) ? [`set ${knob.name} in its ${knob.place} and declare 'keepAlive'`] : [];
  const version = versionNote === undefined ? [] : [`say the 'version' (${versionNote})`];
  return [...code, ...version].map((way) => `; or ${way}`).join('');
}

function solveStartup(
  target: TargetProfile,
  backend: BackendIntent,
  refusals: Refusal[],
): Pick<BackendTimes, 'fetch' | 'load' | 'startup' | 'progress'> {
  const maxFetch = backend.maxFetchSeconds ?? target.maxFetchSeconds ?? Number.POSITIVE_INFINITY;
  let fetch = 0;
  for (const model of backend.models) {
    if (model.uri === undefined) continue;
    if (model.fetchSeconds !== undefined && model.fetchSeconds > maxFetch) {
      refuse(
        refusals,
        'FetchTooLong',
        backend.path,
        `'fetchTimeout' (${model.fetchSeconds} s) of model '${model.name}' must be at most ${maxFetch} s on this compute; ` +
          'bake the model into the image, or use a compute without the limit',
      );
    }
    fetch += fetchSecondsOf(model.fetchSeconds, maxFetch);
  }
  const load = Math.ceil(backend.loadSeconds);
  const startup = IMAGE_PULL_SECONDS + fetch + load;
  return { fetch, load, startup, progress: Math.max(PROGRESS_SECONDS, startup + MARGIN_SECONDS) };
}

/** The time one model fetch may take, in seconds. */
export function fetchSecondsOf(asked: number | undefined, max: number): number {
  return Math.ceil(Math.min(asked ?? FETCH_SECONDS, max));
}
