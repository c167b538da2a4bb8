import { Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { aws, kubernetes, ScalingTarget } from '../../src';
import { newApp, oneBackend, only, templateOf } from '../support/aws';
import { type Data, object, objects } from '../support/data';

const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';

const depth = new cloudwatch.Metric({
  namespace: 'Acme',
  metricName: 'Depth',
  dimensionsMap: { Queue: 'jobs' },
  statistic: 'Maximum',
});

function policyOf(target: ScalingTarget): {
  readonly id: string;
  readonly TargetValue: unknown;
  readonly queries: readonly Data[];
} {
  const { stack, backend } = oneBackend();
  backend.autoscale({ maxReplicas: 8, targets: [target] });
  const template = templateOf(stack);
  const { TargetValue, CustomizedMetricSpecification: custom } = object(
    only(template, POLICY).TargetTrackingScalingPolicyConfiguration,
  );
  const [id = ''] = Object.keys(template.findResources(POLICY));
  return { id, TargetValue, queries: objects(object(custom).Metrics) };
}

const DEPTH = {
  Stat: 'Maximum',
  Metric: { Namespace: 'Acme', MetricName: 'Depth', Dimensions: [{ Name: 'Queue', Value: 'jobs' }] },
};

test('a metric of one replica is tracked as it is', () => {
  const { id, TargetValue, queries } = policyOf(aws.MetricTarget.ofAverage('Depth', depth, 4));
  expect(id).toContain('MetricDepth');
  expect(TargetValue).toBe(4);
  expect(queries).toEqual([{ Id: 'servingValue', ReturnData: true, MetricStat: DEPTH }]);
});

test('a metric of all replicas is divided by their number', () => {
  const { queries } = policyOf(aws.MetricTarget.ofTotal('Jobs', depth, 10));
  expect(queries).toEqual([
    { Id: 'servingTotal', ReturnData: false, MetricStat: DEPTH },
    {
      Id: 'servingReplicas',
      ReturnData: false,
      MetricStat: { Stat: 'Average', Metric: expect.objectContaining({ MetricName: 'HealthyHostCount' }) },
    },
    { Id: 'servingValue', ReturnData: true, Expression: 'servingTotal / servingReplicas' },
  ]);
});

test('a math expression brings its metrics', () => {
  const expression = new cloudwatch.MathExpression({ expression: 'a + b', usingMetrics: { a: depth, b: depth } });
  const { queries } = policyOf(aws.MetricTarget.ofAverage('Sum', expression, 4));
  expect(queries).toEqual([
    { Id: 'a', ReturnData: false, MetricStat: DEPTH },
    { Id: 'b', ReturnData: false, MetricStat: DEPTH },
    { Id: 'servingValue', ReturnData: true, Expression: 'a + b' },
  ]);
});

test('several metrics are several policies, next to those of other targets', () => {
  const { stack, backend } = oneBackend();
  const targets = [
    ScalingTarget.cpuUtilization(60),
    aws.MetricTarget.ofAverage('One', depth, 4),
    aws.MetricTarget.ofTotal('Two', depth, 4),
  ];
  backend.autoscale({ maxReplicas: 8, targets });
  expect(Object.keys(templateOf(stack).findResources(POLICY))).toHaveLength(3);
  expect(() => targets.push(ScalingTarget.memoryUtilization(60))).not.toThrow();
});

test('two metrics of one name fail', () => {
  const targets = [1, 2].map((value) => aws.MetricTarget.ofAverage('One', depth, value));
  expect(() => oneBackend().backend.autoscale({ maxReplicas: 8, targets })).toThrow(
    "[DuplicateScalingTarget] duplicate scaling target 'One' in 'targets'; use each metric once",
  );
});

test.each([
  [
    () => aws.MetricTarget.ofAverage('a b', depth, 4),
    "[InvalidName] 'name' ('a b') must consist of at most 64 letters and digits",
  ],
  [() => aws.MetricTarget.ofAverage('One', depth, 0), "[InvalidNumber] 'value' (0) must be a number between"],
  [() => aws.MetricTarget.ofTotal('One', depth, -1), "[InvalidNumber] 'perReplica' (-1) must be a number between"],
  [
    () => aws.MetricTarget.ofAverage('One', 'Depth' as never, 1),
    "[InvalidType] 'metric' ('Depth') must be a cloudwatch.IMetric, for example queue.metricApproximateNumberOfMessagesVisible()",
  ],
])('wrong arguments fail: %#', (define, message) => {
  expect(define).toThrow(message);
});

test('a metric of another Region fails', () => {
  const stack = new Stack(newApp(), 'Serving', { env: { account: '123456789012', region: 'eu-west-1' } });
  const { backend } = oneBackend({}, {}, stack);
  const metric = depth.with({ region: 'us-east-1' });
  expect(() => backend.autoscale({ maxReplicas: 8, targets: [aws.MetricTarget.ofAverage('One', metric, 1)] })).toThrow(
    "[ForeignResource] metric 'Depth' of a scaling target is in region 'us-east-1', and the backend in 'eu-west-1'; use a metric of the same account and Region",
  );
});

test('a metric of Kubernetes fails', () => {
  const target = kubernetes.MetricTarget.ofAverage('vllm:num_requests_waiting', 2);
  expect(() => oneBackend().backend.autoscale({ maxReplicas: 8, targets: [target] })).toThrow(
    "[ForeignResource] scaling target 'vllm:num_requests_waiting' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or one for each in ScalingTarget.byPlatform",
  );
});
