import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  aws,
  Backend,
  type BackendOptions,
  Duration,
  Rollout,
  ScalingTarget,
  ServingEndpoint,
  type ServingEndpointProps,
} from '../../src';
import { messagesOf, newApp, newStack, templateOf, templatesOf } from '../support/aws';
import { type Data, object, objects } from '../support/data';
import { backendOptions } from '../support/definitions';

interface Alarm {
  readonly Properties: {
    readonly [property: string]: unknown;
    readonly AlarmDescription: string;
    readonly Threshold: number;
    readonly EvaluationPeriods: number;
    readonly TreatMissingData: string;
  };
  readonly DependsOn?: string[];
}

/** The metrics of the service, as CDK generates them from its documentation. */
const CANNED = 'aws-elasticloadbalancingv2/lib/elasticloadbalancingv2-canned-metrics.generated.js';

const OF_BALANCER = ['BadGateway502', 'Unavailable503', 'Timeout504', 'RejectedConnections'];
const OF_BACKEND = [
  'ServerErrors',
  'SlowResponses',
  'FailedConnections',
  'UnhealthyTasks',
  'NoHealthyTasks',
  'MissingTasks',
];

function templateWith(
  alarms: aws.AlarmOptions | undefined,
  backends: { readonly [name: string]: Partial<BackendOptions> } = { v1: {} },
  props: ServingEndpointProps = {},
): Template {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { alarms });
  const endpoint = new ServingEndpoint(stack, 'digits', props);
  for (const [name, options] of Object.entries(backends)) endpoint.addBackend(name, backendOptions(options));
  return templateOf(stack);
}

const settings = (options: aws.TaskSettingsOptions) => ({ targetSettings: [aws.TaskSettings.of(options)] });
const alarmsOf = (template: Template) =>
  Object.entries(template.findResources('AWS::CloudWatch::Alarm')) as unknown as [string, Alarm][];

/** The alarm with this construct id, of the only backend or of the platform. */
function alarm(template: Template, id: string): Alarm {
  const found = alarmsOf(template).filter(([logicalId]) => logicalId.includes(`Alarms${id}`));
  expect(found).toHaveLength(1);
  return (found[0] as [string, Alarm])[1];
}

test('there are none by default', () => {
  expect(alarmsOf(templateWith(undefined))).toEqual([]);
});

test('one prop adds those of the load balancer and of each arm of a split, under the names of the user', () => {
  const ids = alarmsOf(templateWith({}, { v1: {}, v2: {} })).map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
  expect(ids.sort()).toEqual(
    [
      ...OF_BALANCER.map((id) => `PlatformAlarms${id}`),
      ...['v1', 'v2'].flatMap((name) => OF_BACKEND.map((id) => `digits${name}Alarms${id}`)),
    ].sort(),
  );
});

describe('metrics', () => {
  const template = templateWith({});
  const lists = alarmsOf(template).flatMap(([, { Properties }]) => {
    const { Metrics: queries } = Properties;
    if (queries === undefined) return [Properties as Data];
    return objects(queries)
      .filter(({ MetricStat }) => MetricStat !== undefined)
      .map(({ MetricStat }) => object(object(MetricStat).Metric));
  });

  test('exist in the release of CDK with exactly these dimensions', () => {
    const known = readFileSync(join(dirname(require.resolve('aws-cdk-lib/package.json')), CANNED), 'utf8');
    const ofBalancer = lists.filter(({ Namespace }) => Namespace === 'AWS/ApplicationELB');
    expect(ofBalancer.length).toBeGreaterThanOrEqual(10);
    for (const { MetricName, Dimensions } of ofBalancer) {
      const names = objects(Dimensions).map(({ Name }) => String(Name));
      expect([['LoadBalancer'], ['LoadBalancer', 'TargetGroup']]).toContainEqual(names.sort());
      const isCanned = known.includes(`metricName:"${String(MetricName)}"`);
      // CDK has the metrics of hosts as methods of target groups only.
      expect(isCanned || /^(Healthy|UnHealthy)HostCount$/.test(String(MetricName))).toBe(true);
      const perGroup = [
        'HealthyHostCount',
        'UnHealthyHostCount',
        'RequestCount',
        'TargetResponseTime',
        'TargetConnectionErrorCount',
        'HTTPCode_Target_5XX_Count',
      ];
      expect(names.includes('TargetGroup')).toBe(perGroup.includes(String(MetricName)));
    }
  });

  test('of tasks are those of Container Insights by service', () => {
    const insights = lists.filter(({ Namespace }) => Namespace === 'ECS/ContainerInsights');
    expect(insights.map(({ MetricName }) => MetricName)).toEqual(['DesiredTaskCount', 'RunningTaskCount']);
    for (const { Dimensions } of insights)
      expect(objects(Dimensions).map(({ Name }) => Name)).toEqual(['ClusterName', 'ServiceName']);
  });
});

