/** Compares measured facts with a descriptor, and with the record. */
import { BOUND_UNKNOWN, type Facts } from '../../../scripts/measured-servers';
import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../../src/plan/server/descriptor';
import { keepAliveOf } from '../../../src/plan/server/knobs';
import { DrainTimeoutBehavior, type SilentLimit } from '../../../src/plan/server/parts';
import { TIMES } from './probes';
import type { ProbeName } from './subject';

type Value = string | number | boolean | readonly string[] | undefined;

/** What a descriptor declares about a fact. */
interface Claim {
  readonly fact: keyof Facts;
  /** The probe that measures it. */
  readonly probe: ProbeName;
  readonly declared: (descriptor: ServerDescriptor, facts: Facts) => Value;
  /** How much a time may differ, in seconds. A busy machine delays everything, but nothing happens early. */
  readonly tolerance?: Tolerance;
  /** How much later than configured the server itself may act. */
  readonly later?: (descriptor: ServerDescriptor) => number | undefined;
}

interface Tolerance {
  readonly early: number;
  readonly late: number;
}

export interface Difference {
  readonly fact: keyof Facts;
  /** The probe that measures it, if any. */
  readonly probe?: ProbeName;
  readonly text: string;
}

/** Facts that no descriptor declares, and the probe that measures them. */
const PROBES_OF_OTHERS: Partial<Record<keyof Facts, ProbeName>> = {
  running: 'stop',
  idleAtStop: 'stop',
  exitIdle: 'idle stop',
};

/** How much shorter a time may appear if it starts before the client sees it. */
const EARLY = 0.7;
/** The tolerance of a time of the server, as seen by the client. */
const SEEN = { early: EARLY, late: 2.5 };
/** The tolerance of a time that ends when all processes have exited. */
const EXIT = { early: EARLY, late: 10 };
/** The same, if the descriptor declares the maximum. */
const EXIT_AT_MOST = { ...EXIT, early: Number.POSITIVE_INFINITY };

/** Behaviors of a server that exits with its last request. Without a drain time they cannot be distinguished. */
const COMPLETES = [DrainBehavior.COMPLETES_REQUESTS, DrainBehavior.UNBOUNDED];

/** Never ends: every observed time agrees with it. */
const OPEN = Number.POSITIVE_INFINITY;

function limit(declared: SilentLimit | undefined, keepAlive: number): number {
  if (declared === undefined) return OPEN;
  const added = { keepAlive, watchdog: TIMES.connections.watchdog }[declared.plus ?? ''] ?? 0;
  return declared.seconds + added;
}

function keptFor(descriptor: ServerDescriptor): number {
  return descriptor.keepAlive === KeepAliveKind.CLOSES_EACH ? 0 : keepAliveOf(descriptor, TIMES.connections.keepAlive);
}

