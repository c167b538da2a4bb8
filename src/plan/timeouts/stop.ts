import type { BackendIntent } from '../intents';
import { refuse } from '../refuse';
import { EXIT_SECONDS, MARGIN_SECONDS, STOP_SECONDS } from '../rules';
import { DrainBehavior } from '../server/descriptor';
import { drainOf, isSettable } from '../server/knobs';
import { versionWays } from '../server/version';
import type { BackendTimes } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import type { Breach, Checks } from './checks';
import { durationProp } from './demand';
import type { Relation, Term } from './relations';
import type { Solving, Subject } from './solving';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The times from the removal of a replica to SIGKILL. */
export type StopTimes = Pick<BackendTimes, 'deregistration' | 'preStop' | 'drain' | 'stop' | 'grace'>;

/** The props that set them. */
const PROPS = {
  deregistration: "'deregistrationDelay' of 'timeouts'",
  preStop: "'preStop' of 'timeouts'",
  drain: "'drain' of 'timeouts'",
  stop: "'stop' of 'timeouts'",
} as const;

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
  const { descriptor } = backend.server;
  const overrides = settableOf(target, backend, checks);
  const together = target.drainOrder === DrainOrder.TOGETHER;
  const drops = descriptor.drain === DrainBehavior.DROPS_REQUESTS;
  const maxStop = backend.maxStopSeconds ?? target.maxStopSeconds ?? ENDLESS;
  const allowed = overrides.stop === undefined ? maxStop - 2 * EXIT_SECONDS : overrides.stop - EXIT_SECONDS;
  const needed = drops ? 0 : drainOf(descriptor, request + afterOf(backend));
  const drain = overrides.drain ?? Math.max(0, Math.min(needed, allowed));
  const stop = Math.min(overrides.stop ?? (drops ? STOP_SECONDS : drain + EXIT_SECONDS), maxStop);
  const maxDelay = target.maxDeregistrationSeconds ?? ENDLESS;
  const deregistration = together ? 0 : Math.min(overrides.deregistration ?? request + MARGIN_SECONDS, maxDelay);
  const propagation = Math.ceil(target.propagationSeconds);
  // Requests that the server cannot complete after SIGTERM must end before it.
  const before = drops ? request : Math.max(0, request - drain);
  const preStop = together ? (overrides.preStop ?? propagation + before) : 0;
  const times = { deregistration, preStop, drain, stop, grace: preStop + stop };
  const by = (time: keyof typeof PROPS): { readonly setBy?: string } =>
    overrides[time] === undefined ? {} : { setBy: PROPS[time] };

  const longest: Term = { what: 'the longest request', seconds: request, row: 'longest request' };
  const undrained: Term = {
    what: 'the part of the longest request that exceeds the drain',
    seconds: drops ? request : Math.max(0, request - drain),
  };
  const drained: Term = {
    what: `the drain of ${descriptor.name}`,
    seconds: drain,
    row: 'server drain',
    ...by('drain'),
  };
  const wait: Term = {
    what: 'the wait before the signal',
    seconds: preStop,
    row: 'wait before the signal',
    ...by('preStop'),
  };
  const delay: Term = {
    what: 'the deregistration delay',
    seconds: deregistration,
    row: 'deregistration delay',
    ...by('deregistration'),
  };
  const killed: Term = { what: 'the stop timeout', seconds: stop, row: 'stop timeout', ...by('stop') };
  const spread: Term = { what: 'the propagation delay', seconds: propagation };
  const unserved: Term = {
    what: 'the propagation delay plus the part of the longest request that exceeds the drain',
    seconds: propagation + undrained.seconds,
  };
  const left: Term = {
    what: 'the rest of the longest request after SIGTERM',
    seconds: Math.max(0, request - (together ? preStop - propagation : deregistration)),
  };
  const graced: Term = { what: 'the grace period', seconds: times.grace, row: 'grace period' };
  const emptied: Relation[] = together
    ? [
        { rule: 'P', less: spread, more: wait, margin: 0 },
        { rule: 'PT', less: unserved, more: wait, margin: 0 },
      ]
    : [{ rule: 'D1', less: longest, more: delay, margin: 0 }];
  const around: Relation[] =
    !together && backend.directCallers === true ? [{ rule: 'D2', less: longest, more: drained, margin: 0 }] : [];
  const finished: Relation[] = drops ? [] : [{ rule: 'F', less: left, more: drained, margin: 0 }];
  const ended: Relation[] = [
    { rule: 'D2', less: drained, more: killed, margin: EXIT_SECONDS },
    ...(together
      ? [
          {
            rule: 'G' as const,
            less: { ...drained, what: 'the sum of wait and drain', seconds: preStop + drain },
            more: graced,
            margin: EXIT_SECONDS,
          },
        ]
      : []),
  ];
  const breach = (broken: Relation): Breach => drainTooLong(broken, target, subject, { request, ...times });
  // Only the first broken rule of a group is refused; the others follow from it.
  for (const group of [[...emptied, ...finished], around, ended])
    group.reduce((held, relation) => {
      const isNews = held && (toleratesSilence || relation.rule !== 'D1' || overrides.deregistration !== undefined);
      return checks.add(relation, backend.path, isNews ? breach : undefined) && held;
    }, true);
  return times;
}

