import { simulate } from './simulate';
import { type Call, type Chain, type Chance, type Hop, type Leaving, MAX_SKEW, type Server } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;
const hop = (name: string, change: Partial<Hop> = {}): Hop => ({
  name,
  clientIdle: NEVER,
  serverIdle: NEVER,
  silence: NEVER,
  request: NEVER,
  cutsConnections: false,
  passesThrough: false,
  retries: false,
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
  lateConnection: 'hangs',
  servesLate: true,
  ...change,
});
const chain = (change: Partial<Server> = {}, ...hops: Hop[]): Chain => ({
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
type Run = [Chain, Call[], Chance, Leaving?];
const EARLY: Chance = { early: MAX_SKEW };
const together = (early: number): Chance => ({ early });

describe('nothing is lost', () => {
  test.each<[string, ...Run]>([
    ['with a few calls', chain(), [call(0, 50), call(55), call(116)], together(0), stop({ at: 200 })],
    ['after a pause shorter than the idle timeout', chain(), [call(0), call(60.9)], EARLY],
    ['if the close of a connection is noticed in time', chain({ keepAlive: 20 }), [call(0), call(30)], together(0)],
    [
      'if the balancer closes each connection',
      chain({ keepAlive: 5 }, balancer({ serverIdle: 0 })),
      [call(0), call(6)],
      together(0),
    ],
    ['if the server announces each close', chain({ keepAlive: 0 }), [call(0), call(2)], together(0)],
    ['with a stream that sends heartbeats', chain(), [call(0, 500, 25)], EARLY],
    [
      'within the deregistration delay',
      chain({ drains: false }),
      [call(4, 50)],
      together(0),
      stop({ lastSent: 0, signal: 50 }),
    ],
    ['if another replica gets the request', chain(), [call(11)], together(0), stop()],
    [
      'if a balancer retries',
      chain({ lateConnection: 'refused' }, balancer({ retries: true })),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'if the server accepts connections while it drains',
      chain({ lateConnection: 'served' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    ['with a stream that may be cut off', chain(), [{ ...call(0, 500, 10), mayBeCut: true }], together(0), stop()],
    [
      'on a connection that was opened in advance',
      chain({ firstByte: 70 }),
      [call(59)],
      { early: MAX_SKEW, preconnectAt: 0 },
    ],
  ])('%s', (_, ...run: Run) => {
    expect(simulate(...run)).toEqual([]);
  });
});

describe('a call is lost', () => {
  test.each<[string, string, ...Run]>([
    ['whose server is silent', 'silent for longer than the timeout of the balancer', chain(), [call(0, 51)], EARLY],
    [
      'whose stream is silent',
      'silent for longer than the timeout of the balancer',
      chain(),
      [call(0, 500, 26)],
      EARLY,
    ],
    [
      'that exceeds the route timeout',
      'ended by the request timeout of the balancer',
      chain({}, balancer({ request: 50 })),
      [call(0, 45, 1)],
      EARLY,
    ],
    [
      'that exceeds the request timeout of the server',
      'ended by the server',
      chain({ request: 30 }),
      [call(0, 21)],
      EARLY,
    ],
    [
      'that is sent while its connection closes',
      'sent on a connection that the server had closed',
      chain({ keepAlive: 61 }),
      [call(0), call(60.9995)],
      together(1.001),
    ],
    [
      'on a connection that was opened too early',
      'sent on a connection that the server had closed',
      chain({ firstByte: 60 }),
      [call(59)],
      { early: 1, preconnectAt: 0 },
    ],
    [
      'between two proxies',
      'sent on a connection that the inner had closed',
      chain({}, hop('the outer'), hop('the inner', { clientIdle: 75, serverIdle: 60 })),
      [call(0), call(71.0025)],
      together(5),
    ],
    [
      'on a connection that a network load balancer has dropped',
      'sent on a connection that was dropped in transit',
      chain(
        {},
        hop('the outer'),
        hop('packets', { passesThrough: true, silence: 350 }),
        hop('the inner', { serverIdle: 60 }),
      ),
      [call(0), call(500)],
      together(0),
    ],
    [
      'whose connection a network load balancer drops',
      'dropped in transit without traffic',
      chain({}, hop('packets', { passesThrough: true, silence: 350 }), hop('the inner', { serverIdle: 60 })),
      [call(0, 345)],
      EARLY,
    ],
    ['that runs on SIGTERM', 'dropped on SIGTERM', chain({ drains: false }), [call(9, 5)], together(0), stop()],
    [
      'that exceeds the drain',
      'not completed in the drain time',
      chain({ drain: 10 }),
      [call(9, 40)],
      together(0),
      stop(),
    ],
    ['that is still running on SIGKILL', 'killed', chain(), [call(9, 40)], together(0), stop({ kill: 20 })],
    [
      'that arrives after SIGTERM',
      'not answered after SIGTERM',
      chain(),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'that is refused',
      'refused after SIGTERM',
      chain({ lateConnection: 'refused' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'that is reset',
      'reset after SIGTERM',
      chain({ lateConnection: 'reset' }),
      [call(12)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'on a connection that closes on SIGTERM',
      'sent on a connection that the server had closed',
      chain(),
      [call(0), call(9.9995)],
      together(0),
      stop({ lastSent: 9 }),
    ],
    [
      'that bypasses the balancer',
      'not completed in the drain time',
      chain({ drain: 10 }),
      [{ ...call(14, 12), direct: true }],
      together(0),
      stop({ lastDirect: 10, signal: 10 }),
    ],
  ])('%s', (_, why, ...run: Run) => {
    expect(simulate(...run).map((loss) => loss.why)).toEqual([why]);
  });
});
