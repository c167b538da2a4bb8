/** The simulated scenarios: everything for which the times of a chain matter, and a few random ones. */
import { type Call, type Chain, type Chance, LATENCY, type Leaving, MAX_SKEW } from './world';

/** The longest request and stream of an endpoint. */
export interface Demand {
  readonly request: number;
  readonly stream?: { readonly seconds: number; readonly heartbeat: number; readonly mayBeCut: boolean };
}

/** Calls, the random conditions, and whether the replica stops. */
export interface Scenario {
  readonly calls: readonly Call[];
  readonly chance: Chance;
  readonly leaving?: Leaving;
}

/** The distance of a scenario from a limit: small, but more than the latency to the server. */
const EPSILON = 8 * LATENCY;
const LATE: Chance = { early: MAX_SKEW };

const short = (at: number, more: Partial<Call> = {}): Call => ({ at, seconds: 1, silence: 1, ...more });

function longest({ request, stream }: Demand, at: number): Call[] {
  const call = { at, seconds: request, silence: request };
  if (stream === undefined) return [call];
  const { seconds, heartbeat, mayBeCut } = stream;
  return [call, { at, seconds, silence: Math.min(heartbeat, seconds), mayBeCut }];
}

/** The longest calls, with nothing else going on. */
export function* aloneScenarios(demands: readonly Demand[]): Generator<Scenario> {
  for (const demand of demands) for (const call of longest(demand, 0)) yield { calls: [call], chance: LATE };
}

/** Two calls with a pause that ends around the end of every timer. */
export function* reuseScenarios({ hops, server }: Chain): Generator<Scenario> {
  const parties = hops.filter((hop) => !hop.passesThrough);
  const count = parties.length;
  const forgets = hops.flatMap(({ passesThrough, silence }) => (passesThrough ? [silence] : []));
  /** The timers that close connections, each with the round trip by which it starts later than the pause. */
  const ends = [...parties.slice(1).map(({ clientIdle }) => clientIdle), server.keepAlive].map((seconds, index) => ({
    seconds,
    roundTrip: 2 * (count - 1 - index) * LATENCY,
  }));
  const times = [...parties.map(({ serverIdle }) => serverIdle), ...ends.map(({ seconds }) => seconds), ...forgets];
  for (const pause of around(times)) {
    const meeting = ends.map(({ seconds, roundTrip }) => seconds - pause + roundTrip + LATENCY / 2);
    for (const early of chances([...meeting, ...forgets.map((seconds) => seconds - pause)]))
      yield { calls: [short(0), short(1 + pause)], chance: { early } };
  }
  if (!Number.isFinite(server.firstByte)) return;
  for (const pause of around([...times, server.firstByte])) {
    for (const early of chances([server.firstByte - pause - count * LATENCY + LATENCY / 2]))
      yield { calls: [short(pause)], chance: { early, preconnectAt: 0 } };
  }
}

/** Pauses just before the end of each timer, and before its earliest end. */
function around(times: readonly number[]): Set<number> {
  const pauses = times.flatMap((seconds) => [seconds - EPSILON, seconds - MAX_SKEW]);
  return new Set(pauses.filter((seconds) => seconds > 0 && Number.isFinite(seconds)));
}

/** The skews to try: none, the maximum, and those that make two events coincide. */
function chances(meeting: readonly number[]): Set<number> {
  return new Set([0, MAX_SKEW, ...meeting.filter((early) => early >= 0 && early <= MAX_SKEW)]);
}

/** The longest calls that a stopping replica can get, from the last one before the stop to the last of all. */
export function* leavingScenarios(demands: readonly Demand[], stop: Omit<Leaving, 'at'>): Generator<Scenario> {
  const leaving = { ...stop, at: 5 };
  const { at, lastSent, lastDirect } = leaving;
  const sent = new Set([at - 1, at, at + lastSent / 2, at + lastSent].map((time) => time - EPSILON));
  for (const demand of demands) {
    for (const time of sent)
      for (const call of longest(demand, time)) yield { calls: [short(0), call], chance: { early: 0 }, leaving };
    if (lastDirect > 0)
      for (const call of longest(demand, at + lastDirect - EPSILON))
        yield { calls: [{ ...call, direct: true }], chance: { early: 0 }, leaving };
  }
}

/** Random calls at random times, some of them while the replica stops. */
export function randomScenario(demands: readonly Demand[], stop: Omit<Leaving, 'at'>, random: () => number): Scenario {
  const horizon = 2 * Math.max(...demands.map(({ request }) => request)) + 60;
  const calls = Array.from({ length: 6 }, (): Call[] => {
    const demand = demands[Math.floor(random() * demands.length)] as Demand;
    const [request, stream] = longest(demand, random() * horizon);
    const call = (random() < 0.7 ? request : (stream ?? request)) as Call;
    const seconds = call.seconds * random();
    return [{ ...call, seconds, silence: Math.min(seconds, call.silence) }];
  }).flat();
  return { calls, chance: { early: random() * MAX_SKEW }, leaving: { ...stop, at: random() * horizon } };
}
