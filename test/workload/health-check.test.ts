import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';

describe('health check', () => {
  test('counts every status below 500 to the root where none is declared', () => {
    expect(HealthCheck._standard()._intent()).toMatchObject({ path: '/', statuses: '200-499', declared: false });
  });

  test('counts 200 to 399 where a path is declared', () => {
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

  test('keeps its times and thresholds', () => {
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
      `[InvalidPath] the health check path ('${path}') must start with '/' and have no spaces`,
    );
  });

  test.each([
    [{ interval: Duration.seconds(4) }, "'interval' (4) must be a whole number between 5 and 300"],
    [{ interval: Duration.seconds(301) }, "'interval' (301) must be a whole number between 5 and 300"],
    [{ timeout: Duration.seconds(1) }, "'timeout' (1) must be a whole number between 2 and 120"],
    [{ timeout: Duration.seconds(121) }, "'timeout' (121) must be a whole number between 2 and 120"],
    [{ timeout: Duration.millis(2500) }, "'timeout' (2.5) must be a whole number between 2 and 120"],
    [{ timeout: Duration.seconds(10) }, "'timeout' (10 s) must be less than 'interval' (10 s)"],
    [{ healthyThreshold: 1 }, "'healthyThreshold' (1) must be a whole number between 2 and 10"],
    [{ unhealthyThreshold: 11 }, "'unhealthyThreshold' (11) must be a whole number between 2 and 10"],
  ])('fails when a number is outside its bounds: %j', (options, message) => {
    expect(() => HealthCheck.http('/', options)).toThrow(`[InvalidNumber] ${message}`);
  });
});
