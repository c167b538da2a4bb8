import type { BackendIntent } from '../intents';
import { EXIT_SECONDS, MARGIN_SECONDS, STOP_SECONDS } from '../rules';
import { DrainBehavior } from '../server/descriptor';
import { drainOf } from '../server/knobs';
import { versionWays } from '../server/version';
import { sidecarStopSeconds } from '../sidecars';
import type { TargetProfile } from '../target-profile';
import type { Breach, Checks } from './checks';
import { durationProp } from './demand';
import type { Relation } from './relations';
import type { Solving, Subject } from './solving';
import { acceptedOverrides, maxStopOf } from './stop-overrides';
import {
  beforeSignal,
  dropsRequests,
  propagationOf,
  type Stop,
  type StopTimes,
  stopRelations,
  waitsItself,
} from './stop-relations';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The way out for responses that take longer than a stop. */
const CUT_ON_STOP = "'streaming' with 'cutOnStop' if responses may be cut off";

/** How long a server needs to exit after its last request. */
export function afterOf({ server: { descriptor } }: BackendIntent): number {
  return Math.max(
    descriptor.drain === DrainBehavior.WAITS_FULL_PERIOD ? EXIT_SECONDS : 0,
    descriptor.lingerSeconds ?? 0,
  );
}

/** The request that a replica may be handling when it stops. */
interface Unfinished {
  /** The longest request, in seconds. */
  readonly request: number;
  /** Whether no hop times out on it. If one does, that was refused before, with the limit that applies here too. */
  readonly toleratesSilence: boolean;
}

/** Solves the stop of a replica. */
export function solveStop(solving: Solving, subject: Subject, { request, toleratesSilence }: Unfinished): StopTimes {
  const { target, checks } = solving;
  const { backend } = subject;
  const stop: Stop = { target, backend, request, overrides: acceptedOverrides(target, backend, checks) };
  const times = timesOf(stop);
  const breach = (broken: Relation): Breach => drainTooLong(broken, target, subject, { request, ...times });
  const isNews = ({ rule }: Relation): boolean =>
    toleratesSilence || rule !== 'D1' || stop.overrides.deregistration !== undefined;
  for (const group of stopRelations(stop, times)) checkGroup(group, { checks, path: backend.path, breach, isNews });
  return times;
}

/** Where the relations of a stop are checked, and which of them are refused. */
interface Checking {
  readonly checks: Checks;
  readonly path: string;
  readonly breach: (broken: Relation) => Breach;
  /** Whether the cause of a broken relation was not refused before. */
  readonly isNews: (relation: Relation) => boolean;
}

/** Refuses only the first broken relation of a group; the others follow from it. */
function checkGroup(group: Relation[], { checks, path, breach, isNews }: Checking): void {
  group.reduce(
    (held, relation) => checks.add(relation, path, held && isNews(relation) ? breach : undefined) && held,
    true,
  );
}

/** The times of a stop: those that the user set, and the shortest others that lose no request. */
function timesOf(inputs: Stop): StopTimes {
  const drain = inputs.overrides.drain ?? drainFor(inputs);
  const stop = stopFor(inputs, drain);
  const preStop = waitFor(inputs, drain);
  return {
    deregistration: delayFor(inputs),
    preStop,
    drain,
    stop,
    grace: preStop + stop + sidecarStopSeconds(inputs.backend),
  };
}

/** How long the server may complete requests after SIGTERM: as long as they take, within the stop that is left for it. */
function drainFor(stop: Stop): number {
  const { target, backend, request, overrides } = stop;
  if (dropsRequests(stop)) return 0;
  const needed = drainOf(backend.server.descriptor, request + afterOf(backend));
  const allowed =
    overrides.stop === undefined ? maxStopOf(target, backend) - 2 * EXIT_SECONDS : overrides.stop - EXIT_SECONDS;
  return Math.max(0, Math.min(needed, allowed));
}

/** How long after SIGTERM the server is killed. */
function stopFor(stop: Stop, drain: number): number {
  const computed = dropsRequests(stop) ? STOP_SECONDS : drain + EXIT_SECONDS;
  return Math.min(stop.overrides.stop ?? computed, maxStopOf(stop.target, stop.backend));
}

/** How long the balancer waits for the requests of a removed replica before it is stopped. */
function delayFor(stop: Stop): number {
  if (waitsItself(stop)) return 0;
  const { target, request, overrides } = stop;
  return Math.min(overrides.deregistration ?? request + MARGIN_SECONDS, target.maxDeregistrationSeconds ?? ENDLESS);
}

/** How long a replica waits before SIGTERM, until it receives no requests and can complete the last ones. */
function waitFor(stop: Stop, drain: number): number {
  if (!waitsItself(stop)) return 0;
  return stop.overrides.preStop ?? propagationOf(stop) + beforeSignal(stop, drain);
}

function drainTooLong(
  { rule, less, more, margin }: Relation,
  target: TargetProfile,
  { backend: { server }, endpoints }: Subject,
  { request, deregistration, drain }: StopTimes & Pick<Unfinished, 'request'>,
): Breach {
  const { name, drain: kind } = server.descriptor;
  const prop = durationProp(endpoints, request);
  if (rule === 'D1') {
    return {
      code: 'DrainTooLong',
      message:
        `${prop} must be at most ${deregistration} s (rule D1), the longest deregistration delay of ${target.name}, ` +
        `after which requests that are still running are cut off; use a shorter timeout, or ${CUT_ON_STOP}`,
    };
  }
  if (rule === 'D2' && less.row === 'longest request') {
    const can =
      kind === DrainBehavior.DROPS_REQUESTS
        ? 'drops its requests on SIGTERM'
        : `can drain for at most ${drain} s on this compute`;
    return {
      code: 'DrainTooLong',
      message: `${prop} must be at most ${more.seconds} s (rule D2): callers that 'directCallers' permits bypass ${target.name}, so only the drain protects their requests, and ${name} ${can}; ${[...versionWays(server.descriptor, 'drain'), 'use a shorter timeout'].join(', or ')}, ${CUT_ON_STOP}, compute without a stop limit, a server that drains, or send every caller through the endpoint`,
    };
  }
  return {
    code: 'DrainTooLong',
    message: `${more.what} (${more.seconds} s) must be at least ${less.seconds + margin} s (rule ${rule}), because ${less.what} is ${less.seconds} s; use a shorter timeout`,
  };
}
