import { Rollout } from '../../src/workload/rollout';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';

describe('rollout', () => {
  test('doubles the replicas during a rollout by default', () => {
    expect(Rollout.surge()._intent()).toEqual({ kind: 'surge', surgePercent: 100, availablePercent: 100 });
  });

  test('surges by the requested percentage', () => {
    expect(Rollout.surge({ percent: 25 })._intent()).toEqual({
      kind: 'surge',
      surgePercent: 25,
      availablePercent: 100,
    });
  });

  test('keeps half of the replicas when it replaces in place', () => {
    expect(Rollout.inPlace()._intent()).toEqual({ kind: 'in place', surgePercent: 0, availablePercent: 50 });
  });

  test('keeps none when downtime is allowed', () => {
    expect(Rollout.inPlace({ allowDowntime: true })._intent()).toEqual({
      kind: 'in place',
      surgePercent: 0,
      availablePercent: 0,
    });
  });

  test.each([0, 101, 2.5])('fails when the surge is %p percent', (percent) => {
    expect(() => Rollout.surge({ percent })).toThrow(
      `[InvalidNumber] 'percent' (${percent}) must be a whole number between 1 and 100`,
    );
  });

  test('fails when it would stop the only replica', () => {
    const { platform } = singleBackend({ rollout: Rollout.inPlace() });
    expect(() => platform.synthesize()).toThrow(
      "[RolloutStopsOnlyReplica] 'rollout' (in place) would stop the only replica of backend 'backend' before a new one runs; use at least 2 replicas, Rollout.surge(), or Rollout.inPlace({ allowDowntime: true }) to accept downtime (at endpoint/backend)",
    );
  });

  test.each([
    { rollout: Rollout.inPlace(), replicas: 2 },
    { rollout: Rollout.inPlace({ allowDowntime: true }) },
    { rollout: Rollout.surge() },
  ])('accepts it if a replica remains or downtime is allowed', (options) => {
    const platform = testPlatform();
    endpointOn(platform).addBackend('backend', backendOptions(options));
    expect(platform.plan().refusals).toEqual([]);
  });
});
