/** Searches for valid times where a plan has none, on a grid of all values that could matter. */
import type { ServingPlan } from '../../src/plan/plan';
import type { ServerDescriptor } from '../../src/plan/server/descriptor';
import { KnobPlace } from '../../src/plan/server/parts';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';
import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import { lost } from './judge';
import { chainOf, demandOf, leavingOf, type Settings, type Surroundings } from './of-plan';
import { aloneScenarios, leavingScenarios, reuseScenarios, type Scenario } from './scenarios';
import type { Chain, Leaving } from './world';

/** The keep-alive of a server that supports any value. */
const LONG = 1e6;
/** The margin between two timers in whole seconds, and values around it. */
const STEPS = [0, 5, 9, 10, 11];
/** The time that a process needs to exit after its last request, within the limit of the compute. */
const EXIT = 5;

/** An idle timeout of the balancer that loses nothing while no replica stops; undefined if there is none. */
export function findIdle(plan: ServingPlan, around: Surroundings, override?: number): number | undefined {
  const { canCloseEach = false } = around.target.idle;
  const fits = (backend: BackendPlan, idle: number) =>
    (canCloseEach ? [true, false] : [false]).some((closeEach) =>
      backend.endpoints.every((path) => isSafe(around, plan.endpoint(path), backend, { idle, closeEach })),
    );
  return idleGrid(plan, around, override).find((idle) => plan.backends.every((backend) => fits(backend, idle)));
}

function isSafe(
  around: Surroundings,
  endpoint: EndpointPlan,
  backend: BackendPlan,
  settings: Pick<Settings, 'idle' | 'closeEach'>,
): boolean {
  const keepAlive = backend.intent.timeouts?.keepAliveSeconds ?? LONG;
  const chain = chainOf(around, endpoint, backend, { ...settings, keepAlive });
  return losesNothing(chain, aloneScenarios([demandOf(endpoint)])) && losesNothing(chain, reuseScenarios(chain));
}

/** Every idle timeout at which the result could change, and others. */
function idleGrid(plan: ServingPlan, { target: { idle }, behind }: Surroundings, override?: number): number[] {
  if (idle.settable === false) return [idle.defaultSeconds];
  const isLegal = (seconds: number) => seconds >= idle.min && seconds <= idle.max;
  if (override !== undefined) return [override].filter(isLegal);
  const required = [
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
    ...required.flatMap((seconds) => STEPS.map((step) => Math.ceil(seconds) + step)),
    ...kept.flatMap((seconds) => STEPS.map((step) => Math.floor(seconds) - step)),
  ];
  return [...new Set(grid)].filter(isLegal);
}

/** Stop times of a replica of the backend that lose nothing; undefined if there are none. */
export function findStop(
  plan: ServingPlan,
  around: Surroundings,
  backend: BackendPlan,
): Omit<Leaving, 'at'> | undefined {
  const settings: Settings = { idle: LONG, closeEach: false, keepAlive: LONG };
  for (const { drain, ...leaving } of stopGrid(around.target, backend)) {
    const safe = backend.endpoints.every((path) => {
      const endpoint = plan.endpoint(path);
      const { hops, server } = chainOf(around, endpoint, backend, settings);
      // Requests after SIGTERM count as lost, although some servers answer them.
      const chain: Chain = { hops, server: { ...server, drain, lateConnection: 'hangs', servesLate: false } };
      return losesNothing(chain, leavingScenarios([demandOf(endpoint)], leaving));
    });
    if (safe) return leaving;
  }
  return undefined;
}

/** All valid stop times of a replica at which the result could change, and others. */
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
        ...(first && { deregistered: wait, lastDirect: base.lastDirect > 0 ? wait : 0 }),
        signal: wait,
        kill,
        drain,
      };
  }
}

/** The possible values of a time: the override, or all within the limit. */
function grid(override: number | undefined, values: readonly number[], most: number): number[] {
  if (override !== undefined) return override <= most ? [override] : [];
  return [...new Set(values.map((value) => Math.min(most, Math.max(0, value))))].filter((value) => value >= 0);
}

/** The longest drain that the server supports. */
function longestDrain({ drainKnob: knob }: ServerDescriptor): number {
  const isSettable = knob === undefined || knob.place === KnobPlace.FLAG || knob.place === KnobPlace.VARIABLE;
  return (isSettable ? knob?.maxSeconds : knob.defaultSeconds) ?? LONG;
}

function losesNothing(chain: Chain, scenarios: Iterable<Scenario>): boolean {
  return lost(chain, scenarios).next().done === true;
}
