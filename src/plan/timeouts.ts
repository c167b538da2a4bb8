import { DrainClass, KeepAliveKind } from '../servers/server-descriptor';
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

function isFixed(backend: BackendIntent): boolean {
  return backend.server.descriptor.keepAlive === KeepAliveKind.FIXED;
}

/**
 * Solves the balancer: its idle time follows the longest silence among its endpoints, and comes down to a server whose
 * keep-alive is fixed as long as that silence allows.
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
  const allowed = backends
    .filter(isFixed)
    .reduce(
      (least, backend) => Math.min(least, (backend.server.descriptor.keepAliveSeconds ?? 0) - MARGIN_SECONDS),
      idle.standard,
    );
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

  const { keepAlive, closeEach } = solveKeepAlive(target, balancer, backend, refusals);
  if (keepAlive > 0) hop('server keep-alive', keepAlive, 'R1', closeEach ? 0 : keepAlive - balancer.idle);

  const together = target.drainOrder === DrainOrder.TOGETHER;
  const drops = descriptor.drain === DrainClass.B;
  const maxStop = backend.maxStopSeconds ?? target.maxStopSeconds ?? Number.POSITIVE_INFINITY;
  const wanted = drops ? 0 : request + (descriptor.drain === DrainClass.C ? EXIT_SECONDS : 0);
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
        `'requestTimeout' (${request} s) must be at most ${deregistration + drain} s: ${target.name} waits at most ${deregistration} s ` +
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
  if (!drops) hop('server drain', drain, 'F', drain - Math.min(request, drain));
  hop('stop timeout', stop, 'D2', stop - drain);
  const grace = preStop + stop;
  if (together) hop('grace period', grace, 'G', grace - preStop - drain);

  const startup = solveStartup(target, backend, refusals);
  const watchdog = Math.max(request, startup.load) + MARGIN_SECONDS;
  if (backend.server.timeFlags.some((flag) => flag.time === 'watchdog'))
    hop('server watchdog', watchdog, 'R8', MARGIN_SECONDS);
  if (startup.fetch > 0) hop('model fetch', startup.fetch, 'B1');
  hop('load', startup.load, 'B2');
  hop('start-up', startup.startup, 'B3', startup.startup - startup.fetch - startup.load);
  return {
    times: {
      requestTimeout: request,
      keepAlive,
      closeEach,
      watchdog,
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

function solveKeepAlive(
  target: TargetProfile,
  balancer: BalancerPlan,
  backend: BackendIntent,
  refusals: Refusal[],
): { keepAlive: number; closeEach: boolean } {
  const { descriptor } = backend.server;
  if (descriptor.keepAlive === KeepAliveKind.SETTABLE)
    return { keepAlive: Math.max(KEEP_ALIVE_SECONDS, balancer.idle + MARGIN_SECONDS), closeEach: false };
  if (descriptor.keepAlive !== KeepAliveKind.FIXED) return { keepAlive: 0, closeEach: false };
  const keepAlive = descriptor.keepAliveSeconds ?? 0;
  if (keepAlive >= balancer.idle + MARGIN_SECONDS) return { keepAlive, closeEach: false };
  if (target.idle.canCloseEach) return { keepAlive, closeEach: true };
  refuse(
    refusals,
    'KeepAliveTooShort',
    backend.path,
    `the keep-alive of ${descriptor.name} (${keepAlive} s) must be at least ${balancer.idle + MARGIN_SECONDS} s: ${target.name} keeps idle connections for ` +
      `${balancer.idle} s because of its longest request (${balancer.requestTimeout} s), and a server that closes first loses requests; ` +
      'use a server whose keep-alive can be set, a shorter request timeout, or a platform of its own for this backend',
  );
  return { keepAlive, closeEach: false };
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
