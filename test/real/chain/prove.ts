import { writeSync } from 'node:fs';
import { MARGIN_SECONDS } from '../../../src/plan/rules';
import type { Tally } from '../support/load';
import { raceKeepAlive, rollOut } from './chain';
import { type Asked, ecsLadder, withKeepAlive, withoutLadder } from './ladder';
import type { ProxyKind } from './proxies';
import { type ChainServer, fixedServer, SERVERS } from './servers';

/** The keep-alive of servers without a ladder, and the idle timeout of the proxy: 5 s and 60 s, scaled down. */
export const SHORT_KEEP_ALIVE = 1;
export const LONG_IDLE = 12 * SHORT_KEEP_ALIVE;

/** For quick requests, the request timeout matters only on a busy machine. */
const KEPT: Asked = { idle: SHORT_KEEP_ALIVE, longest: 60 };
const ROLLING: Asked = { idle: SHORT_KEEP_ALIVE, longest: 4 };

/** How often a control run, which must lose requests, is tried, because losses are random. */
const TRIES = 3;

const ALL_AROUND = Array.from({ length: 13 }, (_, index) => 50 * index - 300);
/** The steps that matter, for waves that take long. */
export const CLOSE_BY = [-150, -100, -50];

/** Pauses in milliseconds, some of which end while the close of the other side is still in transit. */
export function around(seconds: number, steps: readonly number[] = ALL_AROUND): number[] {
  return steps.map((step) => 1000 * seconds + step);
}

/** Proves for a proxy that no request is lost with the ladder, and that some are lost without it. */
export function proveChain(kind: ProxyKind): void {
  let slow: Promise<[Tally, Tally]>;

  beforeAll(() => {
    slow = Promise.all([closedEach(kind), closest(kind)]);
    // The last test checks the result.
    slow.catch(() => {});
  });
  afterAll(() => slow);

  describe.each(SERVERS)('$name ($drain) behind the proxy', (server) => {
    let runs: Promise<Runs>;

    beforeAll(async () => {
      runs = runAll(kind, server);
      await runs;
    });

    test('loses nothing when connections are idle for as long as allowed', async () => {
      const { race, raceControl } = await runs;
      print(`keep-alive: ${server.drain} ${server.name} behind ${kind.name}`, race, raceControl);
      expectNothingLost(race);
      expect(raceControl.lost).toBeGreaterThan(0);
    });

    test('loses nothing in a rolling update in the order of Kubernetes', async () => {
      const { together, control } = await runs;
      print(`rolling update: ${server.drain} ${server.name} behind ${kind.name}`, together, control);
      expectNothingLost(together);
      expect(control.lost).toBeGreaterThan(0);
    });

    test('loses nothing in a rolling update in the order of ECS', async () => {
      const { balancerFirst, control } = await runs;
      print(
        `rolling update, balancer first: ${server.drain} ${server.name} behind ${kind.name}`,
        balancerFirst,
        control,
      );
      expectNothingLost(balancerFirst);
      expect(control.lost).toBeGreaterThan(0);
    });
  });

  test('loses nothing when the server closes first without kept connections, or just after the idle time', async () => {
    const [each, tight] = await slow;
    print(`keep-alive: a connection for each request behind ${kind.name}`, each);
    print(`keep-alive: the shortest that is accepted behind ${kind.name}`, tight);
    expectNothingLost(each);
    expectNothingLost(tight);
  });
}

interface Runs {
  readonly race: Tally;
  readonly raceControl: Tally;
  readonly together: Tally;
  readonly balancerFirst: Tally;
  readonly control: Tally;
}

/** All runs of a server concurrently, because they mostly wait. */
async function runAll(kind: ProxyKind, server: ChainServer): Promise<Runs> {
  const kept = kind.ladder(server, KEPT);
  const short = withKeepAlive(kind.ladder(server, { ...KEPT, idle: LONG_IDLE }), SHORT_KEEP_ALIVE);
  const rolling = kind.ladder(server, ROLLING);
  const pauses = around(SHORT_KEEP_ALIVE);
  const [race, raceControl, together, balancerFirst, control] = await Promise.all([
    raceKeepAlive(kind, kept, pauses),
    untilLost(() => raceKeepAlive(kind, short, pauses)),
    rollOut(kind, rolling),
    rollOut(kind, ecsLadder(server, ROLLING), { lag: 0 }),
    untilLost(() => rollOut(kind, withoutLadder(rolling), { redispatch: false })),
  ]);
  return { race, raceControl, together, balancerFirst, control };
}

/** A server with a declared short keep-alive: the plan does not keep its connections. */
function closedEach(kind: ProxyKind): Promise<Tally> {
  const ladder = kind.ladder(fixedServer(SHORT_KEEP_ALIVE), KEPT);
  if (!ladder.backend.times.closeEach) throw new Error('the plan keeps the connections of a server that closes first');
  return raceKeepAlive(kind, ladder, around(SHORT_KEEP_ALIVE));
}

/** The server with the shortest keep-alive for which the plan still keeps connections. */
function closest(kind: ProxyKind): Promise<Tally> {
  const { idle } = kind.ladder(fixedServer(SHORT_KEEP_ALIVE), KEPT).plan.balancer;
  const keepAlive = idle + MARGIN_SECONDS;
  const ladder = kind.ladder(fixedServer(keepAlive), KEPT);
  if (ladder.backend.times.closeEach) throw new Error(`the plan does not accept a keep-alive of ${keepAlive} s`);
  return raceKeepAlive(kind, ladder, around(keepAlive, CLOSE_BY));
}

export async function untilLost(run: () => Promise<Tally>): Promise<Tally> {
  let tally = await run();
  for (let tries = 1; tries < TRIES && tally.lost === 0; tries++) tally = await run();
  return tally;
}

/** Fails with the losses if a request was lost. */
export function expectNothingLost({ lost, losses }: Tally): void {
  expect({ lost, losses }).toEqual({ lost: 0, losses: {} });
}

/** Prints one line of the proof. */
export function print(what: string, ours: Tally, control?: Tally): void {
  const count = (number: number) => number.toLocaleString('en-US');
  const lost = `${count(ours.lost)} lost of ${count(ours.total)}`;
  const against = control === undefined ? '' : ` (control ${count(control.lost)} of ${count(control.total)})`;
  writeSync(1, `chain: ${what}: ${lost}${against}\n`);
}