describe('values', () => {
  test('of a backend derive from its times', () => {
    const template = templateWith({}, { v1: {} }, { requestTimeout: Duration.seconds(100) });
    expect(alarm(template, 'SlowResponses').Properties).toMatchObject({
      ExtendedStatistic: 'p99',
      Threshold: 80,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining('longer than 80 s to start, and requests time out after 100 s'),
    });
    // A start of at most 600 s, and 3 checks of 10 s until a task is unhealthy.
    for (const id of ['UnhealthyTasks', 'MissingTasks'])
      expect(alarm(template, id).Properties).toMatchObject({ EvaluationPeriods: 12, DatapointsToAlarm: 12 });
  });

  test('consider endpoints and policies that are declared later', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { alarms: {} });
    const backend = new Backend(stack, 'v1', backendOptions({}));
    new ServingEndpoint(stack, 'a', { path: '/a', requestTimeout: Duration.seconds(10) }).attachBackend(backend);
    new ServingEndpoint(stack, 'b', { path: '/b', requestTimeout: Duration.seconds(50) }).attachBackend(backend);
    expect(alarm(templateOf(stack), 'SlowResponses').Properties.Threshold).toBe(40);
  });

  test('are those of the options', () => {
    const template = templateWith({ errorPercent: 0.5, latency: Duration.millis(1500) });
    expect(alarm(template, 'ServerErrors').Properties).toMatchObject({
      Threshold: 0.5,
      AlarmDescription: expect.stringContaining("Backend 'v1': more than 0.5 % of the responses"),
    });
    expect(alarm(template, 'SlowResponses').Properties.Threshold).toBe(1.5);
  });

  test('by cause name the cause', () => {
    const template = templateWith({}, { v1: {} }, { requestTimeout: Duration.seconds(100) });
    const causes = Object.entries({
      BadGateway502: 'closed the connection',
      Unavailable503: 'has no task',
      Timeout504: 'sent no data for 110 s',
      RejectedConnections: 'maximum number of connections',
    });
    for (const [id, cause] of causes)
      expect(alarm(template, id).Properties).toMatchObject({
        Threshold: 1,
        TreatMissingData: 'notBreaching',
        AlarmDescription: expect.stringContaining(cause),
      });
  });
});

describe('missing data', () => {
  test('are an outage if there must be a healthy task, from the moment the service is stable', () => {
    const { Properties, DependsOn } = alarm(templateWith({}), 'NoHealthyTasks');
    expect(Properties).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
    expect(DependsOn).toEqual([expect.stringContaining('v1Service')]);
  });

  test('are no outage of a backend that may have no replicas', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { alarms: {} });
    new ServingEndpoint(stack, 'digits').addBackend('v1', backendOptions({})).autoscale({
      minReplicas: 0,
      maxReplicas: 2,
      targets: [ScalingTarget.cpuUtilization(60)],
      schedules: [{ from: '08:00', to: '18:00', timeZone: 'Europe/Berlin', minReplicas: 1 }],
    });
    expect(alarm(templateOf(stack), 'NoHealthyTasks').Properties.TreatMissingData).toBe('notBreaching');
  });

  test('are visible without Container Insights', () => {
    expect(alarm(templateWith({}), 'MissingTasks').Properties.TreatMissingData).toBe('missing');
  });
});

test('a rollout with downtime is no outage until it takes longer than a start', () => {
  const template = templateWith({}, { v1: { replicas: 1, rollout: Rollout.inPlace({ allowDowntime: true }) } });
  expect(alarm(template, 'NoHealthyTasks').Properties.EvaluationPeriods).toBe(12);
});

test('actions are those of every alarm', () => {
  const stack = newStack();
  const [down, up] = ['Down', 'Up'].map((id) => new SnsAction(new sns.Topic(stack, id)));
  new aws.EcsPlatform(stack, 'Platform', { alarms: { actions: [down!], okActions: [up!] } });
  new ServingEndpoint(stack, 'digits').addBackend('v1', backendOptions({}));
  const all = alarmsOf(templateOf(stack));
  expect(all).toHaveLength(10);
  for (const [, { Properties }] of all) {
    expect(Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^Down/) }]);
    expect(Properties.OKActions).toEqual([{ Ref: expect.stringMatching(/^Up/) }]);
  }
});

describe('the settings of a backend', () => {
  test('are merged by key over those of the platform', () => {
    const template = templateWith(
      { errorPercent: 1, latency: Duration.seconds(3) },
      {
        v1: settings({ alarms: { errorPercent: 10 } }),
      },
    );
    expect(alarm(template, 'ServerErrors').Properties.Threshold).toBe(10);
    expect(alarm(template, 'SlowResponses').Properties.Threshold).toBe(3);
  });

  test('exclude it', () => {
    const template = templateWith({}, { v1: settings({ alarms: { enabled: false } }), v2: {} });
    expect(alarmsOf(template).filter(([id]) => id.includes('v1'))).toEqual([]);
    expect(alarmsOf(template)).toHaveLength(10);
  });

  test('add alarms for it alone', () => {
    const template = templateWith(undefined, { v1: settings({ alarms: {} }), v2: {} });
    expect(alarmsOf(template)).toHaveLength(6);
  });
});

