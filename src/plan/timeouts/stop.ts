import type { BackendIntent } from '../intents';
import { refuse } from '../refuse';
import { EXIT_SECONDS, MARGIN_SECONDS, STOP_SECONDS } from '../rules';
import { DrainBehavior } from '../server/descriptor';
import { drainOf, isSettable } from '../server/knobs';
import { versionWays } from '../server/version';
import type { BackendTimes } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';
import type { Breach, Checks } from './checks';
import { promptOf } from './demand';
import type { Relation, Term } from './relations';
import type { Solving, Subject } from './solving';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The times from the removal of a replica to its kill. */
export type StopTimes = Pick<BackendTimes, 'deregistration' | 'preStop' | 'drain' | 'stop' | 'grace'>;

/** The props that set them. */
const PROPS = {
  deregistration: "'deregistrationDelay' of 'timeouts'",
  preStop: "'preStop' of 'timeouts'",
  drain: "'drain' of 'timeouts'",
  stop: "'stop' of 'timeouts'",
} as const;

/** How an answer that takes longer than a stop leaves it behind. */
const CUT = "'streaming' with 'cutOnStop' where an answer may be cut";

/** How long a server stays after the end of its last request. */
export function afterOf({ server: { descriptor } }: BackendIntent): number {
  return Math.max(
    descriptor.drain === DrainBehavior.WAITS_FULL_PERIOD ? EXIT_SECONDS : 0,
    descriptor.lingerSeconds ?? 0,
  );
}

/** What a replica may be in the middle of when it is taken away. */
interface Unfinished {
  /** The longest request, in seconds. */
  readonly request: number;
  /** Whether nothing on the way gives up on it; what does was refused already, and says how long it may be here too. */
  readonly heard: boolean;
}

/** Solves the end of a replica. */
export function solveStop(solving: Solving, subject: Subject, { request, heard }: Unfinished): StopTimes {
  const { target, checks } = solving;
  const { backend } = subject;
  const { descriptor } = backend.server;
  const asked = settableOf(target, backend, checks);
  const together = target.drainOrder === DrainOrder.TOGETHER;
  const drops = descriptor.drain === DrainBehavior.DROPS_REQUESTS;
  const maxStop = backend.maxStopSeconds ?? target.maxStopSeconds ?? ENDLESS;
  const allowed = asked.stop === undefined ? maxStop - 2 * EXIT_SECONDS : asked.stop - EXIT_SECONDS;
  const wanted = drops ? 0 : drainOf(descriptor, request + afterOf(backend));
  const drain = asked.drain ?? Math.max(0, Math.min(wanted, allowed));
  const stop = Math.min(asked.stop ?? (drops ? STOP_SECONDS : drain + EXIT_SECONDS), maxStop);
  const maxDelay = target.maxDeregistrationSeconds ?? ENDLESS;
  const deregistration = together ? 0 : Math.min(asked.deregistration ?? request + MARGIN_SECONDS, maxDelay);
  const propagation = Math.ceil(target.propagationSeconds);
  // What the server cannot finish after the signal has to end before it.
  const before = drops ? request : Math.max(0, request - drain);
  const preStop = together ? (asked.preStop ?? propagation + before) : 0;
  const times = { deregistration, preStop, drain, stop, grace: preStop + stop };
  const by = (time: keyof typeof PROPS): { readonly setBy?: string } =>
    asked[time] === undefined ? {} : { setBy: PROPS[time] };

  const longest: Term = { what: 'the longest request', seconds: request, row: 'longest request' };
  const undrained: Term = {
    what: 'what the drain leaves of the longest request',
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
  const killed: Term = { what: 'the time until the kill', seconds: stop, row: 'stop timeout', ...by('stop') };
  const spread: Term = { what: 'the time until the last router stops sending', seconds: propagation };
  const unserved: Term = {
    what: 'that time and what the drain leaves of the longest request',
    seconds: propagation + undrained.seconds,
  };
  const left: Term = {
    what: 'what is left of the longest request at the signal',
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
            less: { ...drained, what: 'the wait and the drain', seconds: preStop + drain },
            more: graced,
            margin: EXIT_SECONDS,
          },
        ]
      : []),
  ];
  const say = (broken: Relation): Breach => drainTooLong(broken, target, subject, { request, ...times });
  // What follows from a broken rule is no refusal of its own.
  for (const group of [[...emptied, ...finished], around, ended])
    group.reduce((held, relation) => {
      const isNews = held && (heard || relation.rule !== 'D1' || asked.deregistration !== undefined);
      return checks.add(relation, backend.path, isNews ? say : undefined) && held;
    }, true);
  return times;
}

