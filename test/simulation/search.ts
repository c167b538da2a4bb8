/** Looks for times that would do where a plan says that none do: a grid of all that could make a difference. */
import type { ServingPlan } from '../../src/plan/plan';
import type { ServerDescriptor } from '../../src/plan/server/descriptor';
import { KnobPlace } from '../../src/plan/server/parts';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';
import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import { lost } from './judge';
import { demandOf, leavingOf, type Settings, type Surroundings, wayOf } from './of-plan';
import { aloneScenarios, leavingScenarios, reuseScenarios, type Scenario } from './scenarios';
import type { Leaving, Way } from './world';

/** What a server that can be told any keep-alive is told here. */
const LONG = 1e6;
/** What two timers may be apart, in whole seconds, and values around it. */
const STEPS = [0, 5, 9, 10, 11];
/** A process needs that long to end after its last request, and the compute's limit leaves as much. */
const EXIT = 5;

/** An idle time of the balancer with which nothing is lost while no replica leaves; undefined where there is none. */
export function findIdle(plan: ServingPlan, around: Surroundings, asked?: number): number | undefined {
  const { canCloseEach = false } = around.target.idle;
  const fits = (backend: BackendPlan, idle: number) =>
    (canCloseEach ? [true, false] : [false]).some((closeEach) =>
      backend.endpoints.every((path) => isSafe(around, plan.endpoint(path), backend, { idle, closeEach })),
    );
  return idleGrid(plan, around, asked).find((idle) => plan.backends.every((backend) => fits(backend, idle)));
}

function isSafe(
  around: Surroundings,
  endpoint: EndpointPlan,
  backend: BackendPlan,
  settings: Pick<Settings, 'idle' | 'closeEach'>,
): boolean {
  const keepAlive = backend.intent.timeouts?.keepAliveSeconds ?? LONG;
  const way = wayOf(around, endpoint, backend, { ...settings, keepAlive });
  return losesNothing(way, aloneScenarios([demandOf(endpoint)])) && losesNothing(way, reuseScenarios(way));
}

/** Every idle time at which something begins or ends to fit, and others. */
function idleGrid(plan: ServingPlan, { target: { idle }, behind }: Surroundings, asked?: number): number[] {
  if (idle.settable === false) return [idle.defaultSeconds];
  const isLegal = (seconds: number) => seconds >= idle.min && seconds <= idle.max;
  if (asked !== undefined) return [asked].filter(isLegal);
  const wanted = [
    ...plan.endpoints.flatMap(({ intent }) => {
      const { requestTimeoutSeconds, heartbeatSeconds = 0, streamSeconds = 0 } = intent;
      return [requestTimeoutSeconds, heartbeatSeconds, 2 * heartbeatSeconds, streamSeconds];
    }),
    ...behind.flatMap(({ serverIdleSeconds = 0 }) => serverIdleSeconds),
  ];
  const kept = plan.backends.flatMap(({ intent }) => {
    const { keepAliveSeconds = 0, keepAliveKnob } = intent.server.descriptor;
    const { maxSeconds = 0, defaultSeconds = 0 } = keepAliveKnob ?? {};
    return [keepAliveSeconds, maxSeconds, defaultSeconds, intent.timeouts?.keepAliveSeconds ?? 0];
  });
  const grid = [
    ...[idle.min, idle.max, idle.defaultSeconds, 1, 15, 50, 60, 350],
    ...wanted.flatMap((seconds) => STEPS.map((step) => Math.ceil(seconds) + step)),
    ...kept.flatMap((seconds) => STEPS.map((step) => Math.floor(seconds) - step)),
  ];
  return [...new Set(grid)].filter(isLegal);
}

/** A way to take a replica of the backend away in which nothing is lost; undefined where there is none. */
export function findStop(
  plan: ServingPlan,
  around: Surroundings,
  backend: BackendPlan,
): Omit<Leaving, 'at'> | undefined {
  const settings: Settings = { idle: LONG, closeEach: false, keepAlive: LONG };
  for (const { drain, ...leaving } of stopGrid(around.target, backend)) {
    const safe = backend.endpoints.every((path) => {
      const endpoint = plan.endpoint(path);
      const { hops, server } = wayOf(around, endpoint, backend, settings);
      // What comes after the signal no server promises to answer, though some do.
      const way: Way = { hops, server: { ...server, drain, newcomer: 'hangs', servesLate: false } };
      return losesNothing(way, leavingScenarios([demandOf(endpoint)], leaving));
    });
    if (safe) return leaving;
  }
  return undefined;
}

/** Every legal way to take a replica away at which something begins or ends to fit, and others. */
function* stopGrid(target: TargetProfile, backend: BackendPlan): Generator<Omit<Leaving, 'at'> & { drain: number }> {
  const { times, intent } = backend;
  const { timeouts = {} } = intent;
  const base = leavingOf(target, backend);
  const { requestTimeout: longest } = times;
  const first = target.drainOrder === DrainOrder.BALANCER_FIRST;
  const mostStop = intent.maxStopSeconds ?? target.maxStopSeconds ?? LONG;
  const mostWait = first ? (target.maxDeregistrationSeconds ?? LONG) : LONG;
  const mostDrain = timeouts.stopSeconds === undefined ? mostStop - 2 * EXIT : timeouts.stopSeconds - EXIT;
  const drains = grid(
    timeouts.drainSeconds,
    [0, 10, times.drain, longest, longest + EXIT, LONG],
    Math.min(timeouts.drainSeconds === undefined ? mostDrain : mostStop - EXIT, longestDrain(intent.server.descriptor)),
  );
  const waits = grid(
    first ? timeouts.deregistrationSeconds : timeouts.preStopSeconds,
    [0, 5, base.lastSent, longest - mostDrain, longest, longest + 10, longest + base.lastSent, LONG],
    mostWait,
  );
  for (const drain of drains) {
    const kill = timeouts.stopSeconds ?? drain + EXIT;
    if (kill < drain + EXIT || kill > mostStop) continue;
    for (const wait of waits)
      yield {
        ...base,
        ...(first && { letsGo: wait, lastDirect: base.lastDirect > 0 ? wait : 0 }),
        signal: wait,
        kill,
        drain,
      };
  }
}

/** The values that a time can have: the one that the user set, or each that is possible. */
function grid(asked: number | undefined, values: readonly number[], most: number): number[] {
  if (asked !== undefined) return asked <= most ? [asked] : [];
  return [...new Set(values.map((value) => Math.min(most, Math.max(0, value))))].filter((value) => value >= 0);
}

/** How long the server can drain, whatever it is asked for. */
function longestDrain({ drainKnob: knob }: ServerDescriptor): number {
  const told = knob === undefined || knob.place === KnobPlace.FLAG || knob.place === KnobPlace.VARIABLE;
  return (told ? knob?.maxSeconds : knob.defaultSeconds) ?? LONG;
}

function losesNothing(way: Way, scenarios: Iterable<Scenario>): boolean {
  return lost(way, scenarios).next().done === true;
}
