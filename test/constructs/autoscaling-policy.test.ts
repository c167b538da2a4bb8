import { type AutoscalingOptions, AutoscalingPolicy } from '../../src/constructs/autoscaling-policy';
import { type ScalingSchedule, Weekday } from '../../src/constructs/scaling-schedule';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Gpu } from '../../src/workload/gpu';
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
      "'minReplicas' (0) must be a whole number of at least 1; none of these metrics can start the first replica, only 'schedules'",
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

describe('schedules', () => {
  const hours: ScalingSchedule = { from: '07:30', to: '19:00', timeZone: 'Europe/Berlin', minReplicas: 3 };
  const { SATURDAY, SUNDAY, MONDAY, FRIDAY } = Weekday;

  test('are plain data, with the days in order', () => {
    const schedules = [{ ...hours, days: [FRIDAY, MONDAY] }];
    expect(intentOf(scale({ schedules }))?.schedules).toEqual([
      { fromMinute: 450, toMinute: 1140, days: ['MON', 'FRI'], timeZone: 'Europe/Berlin', minReplicas: 3 },
    ]);
    expect(intentOf(scale({ schedules: [hours] }))?.schedules?.[0]?.days).toHaveLength(7);
    expect(intentOf(scale({ schedules: [] }))).not.toHaveProperty('schedules');
  });

  test('allow a policy without replicas outside of them', () => {
    expect(intentOf(scale({ minReplicas: 0, schedules: [{ ...hours, minReplicas: 1 }] }))?.minReplicas).toBe(0);
  });

  test.each<[string, Partial<ScalingSchedule>[]]>([
    [
      "[InvalidText] 'schedules[0].from' ('7:30') must be a time from '00:00' to '23:59', such as '07:30'",
      [{ from: '7:30' }],
    ],
    ["[InvalidText] 'schedules[0].to' ('24:00') must be a time", [{ to: '24:00' }]],
    ["[ConflictingProps] 'schedules[0].from' and 'schedules[0].to' ('07:30') must differ", [{ to: '07:30' }]],
    [
      "[InvalidName] 'schedules[0].timeZone' ('Berlin') must be a time zone of the IANA database, such as 'Europe/Berlin' or 'UTC'",
      [{ timeZone: 'Berlin' }],
    ],
    ["[InvalidName] 'schedules[0].timeZone' ('+02:00')", [{ timeZone: '+02:00' }]],
    ["[EmptyList] 'schedules[0].days' ([]) must have at least one day, or be left out", [{ days: [] }]],
    [
      "[ReplicasOutOfRange] 'schedules[0].minReplicas' (1) must be a whole number between 2 and 4",
      [{ minReplicas: 1 }],
    ],
    [
      "[ReplicasOutOfRange] 'schedules[0].minReplicas' (5) must be a whole number between 2 and 4",
      [{ minReplicas: 5 }],
    ],
    [
      "[ConflictingProps] 'schedules[1].timeZone' ('UTC') differs from 'Europe/Berlin' of 'schedules[0]'",
      [{ days: [MONDAY] }, { days: [FRIDAY], timeZone: 'UTC' }],
    ],
    [
      "[ConflictingProps] 'schedules[1]' overlaps or adjoins 'schedules[0]'; leave at least a minute between them",
      [{ days: [MONDAY] }, { from: '19:00', to: '22:00' }],
    ],
    [
      "[ConflictingProps] 'schedules[1]' overlaps or adjoins 'schedules[0]'",
      [
        { days: [SUNDAY], from: '20:00', to: '06:00' },
        { days: [MONDAY], from: '05:00' },
      ],
    ],
  ])('fail with %s', (message, changes) => {
    expect(() => scale({ schedules: changes.map((change) => ({ ...hours, ...change })) })).toThrow(message);
  });

  test('may follow each other after a minute, also over midnight and the end of the week', () => {
    const schedules = [
      { ...hours, days: [SUNDAY], from: '20:00', to: '06:00' },
      { ...hours, days: [MONDAY], from: '06:01', to: '08:00' },
      { ...hours, days: [SATURDAY], from: '20:00', to: '19:59' },
    ];
    expect(() => scale({ schedules })).not.toThrow();
  });
});

describe('a metric that the backend must have', () => {
  const scaled = (backend: object, target: ScalingTarget) =>
    singleBackend(backend).backend.autoscale({ maxReplicas: 4, targets: [target] });

  test('is the queue of a server', () => {
    const queue = ScalingTarget.queueDepth(2);
    expect(() => scaled({}, queue)).toThrow(
      "[Unsupported] scaling target 'queue depth' of backend 'backend' requires a metric of waiting requests, which gunicorn does not have; use ScalingTarget.ongoingRequests (at endpoint/backend/Autoscaling)",
    );
    const policy = scaled({ server: ModelServer.vllm({ model: 'a/b' }), gpu: Gpu.nvidia() }, queue);
    expect(intentOf(policy)?.targets).toEqual([{ metric: 'queue depth', value: 2 }]);
  });

  test('is the utilization of NVIDIA GPUs', () => {
    const gpus = ScalingTarget.gpuUtilization(70);
    for (const gpu of [undefined, Gpu.amd()])
      expect(() => scaled({ gpu }, gpus)).toThrow(
        "[Unsupported] scaling target 'gpu' of backend 'backend' requires NVIDIA GPUs; set 'gpu' to Gpu.nvidia(), or use ScalingTarget.ongoingRequests",
      );
    expect(intentOf(scaled({ gpu: Gpu.nvidia() }, gpus))?.targets).toEqual([{ metric: 'gpu', value: 70 }]);
  });
});
