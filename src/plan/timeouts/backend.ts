import { drainOf } from '../../servers/knobs';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from '../../servers/server-descriptor';
import type { BackendIntent, EndpointIntent } from '../intents';
import { refuse } from '../refuse';
import { DEFAULT_REQUEST_SECONDS, EXIT_SECONDS, MARGIN_SECONDS, STOP_SECONDS, type TimeoutRuleId } from '../rules';
import type { BackendTimes, BalancerPlan, HopPlan, LadderPlan, Refusal } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import { longestOf, promptOf } from './demand';
import { solveKeepAlive } from './keep-alive';
import { solveStartup } from './startup';

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
