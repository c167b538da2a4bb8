/** What is tried: everything that the times of a way make a difference for, and a little of anything else. */
import { APART, type Call, type Chance, LATENCY, type Leaving, type Way } from './world';

/** The longest that an endpoint sends. */
export interface Demand {
  readonly request: number;
  readonly stream?: { readonly seconds: number; readonly heartbeat: number; readonly mayBeCut: boolean };
}

/** Calls, what chance does meanwhile, and whether the replica is taken away. */
export interface Scenario {
  readonly calls: readonly Call[];
  readonly chance: Chance;
  readonly leaving?: Leaving;
}

/** A little less than a time, but more than a packet takes to get somewhere. */
const LITTLE = 8 * LATENCY;
const LATE: Chance = { early: APART };

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

/** Two calls with a pause, around the end of every timer between them. */
export function* reuseScenarios({ hops, server }: Way): Generator<Scenario> {
  const parties = hops.filter((hop) => !hop.passesThrough);
  const count = parties.length;
  const forgets = hops.flatMap(({ passesThrough, silence }) => (passesThrough ? [silence] : []));
  /** What ends connections, with how much later its timer starts than the next call leaves: the way there and back. */
  const ends = [...parties.slice(1).map(({ clientIdle }) => clientIdle), server.keepAlive].map((seconds, index) => ({
    seconds,
    way: 2 * (count - 1 - index) * LATENCY,
  }));
  const times = [...parties.map(({ serverIdle }) => serverIdle), ...ends.map(({ seconds }) => seconds), ...forgets];
  for (const pause of around(times)) {
    const meeting = ends.map(({ seconds, way }) => seconds - pause + way + LATENCY / 2);
    for (const early of chances([...meeting, ...forgets.map((seconds) => seconds - pause)]))
      yield { calls: [short(0), short(1 + pause)], chance: { early } };
  }
  if (!Number.isFinite(server.firstByte)) return;
  for (const pause of around([...times, server.firstByte])) {
    for (const early of chances([server.firstByte - pause - count * LATENCY + LATENCY / 2]))
      yield { calls: [short(pause)], chance: { early, opensAhead: 0 } };
  }
}

/** Just before each time, and before any other that should be the same can be over. */
function around(times: readonly number[]): Set<number> {
  const pauses = times.flatMap((seconds) => [seconds - LITTLE, seconds - APART]);
  return new Set(pauses.filter((seconds) => seconds > 0 && Number.isFinite(seconds)));
}

/** What chance can do: nothing, its worst, and what lets two events meet. */
function chances(meeting: readonly number[]): Set<number> {
  return new Set([0, APART, ...meeting.filter((early) => early >= 0 && early <= APART)]);
}

/** The longest calls that a leaving replica can get, from the last before anyone knows to the last of all. */
export function* leavingScenarios(demands: readonly Demand[], stop: Omit<Leaving, 'at'>): Generator<Scenario> {
  const leaving = { ...stop, at: 5 };
  const { at, lastSent, lastDirect } = leaving;
  const sent = new Set([at - 1, at, at + lastSent / 2, at + lastSent].map((time) => time - LITTLE));
  for (const demand of demands) {
    for (const time of sent)
      for (const call of longest(demand, time)) yield { calls: [short(0), call], chance: { early: 0 }, leaving };
    if (lastDirect > 0)
      for (const call of longest(demand, at + lastDirect - LITTLE))
        yield { calls: [{ ...call, direct: true }], chance: { early: 0 }, leaving };
  }
}

/** Any calls at any time, some of them while the replica leaves. */
export function randomScenario(demands: readonly Demand[], stop: Omit<Leaving, 'at'>, random: () => number): Scenario {
  const horizon = 2 * Math.max(...demands.map(({ request }) => request)) + 60;
  const calls = Array.from({ length: 6 }, (): Call[] => {
    const demand = demands[Math.floor(random() * demands.length)] as Demand;
    const [request, stream] = longest(demand, random() * horizon);
    const call = (random() < 0.7 ? request : (stream ?? request)) as Call;
    const seconds = call.seconds * random();
    return [{ ...call, seconds, silence: Math.min(seconds, call.silence) }];
  }).flat();
  return { calls, chance: { early: random() * APART }, leaving: { ...stop, at: random() * horizon } };
}
