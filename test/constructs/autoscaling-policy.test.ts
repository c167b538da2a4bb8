import { type AutoscalingOptions, AutoscalingPolicy, ScalingTarget } from '../../src/constructs/autoscaling-policy';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';

const scale = (change: Partial<AutoscalingOptions> = {}) =>
  singleBackend().backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(60)], ...change });

const intentOf = (policy: AutoscalingPolicy) =>
  TargetPlatform.planOf(policy.backend.platform).backend(policy.backend.node.path).autoscaling;

describe('autoscaling policy', () => {
  test('scales between one replica and the maximum, up fast and down slowly', () => {
    expect(intentOf(scale())).toEqual({
      path: 'endpoint/backend/Autoscaling',
      backend: 'endpoint/backend',
      minReplicas: 1,
      maxReplicas: 4,
      targets: [{ metric: 'cpu', value: 60 }],
      scaleUpSeconds: 30,
      scaleDownSeconds: 600,
    });
  });

  test('has the values of its options', () => {
    const policy = scale({
      minReplicas: 4,
      targets: [
        ScalingTarget.ongoingRequests(2),
        ScalingTarget.memoryUtilization(80),
        ScalingTarget.requestsPerSecond(0.5),
      ],
      scaleUpDelay: Duration.seconds(0),
      scaleDownDelay: Duration.hours(1),
    });
    expect(intentOf(policy)).toMatchObject({
      minReplicas: 4,
      targets: [
        { metric: 'ongoing requests', value: 2 },
        { metric: 'memory', value: 80 },
        { metric: 'requests per second', value: 0.5 },
      ],
      scaleUpSeconds: 0,
      scaleDownSeconds: 3600,
    });
  });

  test.each([
    [
      { minReplicas: 0 },
      "'minReplicas' (0) must be a whole number of at least 1; none of these metrics can start the first replica",
    ],
    [{ minReplicas: 1.5 }, "'minReplicas' (1.5) must be a whole number of at least 1"],
    [{ maxReplicas: 0 }, "'maxReplicas' (0) must be a whole number of at least 1"],
    [{ minReplicas: 5 }, "'minReplicas' (5) must be at most 'maxReplicas' (4)"],
  ])('fails if the bounds are %j', (change, message) => {
    expect(() => scale(change)).toThrow(`[ReplicasOutOfRange] ${message}`);
  });

  test.each([0, 101, 50.5])('fails if the target utilization is %p percent', (percent) => {
    expect(() => ScalingTarget.cpuUtilization(percent)).toThrow(
      `[InvalidNumber] 'percent' (${percent}) must be a whole number between 1 and 100`,
    );
  });

  test.each(['requestsPerSecond', 'ongoingRequests'] as const)('fails if %s is 0', (target) => {
    expect(() => ScalingTarget[target](0)).toThrow(`[InvalidNumber] '${target}' (0) must be a number of at least 0.01`);
  });

  test.each(['scaleUpDelay', 'scaleDownDelay'] as const)('fails if %s is longer than the target supports', (prop) => {
    const platform = testPlatform({ target: { maxScalingDelaySeconds: 60 } });
    const backend = endpointOn(platform).addBackend('backend', backendOptions());
    const targets = [ScalingTarget.cpuUtilization(60)];
    expect(() => backend.autoscale({ maxReplicas: 4, targets, [prop]: Duration.seconds(61) })).toThrow(
      `[InvalidNumber] '${prop}' (61) must be a whole number between 0 and 60; the value is in seconds`,
    );
  });

  test('fails without targets', () => {
    expect(() => scale({ targets: [] })).toThrow(
      "[EmptyList] 'targets' ([]) must have at least one target, such as ScalingTarget.cpuUtilization(60) (at endpoint/backend/Autoscaling)",
    );
  });

  test('fails for two targets of the same metric', () => {
    expect(() => scale({ targets: [ScalingTarget.cpuUtilization(60), ScalingTarget.cpuUtilization(80)] })).toThrow(
      "[DuplicateScalingTarget] duplicate scaling target 'cpu' in 'targets'; use each metric once (at endpoint/backend/Autoscaling)",
    );
  });

  test('fails if the number of replicas is fixed', () => {
    const { backend } = singleBackend({ replicas: 3 });
    expect(() => backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(60)] })).toThrow(
      "[ReplicasWithAutoscaling] 'replicas' (3) of backend 'backend' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas'",
    );
  });

  test('fails for a second policy of a backend', () => {
    const { backend } = singleBackend();
    const options = { maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(60)] };
    backend.autoscale(options);
    expect(() => new AutoscalingPolicy(backend, 'Second', { ...options, backend })).toThrow(
      "[DuplicateAutoscaling] backend 'backend' already has an autoscaling policy; use one policy with several targets (at endpoint/backend/Second)",
    );
  });
});
