import { Intermediary } from '../../src/constructs/intermediary';
import type { TargetProfile } from '../../src/plan/target-profile';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { GATEWAY, NUMBERED, ROUTER } from '../support/profiles';
import { keeping, planOf, seconds } from './support';

/** A gateway that keeps connections of clients for an hour. */
const ENVOY: TargetProfile = { ...ROUTER, name: 'the gateway', clientIdleSeconds: 3600 };
const request = (time: number) => ({ requestTimeout: seconds(time) });
const alb = (time?: number) =>
  Intermediary.applicationLoadBalancer(time === undefined ? {} : { idleTimeout: seconds(time) });

describe('a balancer in front of a gateway', () => {
  const through = (time: number, idle?: number) =>
    planOf({ target: ENVOY, platform: { behind: [alb(idle)] }, endpoint: request(time) });

  test.each([
    [50, undefined, []],
    [51, undefined, ['R2']],
    [60, 70, []],
    [60, 69, ['R2']],
  ])('supports requests of %i s with an idle timeout of %p: %p', (time, idle, rules) => {
    expect(through(time, idle).rules).toEqual(rules);
  });

  test('is reported with both numbers and the ways out', () => {
    const { plan } = through(60);
    expect(plan.refusals).toEqual([
      {
        code: 'RequestTimeoutTooLong',
        rule: 'R2',
        path: 'endpoint',
        message:
          "'requestTimeout' (60 s) must be at most 50 s (rule R2), because the Application Load Balancer in front times out after 60 s of silence; respond sooner, raise that timeout of the Application Load Balancer in front and declare it in 'behind', send a heartbeat with 'streaming', or move the work to a queue",
      },
    ]);
  });

  test('must close idle connections first', () => {
    const target = { ...ENVOY, clientIdleSeconds: 75 };
    const order = (idle: number) => planOf({ target, platform: { behind: [alb(idle)] }, endpoint: request(30) });
    expect(order(65).rules).toEqual([]);
    expect(order(66)).toMatchObject({
      codes: ['KeepAliveTooShort'],
      rules: ['E4'],
      messages: [
        "the idle timeout of the gateway (75 s) must be at least 76 s (rule E4): the Application Load Balancer in front keeps idle connections to the gateway for 66 s, and a request is lost if the other end closes the connection first; configure the gateway to keep them for at least 76 s, or configure the Application Load Balancer in front to close them after at most 65 s, and declare it in 'behind'",
      ],
    });
  });

  test('is left to a gateway whose client idle timeout is unknown', () => {
    const unknown = (strict: boolean) =>
      planOf({ target: GATEWAY, platform: { behind: [alb(100)], strict }, endpoint: request(30) });
    expect(unknown(false).entries('other hops')).toMatchObject([
      {
        level: 'left to the gateway',
        detail: 'the gateway must keep idle connections of the Application Load Balancer in front for at least 110 s',
      },
    ]);
    expect(unknown(true).codes).toEqual(['LeftToGateway']);
  });
});

