import fc from 'fast-check';
import { Model } from '../../src/models/model';
import { TIMEOUT_RULES } from '../../src/plan/rules';
import { sidecarStopSeconds } from '../../src/plan/sidecars';
import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Gpu } from '../../src/workload/gpu';
import { declare, definitions } from '../support/arbitraries';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { GATEWAY, NUMBERED, ROUTER, SHORT_STOP } from '../support/profiles';
import { check } from '../support/properties';

const DRAINS = { drains: true };
const wsgi = ModelServer.wsgi({ app: 'app' });
const fixed = (seconds: number) =>
  ModelServer.command({
    command: ['serve'],
    behavior: { drains: true, name: 'llama', keepAlive: Duration.seconds(seconds) },
  });

function planOf(
  target: TargetProfile,
  seconds: number,
  options: Partial<ReturnType<typeof backendOptions>> = {},
  streaming?: [number, number],
) {
  const platform = testPlatform({ target });
  const endpoint = endpointOn(platform, 'endpoint', {
    requestTimeout: Duration.seconds(seconds),
    ...(streaming && {
      streaming: { maxDuration: Duration.seconds(streaming[0]), heartbeat: Duration.seconds(streaming[1]) },
    }),
  });
  endpoint.addBackend('backend', backendOptions(options));
  const plan = platform.plan();
  return {
    plan,
    ...plan.backend('endpoint/backend'),
    idle: plan.balancer.idle,
    codes: plan.refusals.map(({ code }) => code),
  };
}

describe('the ladder behind a load balancer', () => {
  test.each([
    [30, 60],
    [50, 60],
    [51, 61],
    [60, 70],
    [600, 610],
    [3600, 3610],
  ])('has, for requests of %i s, an idle timeout of %i s', (seconds, idle) => {
    expect(planOf(NUMBERED, seconds)).toMatchObject({ idle, codes: [] });
  });

  test('refuses requests above 3990 s, and states the limit of the deregistration delay', () => {
    const { plan } = planOf(NUMBERED, 3991);
    expect(plan.refusals).toEqual([
      {
        code: 'RequestTimeoutTooLong',
        path: 'endpoint',
        message:
          "'requestTimeout' (3991 s) must be at most 3600 s (rule R2) behind an Application Load Balancer, whose idle timeout is at most 4000 s and whose deregistration delay is at most 3600 s (rule D1): a request that gets no data for longer is cut off; respond sooner, send a heartbeat with 'streaming', or move the work to a queue",
        rule: 'R2',
      },
    ]);
    expect(plan.balancer.idle).toBe(4000);
  });

  test('depends on the heartbeat of longer streams', () => {
    expect(planOf(NUMBERED, 30, {}, [3600, 100])).toMatchObject({
      idle: 210,
      codes: [],
      times: { requestTimeout: 3600 },
    });
  });

  test.each([
    [wsgi, { deregistration: 70, drain: 65, stop: 70, keepAlive: 4010, watchdog: 310 }],
    [ModelServer.asgi({ app: 'app' }), { deregistration: 70, drain: 60, stop: 65, keepAlive: 4010 }],
    [
      ModelServer.command({ command: ['serve'], behavior: { drains: false } }),
      { deregistration: 70, drain: 0, stop: 30, keepAlive: 0 },
    ],
  ])('drains a replica before SIGTERM', (server, times) => {
    expect(planOf(NUMBERED, 60, { server }).times).toMatchObject({ ...times, preStop: 0 });
  });

  test.each([
    [60, { drain: 65, stop: 70 }],
    [105, { drain: 110, stop: 115 }],
    [600, { drain: 110, stop: 115, deregistration: 610 }],
  ])('stops within the limit of 120 s of the compute: %i s', (seconds, times) => {
    expect(planOf(SHORT_STOP, seconds)).toMatchObject({ times, codes: [] });
  });

  test.each([
    [3600, false, []],
    [3601, false, ['DrainTooLong']],
    [3600, true, []],
    [3601, true, ['DrainTooLong']],
  ])('waits for requests at most an hour: %i s', (seconds, drains, codes) => {
    const server = ModelServer.command({ command: ['serve'], behavior: { drains } });
    expect(planOf(SHORT_STOP, seconds, { server }).codes).toEqual(codes);
  });

  test('states why a request is too long', () => {
    const server = ModelServer.command({ command: ['serve'], behavior: { drains: false } });
    expect(planOf(NUMBERED, 3700, { server }).plan.refusals[0]?.message).toBe(
      "'requestTimeout' (3700 s) must be at most 3600 s (rule D1), the longest deregistration delay of an Application Load Balancer, after which requests that are still running are cut off; use a shorter timeout, or 'streaming' with 'cutOnStop' if responses may be cut off",
    );
  });

  test.each([
    [75, 30, 60, []],
    [70, 30, 60, []],
    [60, 40, 50, []],
    [60, 41, 51, ['KeepAliveTooShort']],
    [5, 30, 40, ['KeepAliveTooShort']],
  ])('is lowered for a server with a keep-alive of %i s and requests of %i s', (keepAlive, seconds, idle, codes) => {
    expect(planOf(NUMBERED, seconds, { server: fixed(keepAlive) })).toMatchObject({ idle, codes });
  });

  test('reports both sides if the keep-alive of a server is too short', () => {
    expect(planOf(NUMBERED, 60, { server: fixed(75) }).plan.refusals).toMatchObject([
      {
        code: 'KeepAliveTooShort',
        message:
          'the keep-alive of llama (75 s) must be at least 80 s (rule R4): an Application Load Balancer keeps idle connections for 70 s because of its longest request (60 s), and requests are lost if the server closes first; use a server with a configurable keep-alive, or limit the silence of all requests on this balancer to 55 s, or use a balancer that closes the connection after each response, such as the built-in router on Kubernetes',
      },
    ]);
  });

  test('depends on the longest request of the platform', () => {
    const platform = testPlatform({ target: NUMBERED });
    for (const [id, seconds] of [
      ['short', 10],
      ['long', 500],
    ] as const) {
      endpointOn(platform, id, { path: `/${id}`, requestTimeout: Duration.seconds(seconds) }).addBackend(
        `${id}1`,
        backendOptions(),
      );
    }
    const plan = platform.plan();
    expect(plan.balancer).toEqual({ idle: 510, requestTimeout: 500, clientIdle: 510 });
    expect(plan.backend('short/short1').times).toMatchObject({
      requestTimeout: 10,
      deregistration: 20,
      keepAlive: 4010,
    });
  });

  test('of one backend does not change when an endpoint is added', () => {
    const before = planOf(NUMBERED, 30);
    const platform = testPlatform({ target: NUMBERED });
    endpointOn(platform, 'endpoint', { requestTimeout: Duration.seconds(30) }).addBackend('backend', backendOptions());
    endpointOn(platform, 'long', { path: '/long', requestTimeout: Duration.seconds(3000) }).addBackend(
      'other',
      backendOptions(),
    );
    const after = platform.plan().backend('endpoint/backend');
    expect(after.times).toEqual(before.times);
    expect(after.command).toEqual(before.command);
  });
});