const CLAIMS: readonly Claim[] = [
  {
    fact: 'idle',
    probe: 'connections',
    declared: (descriptor) => (descriptor.keepAlive === KeepAliveKind.UNKNOWN ? undefined : keptFor(descriptor)),
    tolerance: SEEN,
    later: ({ keepAliveLagSeconds }) => keepAliveLagSeconds,
  },
  {
    fact: 'silent',
    probe: 'connections',
    declared: (descriptor) => limit(descriptor.silentLimit, keptFor(descriptor)),
    later: ({ silentLimit }) => silentLimit?.lagSeconds,
    tolerance: SEEN,
  },
  {
    fact: 'halfHeader',
    probe: 'connections',
    declared: (descriptor) => limit(descriptor.headerLimit, keptFor(descriptor)),
    later: ({ headerLimit }) => headerLimit?.lagSeconds,
    tolerance: SEEN,
  },
  {
    fact: 'late',
    probe: 'connections',
    declared: ({ requestLimit }) =>
      requestLimit === undefined || requestLimit.waitingOnly
        ? 200
        : requestLimit.status === 0
          ? 'closed'
          : (requestLimit.status ?? 'unknown'),
  },
  {
    fact: 'defaultIdle',
    probe: 'defaults',
    declared: ({ keepAlive, keepAliveKnob, keepAliveSeconds }) => {
      if (keepAlive === KeepAliveKind.CLOSES_EACH) return 0;
      if (keepAlive === KeepAliveKind.NEVER_CLOSES) return OPEN;
      return keepAliveKnob?.defaultSeconds ?? keepAliveSeconds;
    },
    tolerance: SEEN,
    later: ({ keepAliveLagSeconds }) => keepAliveLagSeconds,
  },
  { fact: 'listensWhenReady', probe: 'defaults', declared: ({ listensWhenReady }) => listensWhenReady },
  { fact: 'badPaths', probe: 'defaults', declared: () => [] },
  {
    fact: 'drain',
    probe: 'stop',
    declared: ({ drain }, facts) =>
      facts.drain === BOUND_UNKNOWN && COMPLETES.includes(drain) ? BOUND_UNKNOWN : drain,
  },
  { fact: 'announcesClose', probe: 'stop', declared: ({ announcesClose }) => announcesClose },
  { fact: 'newConnections', probe: 'stop', declared: ({ newConnections }) => newConnections },
  {
    fact: 'stream',
    probe: 'stop',
    declared: ({ streaming, drain }) => (streaming && drain !== DrainBehavior.DROPS_REQUESTS ? 'complete' : undefined),
  },
  {
    fact: 'exitAfterResponse',
    probe: 'stop',
    declared: ({ drain, lingerSeconds = 0 }) => (COMPLETES.includes(drain) ? lingerSeconds : undefined),
    tolerance: EXIT_AT_MOST,
  },
  { fact: 'exitCode', probe: 'stop', declared: ({ stopExitCode = 0 }) => stopExitCode },
  {
    fact: 'pastBound',
    probe: 'bound',
    declared: ({ drainTimeoutBehavior, drain }) =>
      drain === DrainBehavior.DROPS_REQUESTS ? undefined : (drainTimeoutBehavior ?? DrainTimeoutBehavior.UNKNOWN),
  },
  {
    fact: 'overflow',
    probe: 'load',
    declared: ({ overflow }) => (overflow === undefined ? 'unknown' : (overflow.status ?? 'wait')),
  },
  { fact: 'missingMetrics', probe: 'load', declared: ({ metrics }) => (metrics === undefined ? undefined : []) },
];

/** The descriptor of a subject in a probe. Times that are set in code differ between probes. */
export type DescriptorOf = (probe: ProbeName) => ServerDescriptor;

/** The differences between a descriptor and measured facts. Facts that are not measured or not declared are skipped. */
export function differences(descriptorOf: DescriptorOf, facts: Facts): Difference[] {
  return CLAIMS.flatMap((claim) => {
    const { fact, probe } = claim;
    const descriptor = descriptorOf(probe);
    const declared = claim.declared(descriptor, facts);
    const measured = facts[fact] as Value;
    if (declared === undefined || measured === undefined) return [];
    if (same(declared, measured, toleranceOf(claim, descriptor))) return [];
    return [
      { fact, probe, text: `${fact}: the descriptor declares ${show(declared)}, measured was ${show(measured)}` },
    ];
  });
}

/** The differences between the record and measured facts. */
export function changes(descriptorOf: DescriptorOf, recorded: Facts | undefined, facts: Facts): Difference[] {
  if (recorded === undefined) return [];
  return (Object.keys({ ...recorded, ...facts }) as (keyof Facts)[]).flatMap((fact) => {
    const [before, now] = [recorded[fact], facts[fact]] as [Value, Value];
    const claim = CLAIMS.find((one) => one.fact === fact);
    // Either measurement may have been late.
    const { late } = (claim && toleranceOf(claim, descriptorOf(claim.probe))) ?? EXIT;
    if (same(before, now, typeof before === 'number' && fact !== 'exitCode' ? { early: late, late } : undefined))
      return [];
    const text = `${fact}: recorded is ${show(before)}, measured was ${show(now)}`;
    return [{ fact, probe: claim?.probe ?? PROBES_OF_OTHERS[fact], text }];
  });
}

function toleranceOf({ tolerance, later }: Claim, descriptor: ServerDescriptor): Tolerance | undefined {
  return tolerance && { ...tolerance, late: tolerance.late + (later?.(descriptor) ?? 0) };
}

function same(declared: Value, measured: Value, tolerance?: Tolerance): boolean {
  if (tolerance === undefined || typeof declared !== 'number')
    return JSON.stringify(declared) === JSON.stringify(measured);
  // A time that had not ended when the observation stopped may end later.
  if (typeof measured === 'string') return declared >= Number(measured.replace('> ', '')) - EARLY;
  return (measured as number) >= declared - tolerance.early && (measured as number) <= declared + tolerance.late;
}

function show(value: Value): string {
  return value === undefined ? 'nothing' : value === OPEN ? 'never' : JSON.stringify(value);
}
