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

  test.each(['', 'healthz', '/a b', `/${'x'.repeat(1024)}`])('fails when the path is %p', (path) => {
    expect(() => HealthCheck.http(path)).toThrow(
      `[InvalidPath] the health check path ('${path}') must start with '/' and must not contain spaces`,
    );
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
    [{ healthyThreshold: 0 }, "'healthyThreshold' (0) must be a whole number of at least 1"],
    [{ unhealthyThreshold: 1.5 }, "'unhealthyThreshold' (1.5) must be a whole number of at least 1"],
  ])('fails when a number is invalid: %j', (options, message) => {
    expect(() => HealthCheck.http('/', options)).toThrow(`[InvalidNumber] ${message}`);
  });
});
