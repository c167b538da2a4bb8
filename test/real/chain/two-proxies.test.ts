import type { Tally } from '../support/load';
import { raceKeepAlive, rollOut } from './chain';
import type { Asked, Ladder } from './ladder';
import { around, CLOSE_BY, expectNothingLost, LONG_IDLE, print, SHORT_KEEP_ALIVE, untilLost } from './prove';
import { ENVOY, HAPROXY, NGINX, type ProxyKind } from './proxies';
import { SERVERS } from './servers';

const [UVICORN] = SERVERS.filter(({ name }) => name === 'uvicorn');

/** nginx in front closes idle connections first, and the proxy behind it as late as the rule requires. */
const KEPT: Asked = { idle: 1, longest: 60, frontIdle: 1, clientIdle: 11 };
const ROLLING: Asked = { ...KEPT, longest: 4 };
describe.each([HAPROXY, NGINX, ENVOY])('nginx in front of $name', (kind) => {
  let runs: [Tally, Tally, Tally];

  beforeAll(async () => {
    const pauses = around(SHORT_KEEP_ALIVE);
    runs = await Promise.all([
      raceKeepAlive(kind, ladderOf(kind, KEPT), pauses),
      // The proxy behind closes first, contrary to its ladder.
      untilLost(() =>
        raceKeepAlive(
          kind,
          ladderOf(kind, { ...KEPT, frontIdle: LONG_IDLE, clientIdle: 60 }),
          kind.clientGrace === 0 ? pauses : around(SHORT_KEEP_ALIVE + kind.clientGrace, CLOSE_BY),
          { clientIdle: SHORT_KEEP_ALIVE },
        ),
      ),
      rollOut(kind, ladderOf(kind, ROLLING)),
    ]);
  });

  test('loses nothing between the proxies when connections are idle for as long as allowed', () => {
    const [ours, control] = runs;
    print(`keep-alive: nginx in front of ${kind.name}`, ours, control);
    expectNothingLost(ours);
    expect(control.lost).toBeGreaterThan(0);
  });

  test('loses nothing in a rolling update', () => {
    const [, , rolling] = runs;
    print(`rolling update: D uvicorn behind nginx in front of ${kind.name}`, rolling);
    expectNothingLost(rolling);
  });
});

test('a proxy that closes before the one in front is refused', () => {
  const reversed = { ...KEPT, frontIdle: LONG_IDLE, clientIdle: SHORT_KEEP_ALIVE };
  expect(() => ladderOf(NGINX, reversed)).toThrow(
    /the idle timeout of nginx \(1 s\) must be at least 22 s \(rule E4\)/,
  );
});

function ladderOf(kind: ProxyKind, asked: Asked): Ladder {
  return kind.ladder(uvicorn(), asked);
}

function uvicorn() {
  if (UVICORN === undefined) throw new Error('uvicorn is one of the servers');
  return UVICORN;
}
