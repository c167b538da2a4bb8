/** The probes: actions on a running server, and their observations. */
import { writeSync } from 'node:fs';
import { isSettable } from '../../../src/plan/server/knobs';
import type { MetricsEndpoint } from '../../../src/plan/server/parts';
import type { Connection, ProbeRequest, ProbeResponse } from './connection';
import type { Exit, Lifetime, Measurement, MetricsPage, Outcome, Reception } from './measurement';
import { versionOf } from './runtimes';
import { NotReady, type ProbeTimes, RunningSubject, render, type StartChanges, sleep } from './start';
import type { ProbeName, Subject } from './subject';

/** The times of each probe. If connections are kept at the signal, the keep-alive is longer than the drain time. */
export const TIMES = {
  connections: { keepAlive: 3, drain: 9, watchdog: 8, request: 5 },
  stop: { keepAlive: 22, drain: 20, watchdog: 60, request: 60 },
  'idle stop': { keepAlive: 22, drain: 20, watchdog: 60, request: 60 },
  bound: { keepAlive: 11, drain: 2, watchdog: 60, request: 60 },
  defaults: {},
  'default bound': {},
  load: { keepAlive: 22, drain: 20, watchdog: 60, request: 5 },
} as const satisfies Record<ProbeName, ProbeTimes>;

/** How long loading takes in the readiness probe, in seconds. */
export const LOAD_SECONDS = 4;
/** How long a request continues after the signal, in seconds. */
export const REMAINING_SECONDS = 6;
/** When connections are opened after the signal, in seconds. */
export const ARRIVALS = [0.1, 1, 3, 5] as const;
/** The duration of a request that outlasts every limit of its probe, in seconds. */
export const LATE_SECONDS = 11;
/** How long after its drain time a server is killed, in seconds. */
const PATIENCE_SECONDS = 14;
/** The longest default time that a probe waits for, in seconds. */
const LONGEST_DEFAULT = 40;

/** How often metrics are read, once per second. */
const METRICS_TRIES = 6;

const QUICK = 0;
const now = () => Date.now();
const since = (start: number, at = now()) => Math.round((at - start) / 10) / 100;

/** The descriptor of a subject in a probe. */
export const descriptorIn = (subject: Subject) => (probe: ProbeName) =>
  render(subject, { times: TIMES[probe] }).descriptor;

/**
 * Starts a subject, and once more if it is not ready in time, as a kubelet restarts it. A server that forks its workers
 * can hang: Granian was seen to hang before it loads the application.
 */
async function started(subject: Subject, changes: StartChanges): Promise<RunningSubject> {
  try {
    return await RunningSubject.start(subject, changes);
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    writeSync(1, `\nstarted again: ${error.message}\n`);
    return RunningSubject.start(subject, changes);
  }
}

/** Starts a subject, probes it and stops it. */
async function probe<T>(
  subject: Subject,
  name: ProbeName,
  changes: StartChanges,
  body: (running: RunningSubject) => Promise<T>,
): Promise<T> {
  const running = await started(subject, { times: TIMES[name], ...changes });
  try {
    return await body(running);
  } catch (error) {
    throw new Error(`the probe '${name}' of ${subject.id} failed: ${error}\n${running.container.log()}`);
  } finally {
    await running.dispose();
  }
}

async function watch(connection: Connection, from: number, seconds: number): Promise<Lifetime> {
  const end = await connection.ended(seconds * 1000 - (now() - from));
  const response = await connection.response(0);
  return {
    watched: seconds,
    ...(end !== undefined && { seconds: since(from, end.at) }),
    ...(response !== undefined && { status: response.status }),
  };
}

async function idle(running: RunningSubject, request: ProbeRequest, seconds: number): Promise<Lifetime> {
  const connection = running.open();
  const response = await connection.ask(request);
  if (response === undefined) throw new Error('the request before the idle time got no response');
  return watch(connection, response.at, seconds);
}

const outcome = (response: ProbeResponse | undefined, end: number | undefined, from: number): Outcome => ({
  ...(response !== undefined && { status: response.status }),
  seconds: since(from, response?.at ?? end),
});

