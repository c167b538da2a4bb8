import { type CfnElement, Duration, type Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { aws, ScalingTarget } from '../../src';
import { oneBackend, only, templateOf } from '../support/aws';

const { stack, backend } = oneBackend();
const facade = aws.EcsBackend.of(backend);
const defaults = (construct: { readonly node: { readonly defaultChild?: unknown } }): CfnElement =>
  construct.node.defaultChild as CfnElement;

/** The dimensions of a metric as in the template. */
function dimensionsOf(metric: cloudwatch.Metric, of: Stack = stack): unknown {
  return of.resolve(metric.dimensions);
}

const loadBalancer = expect.objectContaining({ 'Fn::Join': expect.anything() });
const targetGroup = expect.objectContaining({ 'Fn::Select': [5, expect.anything()] });

type MetricMethod = {
  [name in keyof aws.EcsBackend]-?: aws.EcsBackend[name] extends (
    options?: cloudwatch.MetricOptions,
  ) => cloudwatch.Metric
    ? name
    : never;
}[keyof aws.EcsBackend];

const OF_TARGET_GROUP: [MetricMethod, string, string][] = [
  ['metricRequestCount', 'RequestCount', 'Sum'],
  ['metricTargetResponseTime', 'TargetResponseTime', 'Average'],
  ['metric5xxFromTarget', 'HTTPCode_Target_5XX_Count', 'Sum'],
  ['metricTargetConnectionErrorCount', 'TargetConnectionErrorCount', 'Sum'],
  ['metricHealthyHostCount', 'HealthyHostCount', 'Average'],
  ['metricUnhealthyHostCount', 'UnHealthyHostCount', 'Average'],
];
const OTHERS: [MetricMethod, string, string][] = [
  ['metric5xxFromLoadBalancer', 'HTTPCode_ELB_5XX_Count', 'Sum'],
  ['metricCpuUtilization', 'CPUUtilization', 'Average'],
  ['metricMemoryUtilization', 'MemoryUtilization', 'Average'],
  ['metricRunningTaskCount', 'RunningTaskCount', 'Average'],
];

describe('the metrics of a backend', () => {
  test.each([...OF_TARGET_GROUP, ...OTHERS])('%s is %s, as %s over 5 minutes', (method, metricName, statistic) => {
    const metric = facade[method]();
    expect([metric.metricName, metric.statistic, metric.period.toSeconds()]).toEqual([metricName, statistic, 300]);
  });

  test.each([...OF_TARGET_GROUP, ...OTHERS])('%s accepts options', (method) => {
    const options = { period: Duration.minutes(1), statistic: 'Maximum', label: 'mine', color: '#ff0000' };
    const metric = facade[method](options);
    expect(metric).toMatchObject({ statistic: 'Maximum', label: 'mine', color: '#ff0000' });
    expect(metric.period.toSeconds()).toBe(60);
  });

  test.each(OF_TARGET_GROUP)('%s has the dimensions target group and load balancer', (method) => {
    expect(facade[method]().namespace).toBe('AWS/ApplicationELB');
    expect(dimensionsOf(facade[method]())).toEqual({ LoadBalancer: loadBalancer, TargetGroup: targetGroup });
  });

  test('for 5xx of the load balancer have no target group, in total and by status code', () => {
    const { HttpCodeElb, HttpCodeTarget } = elbv2;
    const total = facade.metric5xxFromLoadBalancer();
    expect(total.namespace).toBe('AWS/ApplicationELB');
    expect(dimensionsOf(total)).toEqual({
      LoadBalancer: { 'Fn::GetAtt': [expect.stringContaining('LoadBalancer'), 'LoadBalancerFullName'] },
    });
    const names = [HttpCodeElb.ELB_502_COUNT, HttpCodeElb.ELB_503_COUNT, HttpCodeElb.ELB_504_COUNT].map((code) =>
      [facade.metricHttpCodeElb(code)].map(({ metricName, statistic }) => `${statistic} ${metricName}`),
    );
    expect(names.flat()).toEqual(['502', '503', '504'].map((code) => `Sum HTTPCode_ELB_${code}_Count`));
    expect(facade.metricHttpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT).toMetricConfig()).toEqual(
      facade.metric5xxFromTarget().toMetricConfig(),
    );
  });

  test('of the service have its name and the cluster', () => {
    const dimensions = {
      ClusterName: { Ref: stack.getLogicalId(defaults(facade.service.cluster)) },
      ServiceName: { 'Fn::GetAtt': [stack.getLogicalId(facade.service.node.findChild('Service') as never), 'Name'] },
    };
    expect(facade.metricRunningTaskCount().namespace).toBe('ECS/ContainerInsights');
    for (const method of ['metricCpuUtilization', 'metricMemoryUtilization', 'metricRunningTaskCount'] as const)
      expect(dimensionsOf(facade[method]())).toEqual(dimensions);
  });
});

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly Label?: string;
  readonly MetricStat: { readonly Stat: string; readonly Metric: { readonly [member: string]: unknown } };
}

interface Policy {
  readonly TargetTrackingScalingPolicyConfiguration: {
    readonly CustomizedMetricSpecification: { readonly Metrics: Query[] };
  };
}

describe('ongoing requests', () => {
  const alarmOf = (options?: cloudwatch.MetricOptions) => {
    const { stack, backend } = oneBackend();
    backend.autoscale({ maxReplicas: 2, targets: [ScalingTarget.ongoingRequests(4)] });
    const metric = aws.EcsBackend.of(backend).metricOngoingRequests(options);
    new cloudwatch.Alarm(stack, 'Busy', { metric, threshold: 8, evaluationPeriods: 1 });
    const template = templateOf(stack);
    const policy = only(template, 'AWS::ApplicationAutoScaling::ScalingPolicy');
    const { TargetTrackingScalingPolicyConfiguration: tracking } = policy as unknown as Policy;
    const alarm = only(template, 'AWS::CloudWatch::Alarm') as unknown as { readonly Metrics: Query[] };
    return { queries: alarm.Metrics, scaled: tracking.CustomizedMetricSpecification.Metrics };
  };
  const measureOf = ({ MetricStat: { Metric, Stat } }: Query) => [Stat, Metric.Namespace, Metric.MetricName];
  const byId = (queries: Query[], id: string) => queries.find((query) => query.Id === id) as Query;

  test('are computed as in the autoscaling policy', () => {
    const { queries, scaled } = alarmOf();
    for (const id of ['requests', 'seconds', 'replicas']) {
      expect(measureOf(byId(queries, id))).toEqual(measureOf(byId(scaled, id)));
    }
    const expression = (list: Query[]) => list.find((query) => query.Expression)?.Expression;
    expect(expression(queries)?.replace('PERIOD(requests)', '60')).toBe(expression(scaled));
  });

  test('accept a period, a label and a color', () => {
    const { queries } = alarmOf({ period: Duration.minutes(1), label: 'busy' });
    expect(byId(queries, 'requests')).toMatchObject({ MetricStat: { Period: 60 } });
    expect(queries.filter((query) => query.Label === 'busy')).toHaveLength(1);
    expect(facade.metricOngoingRequests({ color: '#00ff00' }).color).toBe('#00ff00');
  });
});

test('metrics do not change the template', () => {
  const plain = oneBackend();
  const measured = oneBackend();
  const other = aws.EcsBackend.of(measured.backend);
  for (const [method] of [...OF_TARGET_GROUP, ...OTHERS]) other[method]();
  other.metricOngoingRequests();
  expect(templateOf(measured.stack).toJSON()).toEqual(templateOf(plain.stack).toJSON());
});