describe('deployments', () => {
  const deployment = (template: Template) => {
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    return object(object((service as Data).Properties).DeploymentConfiguration);
  };

  test('do not depend on alarms by default', () => {
    expect(deployment(templateWith({})).Alarms).toEqual({ AlarmNames: [], Enable: false, Rollback: false });
  });

  test('are rolled back by the alarms of their own backend, which do not wait for the service', () => {
    const template = templateWith({ rollBackDeployments: true });
    const { AlarmNames, ...others } = object(deployment(template).Alarms);
    expect(others).toEqual({ Enable: true, Rollback: true });
    const ids = objects(AlarmNames).map(({ Ref }) => String(Ref));
    expect(ids.map((id) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'digitsv1AlarmsServerErrors',
      'digitsv1AlarmsFailedConnections',
    ]);
    for (const id of ids) {
      const resource = template.toJSON().Resources[id];
      expect(JSON.stringify(resource)).not.toContain('v1Service');
      // Without requests an alarm is over, so it cannot prevent every further deployment.
      expect(resource.Properties.TreatMissingData).toBe('notBreaching');
    }
  });

  test.each<[aws.AlarmOptions, aws.AlarmOptions]>([
    [{ rollBackDeployments: false }, {}],
    [{ rollBackDeployments: false, enabled: false }, {}],
    [{ rollBackDeployments: true }, { enabled: false }],
  ])('no longer depend on alarms with %j and %j of the backend', (alarms, own) => {
    const app = newApp({ context: { '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true } });
    const stack = new Stack(app, 'Serving');
    new aws.EcsPlatform(stack, 'Platform', { alarms });
    new ServingEndpoint(stack, 'digits').addBackend('v1', backendOptions(settings({ alarms: own })));
    expect(deployment(templateOf(stack)).Alarms).toEqual({ AlarmNames: [], Enable: false, Rollback: false });
  });

  test('fail after a number of tasks', () => {
    const template = templateWith(undefined, { v1: settings({ circuitBreakerThreshold: 2 }) });
    expect(deployment(template).DeploymentCircuitBreaker).toEqual({
      Enable: true,
      Rollback: true,
      ThresholdConfiguration: { Type: 'COUNT', Value: 2 },
    });
    expect(deployment(templateWith(undefined)).DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
  });
});

test('alarms of backends in another stack change nothing in the stack of the platform', () => {
  const templates = [{}, { alarms: {} }].map((options) => {
    const app = newApp();
    const [shared, models] = ['Shared', 'Models'].map((id) => new Stack(app, id)) as [Stack, Stack];
    const platform = new aws.EcsPlatform(shared, 'Platform');
    new ServingEndpoint(models, 'digits', { platform }).addBackend('v1', backendOptions(settings(options)));
    return templatesOf(app);
  });
  expect(templates[1]?.Shared).toEqual(templates[0]?.Shared);
  expect(JSON.stringify(templates[1]?.Models)).toContain('AlarmsServerErrors');
});

test('alarms of an existing listener name its load balancer', () => {
  const stack = newStack();
  const listener = aws.ExistingListener.fromAttributes({
    listenerArn:
      'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    idleTimeout: Duration.seconds(75),
    url: 'https://models.example.com',
  });
  new aws.EcsPlatform(stack, 'Platform', { listener, vpc: new ec2.Vpc(stack, 'Vpc'), alarms: {} });
  const { Properties } = alarm(templateOf(stack), 'Timeout504');
  expect(Properties.Dimensions).toEqual([{ Name: 'LoadBalancer', Value: 'app/shared/0123456789abcdef' }]);
});

test('CDK reports no messages', () => {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { alarms: { rollBackDeployments: true } });
  new ServingEndpoint(stack, 'digits').addBackend('v1', backendOptions({}));
  expect(messagesOf(stack)).toEqual([]);
});

test.each([
  [
    { actions: [{}] },
    "[InvalidType] 'alarms.actions[0]' ({}) must be a cloudwatch.IAlarmAction, for example new SnsAction",
  ],
  [{ errorPercent: 100 }, "[InvalidNumber] 'alarms.errorPercent' (100) must be a number between 0 and 99"],
  [{ latency: Duration.hours(2) }, "[InvalidNumber] 'alarms.latency' (7200 s) must be between 0.001 and 4000 s"],
  [{ threshold: 1 }, "[UnknownOption] unknown option 'alarms.threshold'"],
])('fails for %j, on a platform and in settings', (alarms, message) => {
  expect(() => new aws.EcsPlatform(newStack(), 'Platform', { alarms: alarms as never })).toThrow(message);
  expect(() => aws.TaskSettings.of({ alarms: alarms as never })).toThrow(message);
});
