import type { BackendOptions } from '../../src/constructs/backend-options';
import { blockedChecks } from '../../src/plan/health';
import type { HealthCheckIntent } from '../../src/plan/intents';
import type { BackendPlan } from '../../src/plan/serving-plan';
import type { TargetProfile } from '../../src/plan/target-profile';
import { GunicornWorkerClass } from '../../src/servers/catalog/gunicorn';
import { ModelServer } from '../../src/servers/model-server';
import { HealthCheck, type HttpHealthCheckOptions } from '../../src/workload/health-check';
import { NUMBERED } from '../support/profiles';
import { TEST_PROFILE } from '../support/test-platform';
import { planOf, seconds } from './support';

const LIMITS = {
  minIntervalSeconds: 5,
  maxIntervalSeconds: 300,
  minTimeoutSeconds: 2,
  maxTimeoutSeconds: 120,
  endsBeforeNext: true,
  minThreshold: 2,
  maxThreshold: 10,
};

const messagesOf = (options: HttpHealthCheckOptions, target: TargetProfile = { ...NUMBERED, healthCheck: LIMITS }) =>
  planOf({ target, backend: { healthCheck: HealthCheck.http('/healthz', options) } }).messages;

describe('a health check', () => {
  test.each<[string, HttpHealthCheckOptions]>([
    ['the shortest', { interval: seconds(5), timeout: seconds(2), healthyThreshold: 2, unhealthyThreshold: 2 }],
    ['the longest', { interval: seconds(300), timeout: seconds(120), healthyThreshold: 10, unhealthyThreshold: 10 }],
  ])('can use the %s times of the target', (_, options) => {
    expect(messagesOf(options)).toEqual([]);
  });

  test('can use every time and threshold if the target has no limits', () => {
    const options = { interval: seconds(3600), timeout: seconds(1), healthyThreshold: 1, unhealthyThreshold: 99 };
    expect(messagesOf(options, TEST_PROFILE)).toEqual([]);
  });

  test('has one refusal for each value that the target does not support', () => {
    const options = { interval: seconds(4), timeout: seconds(4), healthyThreshold: 1, unhealthyThreshold: 11 };
    const must = (value: string, bound: string) =>
      `${value} of the health check of backend 'backend' must be ${bound} for an Application Load Balancer; change it, or leave it out`;
    expect(messagesOf(options)).toEqual([
      must("'interval' (4 s)", 'between 5 and 300 s'),
      must("'timeout' (4 s)", "less than 'interval' (4 s)"),
      must("'healthyThreshold' (1)", 'between 2 and 10'),
      must("'unhealthyThreshold' (11)", 'between 2 and 10'),
    ]);
  });

  test('has the shortest timeout of the target instead of a shorter one, which the ledger reports', () => {
    const healthCheck = HealthCheck.http('/healthz', {
      timeout: seconds(1),
      liveness: { timeout: seconds(1) },
      startup: { path: '/started', timeout: seconds(1) },
    });
    const target = { ...NUMBERED, healthCheck: LIMITS, livenessCheck: { minTimeoutSeconds: 3 } };
    const { plan, messages } = planOf({ target, backend: { healthCheck } });
    expect(messages).toEqual([]);
    const [backend] = plan.backends;
    expect(backend?.health).toMatchObject({
      timeoutSeconds: 2,
      liveness: { timeoutSeconds: 3 },
      startup: { timeoutSeconds: 2 },
    });
    expect(backend?.intent.healthCheck).toMatchObject({ timeoutSeconds: 1, liveness: { timeoutSeconds: 1 } });
    expect(plan.ledger.filter(({ feature }) => feature === 'health check')).toEqual([
      expect.objectContaining({
        path: backend?.intent.path,
        level: 'approximated',
        detail:
          'a check may take 2 s instead of 1 s, because that is the shortest timeout of an Application Load Balancer',
      }),
      expect.objectContaining({
        path: backend?.intent.path,
        level: 'approximated',
        detail:
          'a liveness check may take 3 s instead of 1 s, because that is the shortest timeout of an Application Load Balancer',
      }),
    ]);
  });

  test('reports the only bound of a target with one bound', () => {
    expect(messagesOf({ interval: seconds(4) }, { ...TEST_PROFILE, healthCheck: { minIntervalSeconds: 5 } })).toEqual([
      expect.stringContaining(
        "'interval' (4 s) of the health check of backend 'backend' must be at least 5 s for the test platform",
      ),
    ]);
  });
});

