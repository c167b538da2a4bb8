import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';

describe('health check', () => {
  test('accepts every status below 500 at the root if none is declared', () => {
    expect(HealthCheck._standard()._intent()).toMatchObject({ path: '/', statuses: '200-499', declared: false });
  });

  test('accepts 200 to 399 if a path is declared', () => {
    expect(HealthCheck.http('/healthz')._intent()).toEqual({
      path: '/healthz',
      statuses: '200-399',
      declared: true,
      intervalSeconds: 10,
      timeoutSeconds: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      isIntervalDefault: true,
      isThresholdDefault: true,
    });
  });

  test('keeps its durations and thresholds', () => {
    const options = {
      interval: Duration.seconds(30),
      timeout: Duration.seconds(29),
      healthyThreshold: 5,
      unhealthyThreshold: 4,
    };
    expect(HealthCheck.http('/', options)._intent()).toMatchObject({
      intervalSeconds: 30,
      timeoutSeconds: 29,
      healthyThreshold: 5,
      unhealthyThreshold: 4,
    });
  });

  test.each([
    '',
    'healthz',
    '/a b',
    '/%',
    '/%2',
    '/a#b',
    '//host/a',
    '/a"b',
    '/a\\b',
    '/{a}',
    '/é',
  ])('fails when the path is %p', (path) => {
    expect(() => HealthCheck.http(path)).toThrow(
      `[InvalidPath] the health check path ('${path}') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes`,
    );
  });

  test('fails when the path exceeds its limit, with the limit and the start of the path', () => {
    expect(() => HealthCheck.http(`/${'x'.repeat(1023)}`)).not.toThrow();
    expect(() => HealthCheck.http(`/${'x'.repeat(1024)}`)).toThrow(
      `[InvalidPath] the health check path ('/${'x'.repeat(59)}…') must have at most 1024 characters, but has 1025`,
    );
  });

  test.each([
    '/',
    '/healthz?deep=yes&x',
    '/a%20b/%C3%A9',
    "/v2/models/net:1/ready;a=$b,(c)!*'~@+",
  ])('accepts the path %p', (path) => {
    expect(HealthCheck.http(path)._intent().path).toBe(path);
  });

  test('keeps its status codes and its host', () => {
    const check = HealthCheck.http('/', { statuses: '200,204', host: '[::1]:8000' });
    expect(check._intent()).toMatchObject({ statuses: '200,204', host: '[::1]:8000' });
  });

  test.each([
    [1, 1],
    [2, 1],
    [5, 4],
    [6, 5],
    [300, 5],
  ])('with an interval of %i s has a timeout of %i s by default', (interval, timeoutSeconds) => {
    const check = HealthCheck.http('/', { interval: Duration.seconds(interval) });
    expect(check._intent()).toMatchObject({ intervalSeconds: interval, timeoutSeconds });
  });

  test('has its own times for starting and running replicas', () => {
    const check = HealthCheck.http('/ready', {
      interval: Duration.seconds(20),
      timeout: Duration.seconds(12),
      initialDelay: Duration.seconds(3),
      startup: { path: '/started' },
      liveness: {},
    });
    expect(check._intent()).toMatchObject({
      initialDelaySeconds: 3,
      startup: { path: '/started', intervalSeconds: 10, timeoutSeconds: 10 },
      liveness: { path: '/ready', intervalSeconds: 30, timeoutSeconds: 5, unhealthyThreshold: 5 },
    });
  });

  test.each([
    ['startup.path', { startup: { path: 'a' } }],
    ['liveness.path', { liveness: { path: 'a' } }],
  ] as const)('fails when %s is invalid', (prop, options) => {
    expect(() => HealthCheck.http('/', options)).toThrow(
      `[InvalidPath] '${prop}' ('a') of the health check must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes`,
    );
  });

  test('does not check the limits of targets', () => {
    const options = { interval: Duration.hours(1), healthyThreshold: 1, unhealthyThreshold: 100 };
    expect(HealthCheck.http('/', options)._intent()).toMatchObject({
      intervalSeconds: 3600,
      healthyThreshold: 1,
      unhealthyThreshold: 100,
    });
  });

  test.each([
    [{ interval: Duration.seconds(0) }, "'interval' (0) must be a whole number of at least 1"],
    [{ timeout: Duration.millis(2500) }, "'timeout' (2.5) must be a whole number of at least 1"],
    [{ timeout: Duration.seconds(11) }, "'timeout' (11 s) must be at most 'interval' (10 s)"],
    [{ initialDelay: Duration.seconds(0) }, "'initialDelay' (0) must be a whole number of at least 1"],
    [
      { startup: { path: '/', interval: Duration.seconds(3), timeout: Duration.seconds(4) } },
      "'startup.timeout' (4 s) must be at most 'startup.interval' (3 s)",
    ],
    [
      { liveness: { timeout: Duration.seconds(31) } },
      "'liveness.timeout' (31 s) must be at most 'liveness.interval' (30 s)",
    ],
    [{ liveness: { unhealthyThreshold: 0 } }, "'liveness.unhealthyThreshold' (0) must be a whole number of at least 1"],
    [{ healthyThreshold: 0 }, "'healthyThreshold' (0) must be a whole number of at least 1"],
    [{ unhealthyThreshold: 1.5 }, "'unhealthyThreshold' (1.5) must be a whole number of at least 1"],
  ])('fails when a number is invalid: %j', (options, message) => {
    expect(() => HealthCheck.http('/', options)).toThrow(`[InvalidNumber] ${message}`);
  });
});