type Overrides = { readonly [time in keyof typeof PROPS]?: number };

/** The times that the user set, without those that the target or the server does not support. */
function settableOf(target: TargetProfile, backend: BackendIntent, checks: Checks): Overrides {
  const { timeouts = {}, server, maxStopSeconds } = backend;
  const { descriptor } = server;
  const together = target.drainOrder === DrainOrder.TOGETHER;
  const maxStop = maxStopSeconds ?? target.maxStopSeconds ?? ENDLESS;
  const rows: [keyof typeof PROPS, number | undefined, string | undefined, number][] = [
    [
      'deregistration',
      timeouts.deregistrationSeconds,
      together
        ? `is not supported by ${target.name}, where only the replica itself delays its stop; set 'preStop'`
        : undefined,
      target.maxDeregistrationSeconds ?? ENDLESS,
    ],
    [
      'preStop',
      timeouts.preStopSeconds,
      together
        ? undefined
        : `is not supported by ${target.name}, which drains a replica before SIGTERM; set 'deregistrationDelay'`,
      ENDLESS,
    ],
    ['drain', timeouts.drainSeconds, drainRefusal(backend), drainLimit(descriptor)],
    ['stop', timeouts.stopSeconds, undefined, maxStop],
  ];
  return Object.fromEntries(
    rows.flatMap(([time, seconds, refusal, most]) => {
      if (seconds === undefined) return [];
      if (refusal !== undefined) {
        refuse(checks.refusals, 'TimeoutNotSettable', backend.path, `${PROPS[time]} (${seconds} s) ${refusal}`);
        return [];
      }
      if (seconds > most) {
        refuse(
          checks.refusals,
          'TimeoutOverride',
          backend.path,
          `${PROPS[time]} (${seconds} s) must be at most ${most} s (rule ${time === 'deregistration' ? 'D1' : 'D2'}), the limit of ${
            time === 'drain' ? descriptor.name : time === 'stop' ? 'the compute' : target.name
          }; change it, or omit it to use the computed value`,
        );
        return [];
      }
      return [[time, seconds]];
    }),
  );
}

function drainLimit({ drainKnob: knob }: BackendIntent['server']['descriptor']): number {
  return knob?.maxSeconds ?? ENDLESS;
}

function drainRefusal({ server: { descriptor } }: BackendIntent): string | undefined {
  const { name, drain, drainKnob: knob } = descriptor;
  if (drain === DrainBehavior.DROPS_REQUESTS)
    return `is not supported by ${name}, which drops its requests on SIGTERM; ${[...versionWays(descriptor), 'leave it out'].join(', or ')}`;
  if (isSettable(knob)) return undefined;
  return knob === undefined
    ? `is not supported by ${name}, which drains without a time limit; set 'stop', or leave it out`
    : `cannot be configured for ${name}, because ${knob.name} is set in its ${knob.place}; leave it out`;
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
      message: `${prop} must be at most ${more.seconds} s (rule D2): callers that 'directCallers' permits bypass ${target.name}, so only the drain protects their requests, and ${name} ${can}; ${[...versionWays(server.descriptor), 'use a shorter timeout'].join(', or ')}, ${CUT_ON_STOP}, compute without a stop limit, a server that drains, or send every caller through the endpoint`,
    };
  }
  return {
    code: 'DrainTooLong',
    message: `${more.what} (${more.seconds} s) must be at least ${less.seconds + margin} s (rule ${rule}), because ${less.what} is ${less.seconds} s; use a shorter timeout`,
  };
}