describe('a server whose requests block its health checks', () => {
  const ALB = { ...NUMBERED, healthCheck: LIMITS, livenessCheck: { maxIntervalSeconds: 300, maxThreshold: 10 } };
  const check = (options: HttpHealthCheckOptions) => HealthCheck.http('/healthz', options);
  const serial = ModelServer.gunicorn({ app: 'app', threads: 1 });

  /** The health check in the plan, for requests of this time. */
  function healthOf(request: number, backend: Partial<BackendOptions>, target: TargetProfile = ALB) {
    const { plan } = planOf({ target, endpoint: { requestTimeout: seconds(request) }, backend });
    const [planned] = plan.backends;
    const { intervalSeconds, timeoutSeconds, unhealthyThreshold, liveness } = planned?.health as HealthCheckIntent;
    return {
      interval: intervalSeconds,
      failures: unhealthyThreshold,
      tolerated: (unhealthyThreshold - 1) * intervalSeconds + timeoutSeconds,
      liveness,
      blocked: blockedChecks(planned as BackendPlan).map(({ what }) => what),
    };
  }

  test.each<[string, Partial<BackendOptions>]>([
    ['gunicorn with one thread', { server: serial }],
    [
      'gunicorn with two processes of one thread',
      { server: ModelServer.gunicorn({ app: 'app', threads: 1, workers: 2 }) },
    ],
    ['gunicorn for one request', { server: ModelServer.wsgi({ app: 'app' }), maxConcurrency: 1 }],
    ['sync workers', { server: ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC }) }],
    ['Seldon', { server: ModelServer.seldon({ className: 'Model' }) }],
    ['uWSGI', { server: ModelServer.uwsgi({ app: 'app', threads: 1 }) }],
    ['waitress', { server: ModelServer.waitress({ app: 'app', threads: 1 }) }],
    ['a backend of one request', { server: ModelServer.asgi({ app: 'app' }), maxConcurrency: 1 }],
    [
      'a declared server',
      { server: ModelServer.command({ command: ['flask', 'run'], behavior: { drains: false, concurrency: 1 } }) },
    ],
  ])('is healthy during the longest request: %s', (_, backend) => {
    const { interval, tolerated, blocked } = healthOf(60, backend);
    expect({ interval, blocked }).toEqual({ interval: 10, blocked: [] });
    expect(tolerated).toBeGreaterThan(60);
    expect(healthOf(5, backend)).toMatchObject({ failures: 3, interval: 10 });
  });

  test.each<[string, Partial<BackendOptions>]>([
    ['with threads', { server: ModelServer.gunicorn({ app: 'app', threads: 2 }) }],
    ['with an event loop', { server: ModelServer.asgi({ app: 'app' }) }],
    ['that is unknown', { server: ModelServer.command({ command: ['serve'] }), healthCheck: check({}) }],
  ])('is no server %s', (_, backend) => {
    expect(healthOf(100, backend)).toMatchObject({ failures: 3, interval: 10, blocked: [] });
  });

  test('has a longer interval where the target has a maximum of failures', () => {
    expect(healthOf(600, { server: serial })).toMatchObject({ failures: 10, interval: 68, blocked: [] });
    expect(healthOf(600, { server: serial }, TEST_PROFILE)).toMatchObject({ interval: 10, blocked: [] });
  });

  test('keeps what is declared, and raises the rest', () => {
    const failures = { server: serial, healthCheck: check({ unhealthyThreshold: 4 }) };
    expect(healthOf(100, failures)).toMatchObject({ failures: 4, interval: 35, blocked: [] });
    const interval = { server: serial, healthCheck: check({ interval: seconds(20) }) };
    expect(healthOf(100, interval)).toMatchObject({ failures: 7, interval: 20, blocked: [] });
  });

  test('is reported if the declared values or the limits of the target do not suffice', () => {
    const both = check({
      interval: seconds(20),
      unhealthyThreshold: 2,
      liveness: { interval: seconds(10), unhealthyThreshold: 3 },
    });
    expect(healthOf(100, { server: serial, healthCheck: both }).blocked).toEqual(['health check', 'liveness check']);
    expect(healthOf(3500, { server: serial })).toMatchObject({
      failures: 10,
      interval: 300,
      blocked: ['health check'],
    });
  });

  test('has a liveness check that tolerates the longest request too', () => {
    const { liveness, blocked } = healthOf(400, { server: serial, healthCheck: check({ liveness: {} }) });
    expect(blocked).toEqual([]);
    expect(liveness).toMatchObject({ intervalSeconds: 45, unhealthyThreshold: 10 });
  });

  test('is not blocked if the balancer sends fewer requests at once', () => {
    const server = ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC, workers: 4 });
    expect(healthOf(100, { server, maxConcurrency: 3 }, TEST_PROFILE).failures).toBe(3);
    expect(healthOf(100, { server, maxConcurrency: 4 }, TEST_PROFILE).failures).toBeGreaterThan(3);
  });
});
