import { simulate } from './simulate';
import { APART, type Call, type Chance, type Hop, type Leaving, type Server, type Way } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;
const hop = (name: string, change: Partial<Hop> = {}): Hop => ({
  name,
  clientIdle: NEVER,
  serverIdle: NEVER,
  silence: NEVER,
  request: NEVER,
  cutsConnections: false,
  passesThrough: false,
  triesAgain: false,
  inReplica: false,
  ...change,
});
const client = hop('a client', { serverIdle: 0 });
const balancer = (change: Partial<Hop> = {}) =>
  hop('the balancer', { clientIdle: 60, serverIdle: 60, silence: 60, cutsConnections: true, ...change });
const server = (change: Partial<Server> = {}): Server => ({
  name: 'the server',
  keepAlive: 70,
  firstByte: NEVER,
  request: NEVER,
  drains: true,
  drain: 60,
  closesIdle: true,
  newcomer: 'hangs',
  servesLate: true,
  ...change,
});
const way = (change: Partial<Server> = {}, ...hops: Hop[]): Way => ({
  hops: [client, ...(hops.length === 0 ? [balancer()] : hops)],
  server: server(change),
});
const call = (at: number, seconds = 1, silence = seconds): Call => ({ at, seconds, silence });
const stop = (change: Partial<Leaving> = {}): Leaving => ({
  at: 5,
  lastSent: 5,
  lastDirect: 0,
  signal: 5,
  kill: 65,
  ...change,
});
type Run = [Way, Call[], Chance, Leaving?];
const EARLY: Chance = { early: APART };
const together = (early: number): Chance => ({ early });

describe('nothing is lost', () => {
  test.each<[string, ...Run]>([
    ['of a few calls', way(), [call(0, 50), call(55), call(116)], together(0), stop({ at: 200 })],
    ['after a pause that ends while the connection is kept', way(), [call(0), call(60.9)], EARLY],
    ['when the end of a connection is seen in time', way({ keepAlive: 20 }), [call(0), call(30)], together(0)],
    [
      'where the balancer ends each connection',
      way({ keepAlive: 5 }, balancer({ serverIdle: 0 })),
      [call(0), call(6)],
      together(0),
    ],
    ['where the server says that it ends each', way({ keepAlive: 0 }), [call(0), call(2)], together(0)],
    ['of a stream that says something', way(), [call(0, 500, 25)], EARLY],
    [
      'of what the balancer waits for',
      way({ drains: false }),
      [call(4, 50)],
      together(0),
      stop({ lastSent: 0, signal: 50 }),
    ],
    ['of what another replica gets', way(), [call(11)], together(0), stop()],
    [
      'of what a balancer tries again',
      way({ newcomer: 'refused' }, balancer({ triesAgain: true })),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'of what is served while the server drains',
      way({ newcomer: 'served' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    ['of a stream that may be cut', way(), [{ ...call(0, 500, 10), mayBeCut: true }], together(0), stop()],
    ['of a connection that was opened ahead', way({ firstByte: 70 }), [call(59)], { early: APART, opensAhead: 0 }],
  ])('%s', (_, ...run: Run) => {
    expect(simulate(...run)).toEqual([]);
  });
});

describe('a call is lost', () => {
  test.each<[string, string, ...Run]>([
    ['whose server is silent', 'silent for longer than the balancer waits', way(), [call(0, 51)], EARLY],
    ['whose stream is silent', 'silent for longer than the balancer waits', way(), [call(0, 500, 26)], EARLY],
    [
      'that its route ends',
      'ended by the balancer, which gives a request no longer',
      way({}, balancer({ request: 50 })),
      [call(0, 45, 1)],
      EARLY,
    ],
    ['that the server ends', 'ended by the server', way({ request: 30 }), [call(0, 21)], EARLY],
    [
      'that meets the end of its connection',
      'sent on a connection that the server had ended',
      way({ keepAlive: 61 }),
      [call(0), call(60.9995)],
      together(1.001),
    ],
    [
      'on a connection that was opened too long ahead',
      'sent on a connection that the server had ended',
      way({ firstByte: 60 }),
      [call(59)],
      { early: 1, opensAhead: 0 },
    ],
    [
      'between two proxies',
      'sent on a connection that the inner had ended',
      way({}, hop('the outer'), hop('the inner', { clientIdle: 75, serverIdle: 60 })),
      [call(0), call(71.0025)],
      together(5),
    ],
    [
      'that a balancer of packets has forgotten',
      'sent on a connection that was forgotten on the way',
      way(
        {},
        hop('the outer'),
        hop('packets', { passesThrough: true, silence: 350 }),
        hop('the inner', { serverIdle: 60 }),
      ),
      [call(0), call(500)],
      together(0),
    ],
    [
      'that a balancer of packets forgets',
      'forgotten on the way while nothing came',
      way({}, hop('packets', { passesThrough: true, silence: 350 }), hop('the inner', { serverIdle: 60 })),
      [call(0, 345)],
      EARLY,
    ],
    ['that runs at the signal', 'dropped at the signal', way({ drains: false }), [call(9, 5)], together(0), stop()],
    [
      'that outlasts the drain',
      'not finished in the drain time',
      way({ drain: 10 }),
      [call(9, 40)],
      together(0),
      stop(),
    ],
    ['that outlasts the kill', 'killed', way(), [call(9, 40)], together(0), stop({ kill: 20 })],
    [
      'that comes after the signal',
      'not answered after the signal',
      way(),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'that is refused',
      'refused after the signal',
      way({ newcomer: 'refused' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'that is reset',
      'reset after the signal',
      way({ newcomer: 'reset' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'on a connection that ends at the signal',
      'sent on a connection that the server had ended',
      way(),
      [call(0), call(9.9995)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'around the balancer',
      'not finished in the drain time',
      way({ drain: 10 }),
      [{ ...call(14, 12), direct: true }],
      together(0),
      stop({ lastDirect: 10, signal: 10 }),
    ],
  ])('%s', (_, why, ...run: Run) => {
    expect(simulate(...run).map((loss) => loss.why)).toEqual([why]);
  });
});