type Asked = { readonly [time in keyof typeof PROPS]?: number };

/** The times that the user set, without those that the target or the server cannot be told. */
function settableOf(target: TargetProfile, backend: BackendIntent, checks: Checks): Asked {
  const { timeouts = {}, server, maxStopSeconds } = backend;
  const { descriptor } = server;
  const together = target.drainOrder === DrainOrder.TOGETHER;
  const maxStop = maxStopSeconds ?? target.maxStopSeconds ?? ENDLESS;
  const rows: [keyof typeof PROPS, number | undefined, string | undefined, number][] = [
    [
      'deregistration',
      timeouts.deregistrationSeconds,
      together
        ? `cannot be told to ${target.name}: nothing waits for a replica there but the replica; set 'preStop'`
        : undefined,
      target.maxDeregistrationSeconds ?? ENDLESS,
    ],
    [
      'preStop',
      timeouts.preStopSeconds,
      together
        ? undefined
        : `cannot be told to ${target.name}, which empties a replica before the signal; set 'deregistrationDelay'`,
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
          `${PROPS[time]} (${seconds} s) must be at most ${most} s (rule ${time === 'deregistration' ? 'D1' : 'D2'}), which is what ${
            time === 'drain' ? descriptor.name : time === 'stop' ? 'the compute' : target.name
          } allows; change it, or leave it out to have it computed`,
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
    return `cannot be told to ${name}, which drops its requests when it is stopped; ${[...versionWays(descriptor), 'leave it out'].join(', or ')}`;
  if (isSettable(knob)) return undefined;
  return knob === undefined
    ? `cannot be told to ${name}, which takes the time that it needs; set 'stop', or leave it out`
    : `cannot be told to ${name}: ${knob.name} is set in its ${knob.place}; leave it out`;
}

function drainTooLong(
  { rule, less, more, margin }: Relation,
  target: TargetProfile,
  { backend: { server }, endpoints }: Subject,
  { request, deregistration, drain }: StopTimes & Pick<Unfinished, 'request'>,
): Breach {
  const { name, drain: kind } = server.descriptor;
  const prompt = promptOf(endpoints, request);
  if (rule === 'D1') {
    return {
      code: 'DrainTooLong',
      message:
        `${prompt} must be at most ${deregistration} s (rule D1): ${target.name} waits no longer for the requests of a replica ` +
        `that it takes out, and ends what runs then, whatever the server does; use a shorter timeout, or ${CUT}`,
    };
  }
  if (rule === 'D2' && less.row === 'longest request') {
    const can =
      kind === DrainBehavior.DROPS_REQUESTS
        ? 'drops its requests when it is stopped'
        : `can drain for at most ${drain} s on this compute`;
    return {
      code: 'DrainTooLong',
      message: `${prompt} must be at most ${more.seconds} s (rule D2): 'directCallers' reach the replicas around ${target.name}, so only the drain ends their requests, and ${name} ${can}; ${[...versionWays(server.descriptor), 'use a shorter timeout'].join(', or ')}, ${CUT}, a compute without a limit, a server that drains, or let every caller use the endpoint`,
    };
  }
  return {
    code: 'DrainTooLong',
    message: `${more.what} (${more.seconds} s) must be at least ${less.seconds + margin} s (rule ${rule}), because ${less.what} is ${less.seconds} s; use a shorter timeout`,
  };
}
