import type { TargetProfile } from '../../src/plan/target-profile';
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
    const healthCheck = HealthCheck.http('/healthz', { timeout: seconds(1) });
    const { plan, messages } = planOf({ target: { ...NUMBERED, healthCheck: LIMITS }, backend: { healthCheck } });
    expect(messages).toEqual([]);
    const [backend] = plan.backends;
    expect(backend?.health.timeoutSeconds).toBe(2);
    expect(backend?.intent.healthCheck.timeoutSeconds).toBe(1);
    expect(plan.ledger.filter(({ feature }) => feature === 'health check')).toEqual([
      expect.objectContaining({
        level: 'approximated',
        detail:
          'a check may take 2 s instead of 1 s, because that is the shortest timeout of an Application Load Balancer',
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
