import type { Template } from 'aws-cdk-lib/assertions';
import { type AutoscalingOptions, Duration, type ScalingSchedule, ScalingTarget, Weekday } from '../../src';
import { newStack, oneBackend, only, templateOf } from '../support/aws';
import { type Data, object, objects } from '../support/data';

const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

const cpu = ScalingTarget.cpuUtilization(60);

function scaled(options: Partial<AutoscalingOptions> = {}): Template {
  const { stack, backend } = oneBackend();
  backend.autoscale({ maxReplicas: 8, targets: [cpu], ...options });
  return templateOf(stack);
}

function configuration(template: Template): Data {
  return object(only(template, POLICY).TargetTrackingScalingPolicyConfiguration);
}

/** The full name of a resource of the template, as policies refer to it. */
function fullName(template: Template, type: 'LoadBalancer' | 'TargetGroup'): Data {
  const [id] = Object.keys(template.findResources(`AWS::ElasticLoadBalancingV2::${type}`));
  return { 'Fn::GetAtt': [id, `${type}FullName`] };
}

test('the scalable target has the bounds of the policy and the service-linked role of ECS', () => {
  const template = scaled({ minReplicas: 2 });
  const [service] = Object.keys(template.findResources('AWS::ECS::Service'));
  const target = only(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
  expect(target).toMatchObject({
    MinCapacity: 2,
    MaxCapacity: 8,
    ScalableDimension: 'ecs:service:DesiredCount',
    ServiceNamespace: 'ecs',
  });
  expect(JSON.stringify(target.ResourceId)).toContain(`{"Fn::GetAtt":["${service}","Name"]}`);
  expect(JSON.stringify(target.RoleARN)).toContain('AWSServiceRoleForApplicationAutoScaling_ECSService');
  expect(only(template, POLICY).PolicyType).toBe('TargetTrackingScaling');
});

test.each([
  ['CPU', cpu, 'ECSServiceAverageCPUUtilization', 60],
  ['memory', ScalingTarget.memoryUtilization(70), 'ECSServiceAverageMemoryUtilization', 70],
])('%s is tracked by its utilization', (_what, target, metric, TargetValue) => {
  expect(configuration(scaled({ targets: [target] }))).toMatchObject({
    TargetValue,
    PredefinedMetricSpecification: { PredefinedMetricType: metric },
  });
});

test('requests are counted per minute, for the target group of the backend only', () => {
  const template = scaled({ targets: [ScalingTarget.requestsPerSecond(2.5)] });
  expect(configuration(template)).toMatchObject({
    TargetValue: 150,
    PredefinedMetricSpecification: {
      PredefinedMetricType: 'ALBRequestCountPerTarget',
      ResourceLabel: {
        'Fn::Join': ['', [fullName(template, 'LoadBalancer'), '/', fullName(template, 'TargetGroup')]],
      },
    },
  });
});

test('ongoing requests are the request rate times the response time, divided by replicas', () => {
  const template = scaled({ targets: [ScalingTarget.ongoingRequests(4)] });
  const { TargetValue, CustomizedMetricSpecification } = configuration(template);
  expect(TargetValue).toBe(4);
  const metrics = objects(object(CustomizedMetricSpecification).Metrics);
  const dimensions = [
    { Name: 'LoadBalancer', Value: fullName(template, 'LoadBalancer') },
    { Name: 'TargetGroup', Value: fullName(template, 'TargetGroup') },
  ];
  expect(metrics.filter(({ MetricStat }) => MetricStat !== undefined)).toEqual(
    [
      ['requests', 'RequestCount', 'Sum'],
      ['seconds', 'TargetResponseTime', 'Average'],
      ['replicas', 'HealthyHostCount', 'Average'],
    ].map(([Id, MetricName, Stat]) => ({
      Id,
      ReturnData: false,
      MetricStat: { Stat, Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions } },
    })),
  );
  expect(metrics.filter(({ ReturnData }) => ReturnData === true)).toEqual([
    expect.objectContaining({
      Expression: '(FILL(requests, 0) * FILL(seconds, 0) / 60) / replicas',
      Label: 'ongoing requests of a replica',
    }),
  ]);
});