/** Observes connections without traffic. A control test may change the start. */
export async function connections(subject: Subject, changes: StartChanges = {}): Promise<Measurement['connections']> {
  return probe(subject, 'connections', changes, async (running) => {
    const { patienceSeconds = 14 } = subject;
    const start = now();
    const late = running.open();
    const silent = running.open();
    const half = running.open();
    half.write('GET / HTTP/1.1\r\nHost: container\r\n');
    const [lateResponse, ...lifetimes] = await Promise.all([
      late.ask(subject.request(LATE_SECONDS)),
      idle(running, subject.request(QUICK), patienceSeconds),
      watch(silent, start, patienceSeconds),
      watch(half, start, patienceSeconds),
    ]);
    const [idleTime, silentTime, halfHeader] = lifetimes as [Lifetime, Lifetime, Lifetime];
    return { idle: idleTime, silent: silentTime, halfHeader, late: outcome(lateResponse, late.ending?.at, start) };
  });
}

/** Sends SIGTERM to the first process and waits until it exits. */
async function stop(running: RunningSubject, drain = 0): Promise<Exit> {
  const limit = drain + PATIENCE_SECONDS;
  const { code, seconds } = await running.container.stop(limit);
  return seconds >= limit ? { watched: limit } : { watched: limit, seconds: Math.round(seconds * 100) / 100, code };
}

async function arrive(running: RunningSubject, request: ProbeRequest): Promise<Reception> {
  const opened = now();
  const connection = running.open();
  const response = await connection.ask(request);
  if (response !== undefined) return 'served';
  if (connection.ending?.how === 'refused') return 'refused';
  return (connection.ending?.at ?? now()) - opened < 300 ? 'reset' : 'hang';
}

async function stopWithRequests(subject: Subject): Promise<Measurement['stop']> {
  return probe(subject, 'stop', {}, async (running) => {
    const { drain, keepAlive } = TIMES.stop;
    const kept = running.open();
    await kept.ask(subject.request(QUICK));
    const busy = running.open();
    const seconds = REMAINING_SECONDS + 1;
    const answered = busy.ask(subject.request(seconds));
    const stream = subject.stream && running.open().ask(subject.stream(seconds));
    await sleep(1000);
    const signal = now();
    const ended = stop(running, drain);
    const news = ARRIVALS.map(async (after) => {
      await sleep(after * 1000);
      return arrive(running, subject.request(QUICK));
    });
    const response = await answered;
    const streamed = await stream;
    const exit = await ended;
    return {
      running: outcome(response, busy.ending?.at, signal),
      ...(response !== undefined && {
        announcesClose: response.headers.get('connection')?.toLowerCase() === 'close',
      }),
      ...(stream !== undefined && { stream: streamed?.status === 200 ? ('complete' as const) : ('cut' as const) }),
      idle: await watch(kept, signal, drain + keepAlive),
      newConnections: await Promise.all(news),
      exit,
    };
  });
}

async function stopIdle(subject: Subject): Promise<Measurement['idleStop']> {
  return probe(subject, 'idle stop', {}, async (running) => {
    await running.open().ask(subject.request(QUICK));
    await sleep(300);
    return { exit: await stop(running, TIMES['idle stop'].drain) };
  });
}

async function stopPastBound(
  subject: Subject,
  name: 'bound' | 'default bound',
  drain: number,
  seconds: number,
): Promise<NonNullable<Measurement['bound']>> {
  return probe(subject, name, {}, async (running) => {
    const busy = running.open();
    const answered = busy.ask(subject.request(seconds));
    await sleep(300);
    const signal = now();
    const ended = stop(running, Math.max(drain, seconds));
    const response = await answered;
    return { running: outcome(response, busy.ending?.at, signal), exit: await ended };
  });
}