describe('the ladder of a server', () => {
  const rulesOf = (server: ModelServer, seconds = 60, target = NUMBERED) =>
    Object.fromEntries(planOf(target, seconds, { server }).ladder.hops.map((hop) => [hop.rule, hop]));

  test('with a capped keep-alive lowers the idle timeout of the balancer', () => {
    const { idle, times, codes } = planOf(NUMBERED, 30, { server: ModelServer.granian({ app: 'app' }) });
    expect({ idle, keepAlive: times.keepAlive, codes }).toEqual({ idle: 50, keepAlive: 60, codes: [] });
    expect(rulesOf(ModelServer.granian({ app: 'app' }), 30).R4).toMatchObject({ seconds: 60, slackSeconds: 10 });
  });

  test('keeps silent connections long enough, including those that its watchdog ends', () => {
    expect(rulesOf(wsgi).R5).toMatchObject({ seconds: 4015 });
    const sync = ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC });
    expect(rulesOf(sync, 600).R5).toMatchObject({ seconds: 620, slackSeconds: 10 });
    expect(rulesOf(sync, 600).R8).toMatchObject({ seconds: 620 });
  });

  test('that lingers has a longer drain', () => {
    expect(rulesOf(ModelServer.gunicorn({ app: 'app', version: '27.0.1' })).S2).toMatchObject({ seconds: 62 });
  });

  test('whose drain time is set in code gets SIGTERM later', () => {
    const server = ModelServer.kserve({ module: 'm', modelName: 'n', modelPath: '/m', version: '0.21.0' });
    expect(planOf(ROUTER, 60, { server }).times).toMatchObject({ drain: 30, preStop: 62 });
  });

  test('has a request timeout that exceeds requests', () => {
    expect(rulesOf(ModelServer.mlflow({ model: '/m' })).R7).toMatchObject({ seconds: 70, slackSeconds: 10 });
  });
});

describe('the ladder behind a router', () => {
  test.each([
    [wsgi, { preStop: 32, drain: 65, stop: 70, grace: 102, keepAlive: 4010 }],
    [ModelServer.asgi({ app: 'app' }), { preStop: 32, drain: 60, stop: 65, grace: 97 }],
    [ModelServer.command({ command: ['serve'], behavior: DRAINS }), { preStop: 32, drain: 60, stop: 65, grace: 97 }],
    [
      ModelServer.command({ command: ['serve'], behavior: { drains: false } }),
      { preStop: 92, drain: 0, stop: 30, grace: 122 },
    ],
  ])('sends SIGTERM after the propagation delay', (server, times) => {
    expect(planOf(ROUTER, 60, { server }).times).toMatchObject({ ...times, deregistration: 0 });
  });

  test.each([
    [75, false],
    [15, false],
    [14, true],
    [1, true],
  ])('closes each connection of a server with a keep-alive of %i s: %p', (keepAlive, closeEach) => {
    expect(planOf(ROUTER, 60, { server: fixed(keepAlive) })).toMatchObject({ codes: [], times: { closeEach } });
  });

  test('does not limit requests', () => {
    expect(planOf(ROUTER, 21_600, {}, [604_800, 10_000]).codes).toEqual([]);
  });

  test('delays SIGTERM if the compute kills too early', () => {
    expect(planOf({ ...ROUTER, maxStopSeconds: 40 }, 60).times).toMatchObject({ drain: 30, preStop: 62, stop: 35 });
  });

  test('has a route timeout that exceeds the longest request, and none for streams', () => {
    expect(planOf(ROUTER, 60).plan.route('endpoint', 'shares').timeoutSeconds).toBe(70);
    expect(planOf(ROUTER, 60, {}, [600, 5]).plan.route('endpoint', 'shares').timeoutSeconds).toBe(0);
  });
});

