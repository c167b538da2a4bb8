import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { aws, Duration, ServingEndpoint } from '../../src';
import { attributes, messagesOf, newApp, newStack, only, templateOf, templatesOf } from '../support/aws';
import { bodyOf, dashboardFaults } from '../support/dashboard-body';
import { type Data, list, object, objects } from '../support/data';
import { backendOptions } from '../support/definitions';

type Props = aws.EcsPlatformProps | ((stack: Stack) => aws.EcsPlatformProps);

function stackWith(props: Props, settings?: aws.TaskSettingsOptions) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', typeof props === 'function' ? props(stack) : props);
  const endpoint = new ServingEndpoint(stack, 'digits', { requestTimeout: Duration.seconds(90) });
  const targetSettings = settings === undefined ? [] : [aws.TaskSettings.of(settings)];
  endpoint.addBackend('svm', backendOptions({ targetSettings }));
  return { stack, endpoint };
}

const templateWith = (props: Props, settings?: aws.TaskSettingsOptions): Template =>
  templateOf(stackWith(props, settings).stack);
const balancerOf = (template: Template) => attributes(only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer'));

describe('logs of the load balancer', () => {
  test('are off by default, also where they were on before', () => {
    const template = templateWith({});
    expect(balancerOf(template)).toMatchObject({
      'access_logs.s3.enabled': 'false',
      'connection_logs.s3.enabled': 'false',
      'deletion_protection.enabled': 'false',
    });
    template.resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('are written to a new private bucket, in a stack of any Region', () => {
    const template = templateWith({ loadBalancerLogs: { retentionDays: 30 } });
    const bucket = { Ref: expect.stringMatching(/^PlatformLogBucket/) };
    expect(balancerOf(template)).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': bucket,
      'access_logs.s3.prefix': '',
      'connection_logs.s3.enabled': 'false',
    });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 's3:PutObject',
            Effect: 'Allow',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Resource: { 'Fn::Join': ['', [Match.anyValue(), '/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']] },
          },
        ]),
      },
    });
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('LogBucketPolicy')]),
    });
  });

  test('of requests and connections are written to an own bucket', () => {
    const template = templateWith((stack) => ({
      loadBalancerLogs: { bucket: new s3.Bucket(stack, 'Own'), prefix: 'models', connectionLogs: true },
    }));
    for (const kind of ['access_logs', 'connection_logs'])
      expect(balancerOf(template)).toMatchObject({
        [`${kind}.s3.enabled`]: 'true',
        [`${kind}.s3.bucket`]: { Ref: expect.stringMatching(/^Own/) },
        [`${kind}.s3.prefix`]: 'models',
      });
    template.resourceCountIs('AWS::S3::Bucket', 1);
    expect(JSON.stringify(only(template, 'AWS::S3::BucketPolicy'))).toContain('/models/AWSLogs/');
  });

  test('in an imported bucket cause a warning, because its policy is not in the app', () => {
    const { stack } = stackWith((scope) => ({
      loadBalancerLogs: { bucket: s3.Bucket.fromBucketName(scope, 'Imported', 'acme-logs') },
    }));
    expect(messagesOf(stack)).toEqual([
      expect.stringContaining("the policy of bucket 'acme-logs' in 'loadBalancerLogs' is not defined in the app"),
    ]);
  });

  test('fail in a bucket with a key of KMS, and with a retention of another bucket', () => {
    expect(() =>
      stackWith((stack) => ({
        loadBalancerLogs: { bucket: new s3.Bucket(stack, 'Own', { encryptionKey: new kms.Key(stack, 'Key') }) },
      })),
    ).toThrow("[Unsupported] 'loadBalancerLogs.bucket' is encrypted with a key of KMS");
    expect(() =>
      stackWith((stack) => ({ loadBalancerLogs: { bucket: new s3.Bucket(stack, 'Own'), retentionDays: 3 } })),
    ).toThrow("[ConflictingProps] 'loadBalancerLogs.retentionDays' (3) has no effect on 'loadBalancerLogs.bucket'");
  });
});

