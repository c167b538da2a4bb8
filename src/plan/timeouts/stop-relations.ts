import type { BackendIntent } from '../intents';
import { EXIT_SECONDS } from '../rules';
import { DrainBehavior } from '../server/descriptor';
import type { BackendTimes } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import type { Relation, Term } from './relations';
import { STOP_PROPS, type StopOverrides } from './stop-overrides';

/** The times from the removal of a replica to SIGKILL. */
export type StopTimes = Pick<BackendTimes, 'deregistration' | 'preStop' | 'drain' | 'stop' | 'grace'>;

/** What determines the times of a stop. */
export interface Stop {
  readonly target: TargetProfile;
  readonly backend: BackendIntent;
  /** The longest request that the replica may be handling, in seconds. */
  readonly request: number;
  readonly overrides: StopOverrides;
}

/** Whether a replica receives SIGTERM while the balancer still removes it, so that the replica itself must wait. */
export function waitsItself({ target }: Pick<Stop, 'target'>): boolean {
  return target.drainOrder === DrainOrder.TOGETHER;
}

/** Whether the server drops the requests that it is handling when it receives SIGTERM. */
export function dropsRequests({ backend }: Pick<Stop, 'backend'>): boolean {
  return backend.server.descriptor.drain === DrainBehavior.DROPS_REQUESTS;
}

/** The part of the longest request that the server cannot complete after SIGTERM, so that it must end before. */
export function beforeSignal(stop: Stop, drain: number): number {
  return dropsRequests(stop) ? stop.request : Math.max(0, stop.request - drain);
}

/** How long a balancer may still send requests to a replica that is being removed, in whole seconds. */
export function propagationOf({ target }: Stop): number {
  return Math.ceil(target.propagationSeconds);
}

/** The relations of a stop in groups. Within a group, the later ones follow from the first that does not hold. */
export function stopRelations(stop: Stop, times: StopTimes): Relation[][] {
  return [
    [...endBeforeSignal(stop, times), ...endBeforeDrain(stop, times)],
    endOfDirectRequests(stop, times),
    exitBeforeKill(stop, times),
  ];
}

/** Requests that the server cannot complete after SIGTERM end before it, and no request is sent to it afterward. */
function endBeforeSignal(stop: Stop, times: StopTimes): Relation[] {
  if (!waitsItself(stop)) return [{ rule: 'D1', less: longestRequest(stop), more: delay(stop, times), margin: 0 }];
  const propagation = propagationOf(stop);
  const more = wait(stop, times);
  return [
    { rule: 'P', less: { what: 'the propagation delay', seconds: propagation }, more, margin: 0 },
    {
      rule: 'PT',
      less: {
        what: 'the propagation delay plus the part of the longest request that exceeds the drain',
        seconds: propagation + beforeSignal(stop, times.drain),
      },
      more,
      margin: 0,
    },
  ];
}

/** The drain covers what is left of the longest request at SIGTERM. */
function endBeforeDrain(stop: Stop, times: StopTimes): Relation[] {
  if (dropsRequests(stop)) return [];
  const served = waitsItself(stop) ? times.preStop - propagationOf(stop) : times.deregistration;
  const less = { what: 'the rest of the longest request after SIGTERM', seconds: Math.max(0, stop.request - served) };
  return [{ rule: 'F', less, more: drain(stop, times), margin: 0 }];
}

/** Requests of callers that bypass the balancer are protected by the drain alone. */
function endOfDirectRequests(stop: Stop, times: StopTimes): Relation[] {
  if (waitsItself(stop) || stop.backend.directCallers !== true) return [];
  return [{ rule: 'D2', less: longestRequest(stop), more: drain(stop, times), margin: 0 }];
}

/** The server exits before it is killed. */
function exitBeforeKill(stop: Stop, times: StopTimes): Relation[] {
  const drained = drain(stop, times);
  const killed: Term = { what: 'the stop timeout', seconds: times.stop, row: 'stop timeout', ...setBy(stop, 'stop') };
  const exits: Relation = { rule: 'D2', less: drained, more: killed, margin: EXIT_SECONDS };
  if (!waitsItself(stop)) return [exits];
  const less = { ...drained, what: 'the sum of wait and drain', seconds: times.preStop + times.drain };
  const more = { what: 'the grace period', seconds: times.grace, row: 'grace period' };
  return [exits, { rule: 'G', less, more, margin: EXIT_SECONDS }];
}

function longestRequest({ request }: Stop): Term {
  return { what: 'the longest request', seconds: request, row: 'longest request' };
}

function delay(stop: Stop, { deregistration }: StopTimes): Term {
  return {
    what: 'the deregistration delay',
    seconds: deregistration,
    row: 'deregistration delay',
    ...setBy(stop, 'deregistration'),
  };
}

function wait(stop: Stop, { preStop }: StopTimes): Term {
  return {
    what: 'the wait before the signal',
    seconds: preStop,
    row: 'wait before the signal',
    ...setBy(stop, 'preStop'),
  };
}

function drain(stop: Stop, { drain: seconds }: StopTimes): Term {
  const { name } = stop.backend.server.descriptor;
  return { what: `the drain of ${name}`, seconds, row: 'server drain', ...setBy(stop, 'drain') };
}

function setBy({ overrides }: Stop, time: keyof typeof STOP_PROPS): Pick<Term, 'setBy'> {
  return overrides[time] === undefined ? {} : { setBy: STOP_PROPS[time] };
}