test('the delays are the cooldowns of all kinds of policies', () => {
  const template = scaled({
    targets: [cpu, ScalingTarget.memoryUtilization(70), ScalingTarget.requestsPerSecond(2)],
    scaleUpDelay: Duration.seconds(45),
    scaleDownDelay: Duration.minutes(20),
  });
  const policies = Object.values(template.findResources(POLICY));
  expect(policies).toHaveLength(3);
  for (const policy of policies) {
    expect(policy.Properties.TargetTrackingScalingPolicyConfiguration).toMatchObject({
      ScaleOutCooldown: 45,
      ScaleInCooldown: 1200,
    });
  }
});

test('every policy has a unique name, even with long ids', () => {
  const stack = newStack('S'.repeat(100));
  const { backend } = oneBackend({}, {}, stack);
  backend.autoscale({
    maxReplicas: 8,
    targets: [
      cpu,
      ScalingTarget.memoryUtilization(70),
      ScalingTarget.requestsPerSecond(2),
      ScalingTarget.ongoingRequests(4),
    ],
  });
  const names = Object.values(templateOf(stack).findResources(POLICY)).map(({ Properties }) => Properties.PolicyName);
  expect(new Set(names).size).toBe(4);
  expect(Math.max(...names.map((name: string) => name.length))).toBeLessThanOrEqual(256);
});

describe('a schedule', () => {
  const { MONDAY, FRIDAY, SUNDAY } = Weekday;
  const zone = { timeZone: 'Europe/Berlin', minReplicas: 4 };
  const actions = (minReplicas: number, schedules: ScalingSchedule[]) =>
    objects(only(scaled({ minReplicas, schedules }), 'AWS::ApplicationAutoScaling::ScalableTarget').ScheduledActions);

  test('raises the minimum at its start, and restores it at its end', () => {
    const [start, end, ...others] = actions(2, [{ ...zone, from: '07:30', to: '19:00', days: [MONDAY, FRIDAY] }]);
    expect(others).toEqual([]);
    expect(start).toEqual({
      ScheduledActionName: 'Start0450MONFRI',
      Schedule: 'cron(30 7 ? * MON,FRI *)',
      Timezone: 'Europe/Berlin',
      ScalableTargetAction: { MinCapacity: 4 },
    });
    expect(end).toEqual({
      ScheduledActionName: 'End1140MONFRI',
      Schedule: 'cron(0 19 ? * MON,FRI *)',
      Timezone: 'Europe/Berlin',
      ScalableTargetAction: { MinCapacity: 2 },
    });
  });

  test('that passes midnight ends on the next day', () => {
    const schedules = actions(1, [{ ...zone, from: '22:00', to: '06:00', days: [FRIDAY, SUNDAY] }]);
    expect(schedules.map(({ Schedule }) => Schedule)).toEqual(['cron(0 22 ? * FRI,SUN *)', 'cron(0 6 ? * MON,SAT *)']);
  });

  test('of every day has no days', () => {
    const schedules = actions(1, [{ ...zone, from: '08:00', to: '18:15' }]);
    expect(schedules.map(({ Schedule }) => Schedule)).toEqual(['cron(0 8 * * ? *)', 'cron(15 18 * * ? *)']);
  });

  test('with a minimum of 0 starts and stops all replicas', () => {
    const template = scaled({ minReplicas: 0, schedules: [{ ...zone, from: '08:00', to: '18:00' }] });
    const target = only(template, 'AWS::ApplicationAutoScaling::ScalableTarget');
    expect(target).toMatchObject({ MinCapacity: 0, MaxCapacity: 8 });
    expect(objects(target.ScheduledActions).map((action) => action.ScalableTargetAction)).toEqual([
      { MinCapacity: 4, MaxCapacity: 8 },
      { MinCapacity: 0, MaxCapacity: 0 },
    ]);
    expect(only(template, 'AWS::ECS::Service')).toMatchObject({
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 },
    });
  });

  test('keeps its name when another one is added before it', () => {
    const day = { ...zone, from: '08:00', to: '18:00', days: [MONDAY] };
    const names = actions(1, [{ ...day, days: [SUNDAY] }, day]).map((action) => action.ScheduledActionName);
    expect(names).toEqual(expect.arrayContaining(actions(1, [day]).map((action) => action.ScheduledActionName)));
    expect(new Set(names).size).toBe(4);
  });
});