test('the load balancer is protected', () => {
  expect(balancerOf(templateWith({ deletionProtection: true }))).toMatchObject({
    'deletion_protection.enabled': 'true',
  });
});

test('the flow log is that of the new VPC', () => {
  templateWith({}).resourceCountIs('AWS::EC2::FlowLog', 0);
  templateWith({ flowLogs: {} }).hasResourceProperties('AWS::EC2::FlowLog', {
    ResourceId: { Ref: Match.stringLikeRegexp('^PlatformVpc') },
    LogDestinationType: 'cloud-watch-logs',
  });
  templateWith({ flowLogs: { destination: ec2.FlowLogDestination.toS3() } }).hasResourceProperties(
    'AWS::EC2::FlowLog',
    {
      LogDestinationType: 's3',
    },
  );
});

describe('the log group of a backend', () => {
  test('is deleted with the backend, encrypted with a key that CloudWatch Logs may use', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    const targetSettings = [aws.TaskSettings.of({ keepLogs: false, logEncryptionKey: key })];
    const endpoint = new ServingEndpoint(stack, 'digits');
    for (const id of ['v1', 'v2']) endpoint.addBackend(id, backendOptions({ targetSettings }));
    const template = templateOf(stack);
    template.allResources('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
    });
    const statements = objects(object(only(template, 'AWS::KMS::Key').KeyPolicy).Statement);
    const ofLogs = statements.filter((statement) => JSON.stringify(statement).includes('logs.'));
    expect(ofLogs).toEqual([
      expect.objectContaining({
        Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
        Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
      }),
    ]);
  });

  test('is kept by default', () => {
    templateWith({}).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });

  test.each([
    [{ keepLogs: false }, "'keepLogs' (false) has no effect on 'logGroup', which has its own removal policy"],
    [
      { logEncryptionKey: { keyArn: 'a' } },
      "'logEncryptionKey' has no effect on 'logGroup', which has its own encryption",
    ],
  ])('fails for %j of another group', (options, message) => {
    const logGroup = logs.LogGroup.fromLogGroupName(newStack(), 'Logs', 'models');
    expect(() => aws.TaskSettings.of({ logGroup, ...(options as object) })).toThrow(`[ConflictingProps] ${message}`);
  });
});