describe('a chain of three proxies', () => {
  const through = (client: number, pool: number) =>
    planOf({
      target: ENVOY,
      platform: {
        behind: [
          Intermediary.cloudFront({ responseTimeout: seconds(100), keepAliveTimeout: seconds(pool) }),
          Intermediary.nginx({ keepaliveTimeout: seconds(client), readTimeout: seconds(100) }),
        ],
      },
    });

  test.each([
    [75, 65, []],
    [75, 66, ['E4']],
    [76, 66, []],
  ])('is checked pair by pair: nginx keeps %i s, CloudFront %i s', (client, pool, rules) => {
    expect(through(client, pool).rules).toEqual(rules);
  });

  test('is listed in the plan from the client to the server', () => {
    expect(through(75, 5).chain).toEqual([
      { name: 'the client', kind: 'client' },
      { name: 'Amazon CloudFront', kind: 'in front', serverIdleSeconds: 5, silenceSeconds: 100 },
      { name: 'nginx', kind: 'in front', clientIdleSeconds: 75, serverIdleSeconds: 60, silenceSeconds: 100 },
      {
        name: 'the gateway',
        kind: 'balancer',
        clientIdleSeconds: 3600,
        serverIdleSeconds: 5,
        silenceSeconds: 70,
        requestSeconds: 70,
      },
      { name: 'gunicorn', kind: 'server', clientIdleSeconds: 4010, serverIdleSeconds: 0 },
    ]);
  });

  test('has a row for each time of each hop in the ladder of the endpoint', () => {
    expect(through(75, 5).front).toEqual([
      { hop: 'client timeout, at least', seconds: 70, rule: 'R6' },
      { hop: 'Amazon CloudFront: silence', seconds: 100, rule: 'R2', slackSeconds: 40 },
      { hop: 'Amazon CloudFront: pool idle', seconds: 5, rule: 'E4', slackSeconds: 70 },
      { hop: 'nginx: client idle', seconds: 75, rule: 'E4', slackSeconds: 70 },
      { hop: 'nginx: silence', seconds: 100, rule: 'R2', slackSeconds: 40 },
      { hop: 'nginx: pool idle', seconds: 60, rule: 'E4', slackSeconds: 3540 },
      { hop: 'balancer client idle', seconds: 3600, rule: 'E4', slackSeconds: 3540 },
      { hop: 'longest request', seconds: 60, rule: 'T' },
      { hop: 'route timeout', seconds: 70, rule: 'E2', slackSeconds: 10 },
      { hop: 'route silence', seconds: 70, rule: 'R2', slackSeconds: 10 },
    ]);
  });
});

describe('the idle timeout of a load balancer', () => {
  const behind = (...hops: Intermediary[]) =>
    planOf({ target: NUMBERED, platform: { behind: hops }, endpoint: request(10) });

  test('exceeds that of the pool in front of it', () => {
    const pool = (time: number) => Intermediary.of({ name: 'a proxy', serverIdle: seconds(time) });
    expect(behind(pool(40))).toMatchObject({ idle: 60, codes: [] });
    expect(behind(pool(200))).toMatchObject({ idle: 210, codes: [] });
    expect(behind(pool(3991)).rules).toEqual(['E4']);
  });

  test('ignores a proxy that keeps no connections', () => {
    expect(behind(Intermediary.of({ name: 'a proxy', reusesConnections: false }))).toMatchObject({
      idle: 60,
      codes: [],
    });
  });

  test('is too short for a pool that never closes connections', () => {
    expect(behind(Intermediary.of({ name: 'a proxy' })).messages).toEqual([
      "a proxy keeps idle connections to an Application Load Balancer indefinitely, but the other end closes them after 4000 s (rule E4), and a request is lost if the other end closes the connection first; configure a proxy to close them after at most 3990 s, and declare it in 'behind'",
    ]);
  });

  test('exceeds that of the pool across a hop that only forwards bytes', () => {
    const pool = Intermediary.of({ name: 'a proxy', serverIdle: seconds(200) });
    expect(behind(pool, Intermediary.networkLoadBalancer())).toMatchObject({ idle: 210, codes: [] });
    const slow = Intermediary.of({ name: 'a proxy', serverIdle: seconds(341) });
    expect(behind(slow, Intermediary.networkLoadBalancer()).rules).toEqual(['E4']);
  });

  test('exceeds the keep-alive of a server with a short one', () => {
    const pool = Intermediary.of({ name: 'a proxy', serverIdle: seconds(60) });
    const { rules } = planOf({
      target: NUMBERED,
      platform: { behind: [pool] },
      endpoint: request(10),
      backend: { server: keeping(75) },
    });
    expect(rules).toEqual(['R4']);
  });
});

