import type { Template } from 'aws-cdk-lib/assertions';
import { type AutoscalingOptions, Duration, ScalingTarget } from '../../src';
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