describe('the dashboard of an endpoint', () => {
  const arms = (weights?: readonly number[]) => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { dashboards: true });
    const endpoint = new ServingEndpoint(stack, 'digits', {
      endpointName: 'Digits (v2)',
      requestTimeout: Duration.seconds(90),
    });
    const backends = ['svm', 'Net "a"'].map((backendName, index) =>
      endpoint.addBackend(`v${index}`, backendOptions({ backendName })),
    );
    if (weights !== undefined)
      endpoint.splitTraffic({ shares: weights.map((weight, index) => ({ backend: backends[index]!, weight })) });
    return bodyOf(only(templateOf(stack), 'AWS::CloudWatch::Dashboard').DashboardBody);
  };
  const body = arms([9, 1]);
  const widgets = objects(body.widgets).map(({ properties }) => object(properties));
  const titled = (title: string) => widgets.find((one) => one.title === title) as Data;

  test('is off by default', () => {
    templateWith({}).resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  });

  test('is accepted by CloudWatch', () => {
    expect(dashboardFaults(body)).toEqual([]);
  });

  test('names the endpoint, its backends and their shares', () => {
    expect(widgets[0]).toEqual({ markdown: '# Digits (v2)\nsvm 90 % · Net "a" 10 %' });
    expect(object(objects(arms().widgets)[0]?.properties).markdown).toContain('svm 50 %');
  });

  test('has a line for each backend in each graph, in the same color', () => {
    const graphs = widgets.slice(1, -1);
    expect(graphs).toHaveLength(9);
    for (const graph of graphs) {
      const rendering = (list(graph.metrics) as unknown[][])
        .map((row) => object(row.at(-1)))
        .filter(({ label }) => label !== undefined);
      expect(rendering.map(({ label }) => label)).toEqual(['svm', 'Net "a"']);
      expect(rendering.map(({ color }) => color)).toEqual(['#1f77b4', '#ff7f0e']);
    }
  });

  test('shows the request timeout next to the response times', () => {
    expect(titled('Time until 99 % of responses start').annotations).toEqual({
      horizontal: [{ value: 90, label: 'requestTimeout', color: '#d62728', yAxis: 'left' }],
    });
  });

  test('in another stack than the backends adds nothing to theirs', () => {
    const templates = [false, true].map((dashboards) => {
      const app = newApp();
      const [shared, models, routes] = ['Shared', 'Models', 'Routes'].map((id) => new Stack(app, id));
      const platform = new aws.EcsPlatform(shared!, 'Platform', { dashboards });
      const endpoint = new ServingEndpoint(routes!, 'digits', { platform });
      const other = new ServingEndpoint(models!, 'other', { platform, path: '/other' });
      endpoint.attachBackend(other.addBackend('svm', backendOptions()));
      return templatesOf(app);
    });
    expect(templates[1]?.Shared).toEqual(templates[0]?.Shared);
    const { Outputs: before } = templates[0]?.Models as Data;
    expect((templates[1]?.Models as Data).Outputs).toEqual(before);
    const [dashboard] = Object.values(object((templates[1]?.Routes as Data).Resources))
      .map(object)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
    expect(
      dashboardFaults(bodyOf(object(dashboard?.Properties).DashboardBody)).filter((one) => !/: 0 metrics/.test(one)),
    ).toEqual([]);
  });
});

describe('service level objectives', () => {
  const objectivesWith = (options?: aws.ServiceLevelObjectiveOptions) => {
    const { stack, endpoint } = stackWith({});
    aws.EcsEndpoint.of(endpoint).addServiceLevelObjectives(options);
    endpoint.addBackend('net', backendOptions());
    return Object.values(templateOf(stack).findResources('AWS::ApplicationSignals::ServiceLevelObjective')).map(
      ({ Properties }) => object(Properties),
    );
  };
  const statisticsOf = (queries: unknown) =>
    objects(queries).map(({ Expression, MetricStat, ReturnData }) => [
      Expression ?? `${object(MetricStat).Stat} ${object(object(MetricStat).Metric).MetricName}`,
      ReturnData,
    ]);

  test('count the responses of all backends without an error, also of those that are added later', () => {
    const [availability, ...others] = objectivesWith();
    expect(others).toEqual([]);
    const metric = object(object(availability?.RequestBasedSli).RequestBasedSliMetric);
    expect(availability).toMatchObject({
      Name: expect.stringMatching(/^Serving digits availability [0-9a-f]{6}$/),
      Goal: { AttainmentGoal: 99.9, Interval: { RollingInterval: { Duration: 28, DurationUnit: 'DAY' } } },
    });
    expect(statisticsOf(metric.TotalRequestCountMetric)).toEqual([
      ['Sum RequestCount', false],
      ['Sum RequestCount', false],
      ['FILL(backend0, 0) + FILL(backend1, 0)', true],
    ]);
    expect(statisticsOf(object(metric.MonitoredRequestCountMetric).BadCountMetric)[0]).toEqual([
      'Sum HTTPCode_Target_5XX_Count',
      false,
    ]);
  });

  test('count the responses that start in time', () => {
    const [, latency] = objectivesWith({ latency: Duration.millis(1500), latencyGoal: 95, intervalDays: 7 });
    const metric = object(object(latency?.RequestBasedSli).RequestBasedSliMetric);
    expect(latency).toMatchObject({
      Name: expect.stringContaining('Serving digits latency '),
      Goal: { AttainmentGoal: 95 },
    });
    expect(statisticsOf(metric.TotalRequestCountMetric)[0]?.[0]).toBe('SampleCount TargetResponseTime');
    expect(statisticsOf(object(metric.MonitoredRequestCountMetric).GoodCountMetric)[0]?.[0]).toBe(
      'TC(:1.5) TargetResponseTime',
    );
  });

  test('have another name at another construct path, because an endpoint that moves needs it while the old one exists', () => {
    const nameAt = (path: string) => {
      const stack = newStack();
      const scope = path === '' ? stack : new Construct(stack, path);
      const endpoint = new ServingEndpoint(scope, 'digits', { endpointName: 'Digits '.repeat(30) });
      endpoint.addBackend('v1', backendOptions());
      aws.EcsEndpoint.of(endpoint).addServiceLevelObjectives();
      return String(only(templateOf(stack), 'AWS::ApplicationSignals::ServiceLevelObjective').Name);
    };
    const names = ['', 'Models'].map(nameAt);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[0-9A-Za-z][-._0-9A-Za-z ]{0,126}[-._0-9A-Za-z]$/);
  });

  test.each([
    [{ availabilityGoal: 100 }, "[InvalidNumber] 'availabilityGoal' (100) must be a number between 0.1 and 99.999"],
    [{ latencyGoal: 99 }, "[ConflictingProps] 'latencyGoal' (99) requires 'latency'; set both, or neither"],
    [{ intervalDays: 1.5 }, "[InvalidNumber] 'intervalDays' (1.5) must be a whole number between 1 and 365"],
  ])('fail for %j', (options, message) => {
    expect(() => objectivesWith(options)).toThrow(message);
  });
});