describe('the ladder behind a gateway', () => {
  test('checks the idle timeout against the servers', () => {
    expect(planOf(GATEWAY, 60)).toMatchObject({ idle: 3600, codes: [] });
    expect(planOf(GATEWAY, 60, { server: fixed(3610) }).codes).toEqual([]);
    expect(planOf(GATEWAY, 60, { server: fixed(3609) }).codes).toEqual(['KeepAliveTooShort']);
  });
});

describe('the start of a replica', () => {
  const model = (fetchTimeout?: Duration) => Model.fromS3('s3://acme-models/a/', { fetchTimeout });

  test('includes image pull and load', () => {
    expect(planOf(ROUTER, 60).times).toMatchObject({ fetch: 0, load: 300, startup: 600, progress: 610 });
  });

  test('includes each fetch', () => {
    const models = [
      Model.fromS3('s3://acme-models/b/', { path: 'b' }),
      Model.fromS3('s3://acme-models/c/', { path: 'c', fetchTimeout: Duration.minutes(1) }),
    ];
    expect(planOf(ROUTER, 60, { models }).times).toMatchObject({ fetch: 660, startup: 1260, progress: 1270 });
  });

  test('includes no fetch for models in the image', () => {
    expect(planOf(ROUTER, 60, { model: Model.inImage('model.bin') }).times.fetch).toBe(0);
  });

  test('is limited by the compute', () => {
    expect(planOf(SHORT_STOP, 60, { model: model() })).toMatchObject({ codes: [], times: { fetch: 120 } });
  });

  test('fails if a fetch timeout exceeds that limit', () => {
    const { plan } = planOf(SHORT_STOP, 60, { model: model(Duration.seconds(121)), gpu: Gpu.nvidia() });
    expect(plan.refusals.map(({ code, message }) => `[${code}] ${message}`)).toEqual([
      "[FetchTooLong] 'fetchTimeout' (121 s) of model 'a' must be at most 120 s on this compute; bake the model into the image, or use compute without this limit",
    ]);
  });

  test('is covered by the watchdog timeout', () => {
    expect(planOf(ROUTER, 60, { loadTimeout: Duration.minutes(20) }).times.watchdog).toBe(1210);
    expect(planOf(ROUTER, 2000).times.watchdog).toBe(2010);
  });

  test('passes the times as flags', () => {
    expect(planOf(NUMBERED, 60).command.slice(-6)).toEqual([
      '--keep-alive',
      '4010',
      '--graceful-timeout',
      '65',
      '--timeout',
      '310',
    ]);
  });
});

describe('every ladder', () => {
  const targets = fc.constantFrom(NUMBERED, SHORT_STOP, ROUTER, GATEWAY);

  test('uses known rules, and breaks none unless it is refused', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        for (const backend of plan.backends) {
          for (const hop of backend.ladder.hops) {
            expect(Object.keys(TIMEOUT_RULES)).toContain(hop.rule);
            expect(Number.isInteger(hop.seconds)).toBe(true);
            if (plan.refusals.length === 0) expect(hop.slackSeconds ?? 0).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  test('is valid for its target, even if it is refused', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        expect(plan.balancer.idle).toBeGreaterThanOrEqual(target.idle.min);
        expect(plan.balancer.idle).toBeLessThanOrEqual(target.idle.max);
        for (const { times, intent } of plan.backends) {
          expect(
            Object.values(times).every(
              (value) => typeof value === 'boolean' || (Number.isInteger(value) && value >= 0),
            ),
          ).toBe(true);
          expect(times.deregistration).toBeLessThanOrEqual(target.maxDeregistrationSeconds ?? Number.POSITIVE_INFINITY);
          expect(times.stop).toBeLessThanOrEqual(target.maxStopSeconds ?? Number.POSITIVE_INFINITY);
          expect(times.drain).toBeLessThan(times.stop);
          expect(times.grace).toBe(times.preStop + times.stop + sidecarStopSeconds(intent));
          if (target.drainOrder === DrainOrder.TOGETHER)
            expect(times.preStop).toBeGreaterThanOrEqual(target.propagationSeconds);
        }
      }),
    );
  });
});