async function defaults(subject: Subject): Promise<Measurement['defaults']> {
  return probe(subject, 'defaults', { load: LOAD_SECONDS }, async (running) => {
    const { keepAliveKnob, keepAliveSeconds, livenessPath } = running.descriptor;
    const standard = keepAliveKnob?.defaultSeconds ?? keepAliveSeconds ?? 0;
    const paths: Record<string, number> = {};
    for (const path of new Set([livenessPath, running.readyPath].flatMap((one) => one ?? [])))
      paths[path] = (await running.ask({ path }))?.status ?? 0;
    return {
      listensWhenReady: running.listensWhenReady,
      idle: await idle(running, subject.request(QUICK), Math.min(standard + 4, LONGEST_DEFAULT)),
      paths,
    };
  });
}

async function defaultBound(subject: Subject): Promise<Measurement['defaultBound']> {
  const { drainKnob } = render(subject).descriptor;
  const { defaultSeconds = LATE_SECONDS } = drainKnob ?? {};
  if (!isSettable(drainKnob) || defaultSeconds > LONGEST_DEFAULT) return undefined;
  const { running } = await stopPastBound(subject, 'default bound', defaultSeconds, defaultSeconds + 4);
  return { running };
}

async function load(subject: Subject): Promise<Measurement['load']> {
  return probe(subject, 'load', { extraArgs: subject.loadArgs ?? [] }, async (running) => {
    const start = now();
    const requests = Array.from({ length: subject.loadRequests ?? 12 }, () => running.ask(subject.request(1)));
    const statuses: Record<string, number> = {};
    for (const response of await Promise.all(requests)) {
      const key = response === undefined ? 'lost' : String(response.status);
      statuses[key] = (statuses[key] ?? 0) + 1;
    }
    const seconds = since(start);
    const { metrics } = running.descriptor;
    return { statuses, seconds, ...(metrics && { metrics: await readMetrics(running, metrics) }) };
  });
}

/** Reads the metrics until they contain every name, because some servers collect them every few seconds. */
async function readMetrics(running: RunningSubject, { path, port, ...names }: MetricsEndpoint): Promise<MetricsPage> {
  const expected = [names.running, names.waiting, names.latency].flatMap((one) => one ?? []);
  for (let tries = 1; ; tries++) {
    const page = await running.ask({ path }, port);
    const read = { status: page?.status ?? 0, missing: expected.filter((one) => !page?.body.includes(one)) };
    if ((read.status === 200 && read.missing.length === 0) || tries === METRICS_TRIES) return read;
    await sleep(1000);
  }
}

const PROBES = {
  connections: (subject: Subject) => connections(subject),
  stop: stopWithRequests,
  'idle stop': stopIdle,
  bound: (subject: Subject) => stopPastBound(subject, 'bound', TIMES.bound.drain, LATE_SECONDS),
  defaults,
  'default bound': defaultBound,
  load,
} as const satisfies Record<ProbeName, (subject: Subject) => Promise<Measurement[keyof Measurement]>>;

/** The field of a measurement that a probe fills. */
const FIELDS = {
  connections: 'connections',
  stop: 'stop',
  'idle stop': 'idleStop',
  bound: 'bound',
  defaults: 'defaults',
  'default bound': 'defaultBound',
  load: 'load',
} as const satisfies Record<ProbeName, keyof Measurement>;

/** Limits the number of concurrent probes. They mostly wait. */
export class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  public async take<T>(body: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await body();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}

/** Measures a subject with every probe that applies, or with the given ones. Each probe starts the server anew. */
export async function measure(
  subject: Subject,
  turns: Turns,
  probes = Object.keys(PROBES) as ProbeName[],
): Promise<Measurement> {
  const { without = {} } = subject;
  const names = probes.filter((name) => without[name] === undefined);
  const results = await Promise.all(
    names.map(async (name) => [FIELDS[name], await turns.take<unknown>(() => PROBES[name](subject))] as const),
  );
  const { descriptor } = render(subject);
  return {
    server: descriptor.name,
    version: versionOf(subject.runtime),
    ...Object.fromEntries(results.filter(([, value]) => value !== undefined)),
    ...(Object.keys(without).length > 0 && { without }),
  };
}