describe('what is already deployed', () => {
  const resourcesOf = (template: Template) => template.toJSON().Resources as { [id: string]: Data };
  const before = resourcesOf(templateWith({}));

  /** The properties and attributes of deployed resources that an edit changes. */
  const changedBy = (after: { [id: string]: Data }): string[] =>
    Object.entries(before).flatMap(([id, old]) => {
      const now = after[id];
      if (now === undefined) return [`${id} is removed`];
      const [was, is] = [old, now].map(({ Properties }) => object(Properties)) as [Data, Data];
      return Object.keys({ ...was, ...is })
        .filter((property) => JSON.stringify(was[property]) !== JSON.stringify(is[property]))
        .map((property) => `${String(now.Type)}.${property}`);
    });
  const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerAttributes';
  const DEPLOYMENTS = 'AWS::ECS::Service.DeploymentConfiguration';

  test.each<[string, aws.EcsPlatformProps, aws.TaskSettingsOptions, string[]]>([
    ['alarms', { alarms: {} }, {}, []],
    ['alarms of a backend', {}, { alarms: {} }, []],
    ['alarms that roll deployments back', { alarms: { rollBackDeployments: true } }, {}, [DEPLOYMENTS]],
    ['a threshold of the circuit breaker', {}, { circuitBreakerThreshold: 2 }, [DEPLOYMENTS]],
    ['dashboards', { dashboards: true }, {}, []],
    ['logs of the load balancer', { loadBalancerLogs: {} }, {}, [LOAD_BALANCER]],
    ['deletion protection', { deletionProtection: true }, {}, [LOAD_BALANCER]],
    ['flow logs', { flowLogs: {} }, {}, []],
    ['logs that are not kept', {}, { keepLogs: false }, []],
  ])('is not replaced or rolled out by %s', (_what, props, settings, changed) => {
    expect(changedBy(resourcesOf(templateWith(props, settings)))).toEqual(changed);
  });

  test('is not changed by objectives', () => {
    const { stack, endpoint } = stackWith({});
    aws.EcsEndpoint.of(endpoint).addServiceLevelObjectives({ latency: Duration.seconds(1) });
    expect(changedBy(resourcesOf(templateOf(stack)))).toEqual([]);
  });
});
