import {
  BOUND_UNKNOWN,
  type Facts,
  type MeasuredSeconds,
  type MeasuredStatus,
} from '../../../scripts/measured-servers';
import { DrainBehavior, type ServerDescriptor } from '../../../src/plan/server/descriptor';
import { isSettable } from '../../../src/plan/server/knobs';
import type { Exit, Lifetime, Measurement, Outcome, Reception } from './measurement';
import { ARRIVALS, TIMES } from './probes';

/** An exit that is less than this before its limit, in seconds, has used its whole drain time. */
const EARLY = 0.7;
const KILLED = 137;

const RECEPTIONS = {
  refused: 'refused',
  reset: 'reset',
  served: 'served',
  hang: 'hang, then reset',
} as const satisfies Record<Reception, Facts['newConnections']>;

const tenths = (seconds: number) => Math.round(seconds * 10) / 10;
const lifetime = ({ seconds, watched }: Lifetime): MeasuredSeconds =>
  seconds === undefined ? `> ${watched}` : tenths(Math.max(0, seconds));
const status = (outcome: Outcome): MeasuredStatus => outcome.status ?? 'closed';
const exitTime = ({ seconds, watched }: Exit, from = 0): MeasuredSeconds =>
  seconds === undefined ? `> ${watched}` : tenths(Math.max(0, seconds - from));

/** The facts of a measurement, in the terms of descriptors. */
export function factsOf(measured: Measurement, descriptor: ServerDescriptor): Facts {
  const { server, version, connections, stop, idleStop, bound, defaults, load, without } = measured;
  return {
    server,
    version,
    ...(connections && {
      idle: lifetime(connections.idle),
      silent: lifetime(connections.silent),
      halfHeader: lifetime(connections.halfHeader),
      late: status(connections.late),
    }),
    ...(defaults && {
      defaultIdle: lifetime(defaults.idle),
      listensWhenReady: defaults.listensWhenReady,
      badPaths: Object.entries(defaults.paths)
        .filter(([, code]) => code < 200 || code >= 300)
        .map(([path]) => path),
    }),
    ...(stop && {
      drain: drainOf(measured, descriptor),
      running: status(stop.running),
      announcesClose: stop.announcesClose,
      stream: stop.stream,
      newConnections: RECEPTIONS[lastReception(stop)],
      idleAtStop: lifetime(stop.idle),
      exitAfterResponse: exitTime(stop.exit, stop.running.status === undefined ? 0 : stop.running.seconds),
      exitCode: stop.exit.code ?? KILLED,
    }),
    ...(idleStop && { exitIdle: exitTime(idleStop.exit) }),
    ...(bound && { pastBound: pastBound(bound.running) }),
    ...(load && {
      overflow: overflow(load.statuses),
      ...(load.metrics && { missingMetrics: load.metrics.status === 200 ? load.metrics.missing : ['the page'] }),
    }),
    ...(without && { without }),
  };
}

/** The reception of the last connection that was opened while the request was running: after it a server may exit. */
function lastReception({ newConnections, running }: NonNullable<Measurement['stop']>): Reception {
  const during = ARRIVALS.filter((after) => after < running.seconds);
  return newConnections[Math.max(0, during.length - 1)] as Reception;
}

function drainOf({ stop, idleStop, defaultBound }: Measurement, { drainKnob }: ServerDescriptor): Facts['drain'] {
  if (stop === undefined) return undefined;
  const { running, stream, exit } = stop;
  if (running.status !== 200 || stream === 'cut' || exit.seconds === undefined) return DrainBehavior.DROPS_REQUESTS;
  const { drain, keepAlive } = TIMES.stop;
  const set = isSettable(drainKnob) ? drain : Number.POSITIVE_INFINITY;
  const whole = exit.seconds >= Math.min(set, running.seconds + keepAlive) - EARLY;
  const wholeIdle = idleStop !== undefined && (idleStop.exit.seconds ?? set) >= Math.min(set, keepAlive) - EARLY;
  if (whole || wholeIdle) return DrainBehavior.WAITS_FULL_PERIOD;
  if (defaultBound === undefined) return BOUND_UNKNOWN;
  return defaultBound.running.status === 200 ? DrainBehavior.UNBOUNDED : DrainBehavior.COMPLETES_REQUESTS;
}

function pastBound({ status: code }: Outcome): Facts['pastBound'] {
  if (code === undefined) return 'closed without a response';
  return code === 200 ? 'no bound' : (String(code) as '500');
}

function overflow(statuses: Readonly<Record<string, number>>): Facts['overflow'] {
  const others = Object.keys(statuses).filter((code) => code !== '200');
  if (others.length === 0) return 'wait';
  return others.includes('lost') ? 'closed' : Number(others[0]);
}