describe('a hop that ends requests', () => {
  test('limits requests regardless of traffic', () => {
    const envoy = (time: number) =>
      planOf({ target: ROUTER, platform: { behind: [Intermediary.envoy()] }, endpoint: request(time) });
    const known = { ...ROUTER, clientIdleSeconds: 4010 };
    expect(planOf({ target: known, platform: { behind: [Intermediary.envoy()] }, endpoint: request(5) }).codes).toEqual(
      [],
    );
    expect(envoy(6)).toMatchObject({
      rules: ['E2'],
      messages: [
        "'requestTimeout' (6 s) must be at most 5 s (rule E2), because Envoy ends every request after 15 s; respond sooner, raise that timeout of Envoy and declare it in 'behind', or bypass Envoy",
      ],
    });
  });

  test('includes a Network Load Balancer that drops a silent connection', () => {
    const nlb = (time: number) =>
      planOf({ target: ROUTER, platform: { behind: [Intermediary.networkLoadBalancer()] }, endpoint: request(time) });
    expect(nlb(340).rules).toEqual([]);
    expect(nlb(341).rules).toEqual(['R2']);
  });
});

describe('a sidecar', () => {
  const beside = (server: ReturnType<typeof keeping>, sidecar = Intermediary.istioSidecar()) =>
    planOf({ target: { ...GATEWAY, sidecar: sidecar._intent() }, backend: { server } });

  test('must close idle connections before the server and after the gateway', () => {
    const lasting = Intermediary.of({ name: 'a sidecar', serverIdle: seconds(100) });
    expect(beside(keeping(110), lasting).rules).toEqual([]);
    expect(beside(keeping(109), lasting)).toMatchObject({
      rules: ['E1'],
      messages: [
        "the keep-alive of llama (109 s) must be at least 110 s (rule E1): a sidecar keeps idle connections for 100 s, and requests are lost if the server closes first; use a server with a configurable keep-alive, or configure a sidecar to close them after at most 99 s and declare it in 'sidecar', or use a balancer that closes the connection after each response, such as the built-in router on Kubernetes",
      ],
    });
    expect(beside(keeping(5000), Intermediary.istioSidecar()).rules).toEqual(['E4']);
  });

  test('must wait for the requests of its server', () => {
    const hasty = Intermediary.of({ name: 'a sidecar', silence: seconds(69), serverIdle: seconds(10) });
    expect(beside(keeping(20), hasty).messages).toEqual([
      "the silence timeout of a sidecar (69 s) must be at least 70 s (rule R2), because the longest request is 60 s; configure a sidecar to wait longer and declare it in 'sidecar', or respond sooner",
    ]);
  });

  test('is listed between the gateway and the server', () => {
    const names = beside(keeping(5000), Intermediary.istioSidecar()).chain.map(({ name }) => name);
    expect(names).toEqual(['the client', 'the gateway', 'the sidecar of Istio', 'llama']);
  });
});

describe('a client', () => {
  const advice = (...behind: Intermediary[]) =>
    planOf({ target: NUMBERED, platform: { behind }, endpoint: request(60) }).front.filter(({ rule }) => rule === 'R6');

  test('gets the advice to close first and to wait longer', () => {
    expect(advice()).toEqual([
      { hop: 'client timeout, at least', seconds: 70, rule: 'R6' },
      { hop: 'client pool idle, at most', seconds: 60, rule: 'R6', slackSeconds: 10 },
    ]);
  });

  test('closes before the first hop on its connection does', () => {
    expect(advice(Intermediary.networkLoadBalancer({ idleTimeout: seconds(65) }))[1]?.seconds).toBe(55);
    expect(advice(Intermediary.networkLoadBalancer())[1]?.seconds).toBe(60);
    expect(advice(Intermediary.nginx({ readTimeout: seconds(70) }))[1]?.seconds).toBe(65);
  });
});

describe('the number of checked hops', () => {
  const hopsOf = (endpoints: number, behind: Intermediary[] = []) => {
    const platform = testPlatform({ target: NUMBERED, behind });
    for (let index = 0; index < endpoints; index++)
      endpointOn(platform, `e${index}`, { path: `/e${index}` }).addBackend(`b${index}`, backendOptions());
    return platform.plan()._hopsEvaluated;
  };

  test('grows by two hops with each backend, and by one with each hop in front', () => {
    expect([1, 2, 3, 10].map((count) => hopsOf(count))).toEqual([4, 6, 8, 22]);
    expect(hopsOf(10, [alb(70)])).toBe(23);
  });
});
