import type { CfnElement, Stack } from 'aws-cdk-lib';
import { Lazy, Tags } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { aws, Backend, Gpu, ModelServer, ScalingTarget, ServerProtocol, ServingEndpoint } from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { container as containerOf, newApp, newStack, oneBackend, only, statements, templateOf } from '../support/aws';
import { backendOptions, singleBackend } from '../support/definitions';

describe('the resources of a backend', () => {
  test('can get more permissions and connections', () => {
    const { stack, backend } = oneBackend();
    const { taskRole, connections } = aws.EcsBackend.of(backend);
    const bucket = new s3.Bucket(stack, 'Bucket');
    bucket.grantRead(taskRole);
    connections.allowFrom(ec2.Peer.ipv4('10.1.0.0/16'), ec2.Port.tcp(8000));
    const template = templateOf(stack);
    expect(statements(template, 'TaskRole')).toHaveLength(1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Tasks of a backend',
      SecurityGroupIngress: [{ CidrIp: '10.1.0.0/16', FromPort: 8000 }],
    });
  });

  test('are a grantee and a connectable', () => {
    const { stack, backend } = oneBackend();
    const facade = aws.EcsBackend.of(backend);
    const bucket = new s3.Bucket(stack, 'Bucket');
    const database = new ec2.SecurityGroup(stack, 'Database', { vpc: facade.service.cluster.vpc });
    bucket.grantRead(facade);
    database.connections.allowFrom(facade, ec2.Port.tcp(5432));
    const template = templateOf(stack);
    expect(facade.grantPrincipal).toBe(facade.taskRole);
    expect(statements(template, 'TaskRole')).toMatchObject([
      { Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'], Effect: 'Allow' },
    ]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 5432,
      SourceSecurityGroupId: stack.resolve(facade.connections.securityGroups[0]?.securityGroupId),
    });
  });

  test('can be changed', () => {
    const { stack, backend } = oneBackend();
    const { service, taskDefinition, container, targetGroup, logGroup } = aws.EcsBackend.of(backend);
    container.addEnvironment('MORE', 'yes');
    service.enableDeploymentAlarms(['too-slow']);
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: { Alarms: { AlarmNames: ['too-slow'], Enable: true, Rollback: true } },
      TaskDefinition: stack.resolve(taskDefinition.taskDefinitionArn),
    });
    expect(containerOf(template).Environment).toContainEqual({ Name: 'MORE', Value: 'yes' });
    expect(stack.resolve(logGroup.logGroupName)).toHaveProperty('Ref');
    expect(stack.resolve(targetGroup.targetGroupArn)).toHaveProperty('Ref');
  });

  test('on Fargate have no instances, and no scalable target without an autoscaling policy', () => {
    const { stack, backend } = oneBackend();
    const facade = aws.EcsBackend.of(backend);
    expect([facade.autoScalingGroup, facade.launchTemplate, facade.capacityProvider]).toEqual(Array(3).fill(undefined));
    expect(facade.scalableTaskCount).toBeUndefined();
    backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(60)] });
    const schedule = Schedule.cron({ hour: '7', minute: '0' });
    facade.scalableTaskCount?.scaleOnSchedule('Morning', { schedule, minCapacity: 2 });
    expect(only(templateOf(stack), 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      ScheduledActions: [{ ScalableTargetAction: { MinCapacity: 2 } }],
    });
  });

  test('with a GPU include the instances, which backends on the same type share', () => {
    const { stack, endpoint, backend } = oneBackend({ gpu: Gpu.nvidia() });
    const [one, two] = [backend, endpoint.addBackend('other', { ...backendOptions(), gpu: Gpu.nvidia() })].map((each) =>
      aws.EcsBackend.of(each),
    );
    const id = (construct?: IConstruct): string => stack.getLogicalId(construct?.node.defaultChild as CfnElement);
    const template = templateOf(stack);
    const ids = (type: string): string[] => Object.keys(template.findResources(type));
    expect([id(one?.autoScalingGroup)]).toEqual(ids('AWS::AutoScaling::AutoScalingGroup'));
    expect([id(one?.launchTemplate)]).toEqual(ids('AWS::EC2::LaunchTemplate'));
    expect([stack.resolve(one?.capacityProvider?.capacityProviderName)]).toEqual(
      ids('AWS::ECS::CapacityProvider').map((Ref) => ({ Ref })),
    );
    expect(two?.autoScalingGroup).toBe(one?.autoScalingGroup);
    expect(two?.capacityProvider).toBe(one?.capacityProvider);
  });

  test('on an existing capacity provider include no instances', () => {
    const stack = newStack();
    const cluster = new ecs.Cluster(stack, 'Mine', { vpc: new ec2.Vpc(stack, 'Vpc') });
    const gpuCapacities = [aws.GpuCapacity.fromCapacityProviderName('gpus', 'g6.xlarge')];
    new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities });
    const facade = aws.EcsBackend.of(oneBackend({ gpu: Gpu.nvidia() }, {}, stack).backend);
    expect([facade.autoScalingGroup, facade.launchTemplate, facade.capacityProvider]).toEqual(Array(3).fill(undefined));
  });

  test('have metrics', () => {
    const { stack, backend } = oneBackend();
    aws.EcsBackend.of(backend)
      .metrics.targetResponseTime()
      .createAlarm(stack, 'Slow', { threshold: 5, evaluationPeriods: 3 });
    const template = templateOf(stack);
    const idOf = (type: string) => Object.keys(template.findResources(`AWS::ElasticLoadBalancingV2::${type}`))[0];
    const { MetricName, Dimensions } = only(template, 'AWS::CloudWatch::Alarm');
    expect(MetricName).toBe('TargetResponseTime');
    const part = (index: number, separator: string, type: string) => ({
      'Fn::Select': [index, { 'Fn::Split': [separator, { Ref: idOf(type) }] }],
    });
    expect(Dimensions).toEqual([
      {
        Name: 'LoadBalancer',
        Value: {
          'Fn::Join': [
            '',
            [1, 2, 3].flatMap((index) => [...(index > 1 ? ['/'] : []), part(index, '/', 'LoadBalancer')]),
          ],
        },
      },
      { Name: 'TargetGroup', Value: part(5, ':', 'TargetGroup') },
    ]);
    expect(aws.EcsBackend.of(backend).metrics).toBe(aws.EcsBackend.of(backend).metrics);
  });

  test('are not available on another platform', () => {
    const { backend, endpoint } = singleBackend();
    expect(() => aws.EcsBackend.of(backend)).toThrow(
      "[WrongPlatform] backend 'backend' runs on platform 'test', not on AWS; check 'platform.kind' before (at endpoint/backend)",
    );
    expect(() => aws.EcsEndpoint.of(endpoint)).toThrow(
      "[WrongPlatform] endpoint 'endpoint' is on platform 'test', not on AWS; check 'platform.kind' before (at endpoint)",
    );
  });
});

describe('the platform', () => {
  test('is recognized by its type check', () => {
    const { endpoint, backend } = oneBackend();
    expect(aws.EcsPlatform.isEcsPlatform(endpoint.platform)).toBe(true);
    for (const other of [singleBackend().endpoint.platform, backend, undefined, 'Platform'])
      expect(aws.EcsPlatform.isEcsPlatform(other)).toBe(false);
  });

  test('exposes its resources, and can allow other callers', () => {
    const stack = newStack();
    const platform = new aws.EcsPlatform(stack, 'Platform');
    oneBackend({}, {}, stack);
    platform.loadBalancer?.connections.allowFrom(ec2.Peer.ipv4('10.1.0.0/16'), ec2.Port.tcp(80), 'Peered network');
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [{}, { CidrIp: '10.1.0.0/16', Description: 'Peered network' }],
    });
    expect(stack.resolve(platform.listener?.listenerArn)).toEqual({
      Ref: Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::Listener'))[0],
    });
    expect(platform.cluster.vpc).toBe(platform.vpc);
  });

  test('has the documented child ids', () => {
    const stack = newStack();
    const platform = new aws.EcsPlatform(stack, 'Platform');
    const { endpoint, backend } = oneBackend({}, { methods: ['POST' as never] }, stack);
    expect(platform.node.children.map(({ node }) => node.id)).toEqual([
      ...['Vpc', 'Cluster', 'LoadBalancerSecurityGroup', 'BackendSecurityGroup', 'LoadBalancer', 'Listener'],
    ]);
    expect(endpoint.node.children.map(({ node }) => node.id)).toEqual([
      ...['Shares', 'MethodNotAllowed', 'Url', 'backend', 'Own-backend'],
    ]);
    expect(backend.node.children.map(({ node }) => node.id)).toEqual(
      expect.arrayContaining(['LogGroup', 'TaskDefinition', 'SecurityGroup', 'TargetGroup', 'Anchor', 'Service']),
    );
  });

  test('has the documented child ids with a certificate and a GPU', () => {
    const stack = newStack();
    const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-west-1:1:certificate/a');
    const platform = new aws.EcsPlatform(stack, 'Platform', { certificate });
    const { backend } = oneBackend(
      { server: ModelServer.triton(), protocol: ServerProtocol.GRPC, gpu: Gpu.nvidia() },
      {},
      stack,
    );
    const idsOf = ({ node }: IConstruct) => node.children.map((child) => child.node.id);
    expect(idsOf(platform)).toEqual([
      ...['Vpc', 'Cluster', 'LoadBalancerSecurityGroup', 'BackendSecurityGroup', 'LoadBalancer', 'Listener'],
      ...['HttpsListener', 'Gpu-g6-xlarge'],
    ]);
    expect(idsOf(platform.node.findChild('Gpu-g6-xlarge')).sort()).toEqual([
      ...['AutoScalingGroup', 'CapacityProvider', 'Cluster', 'LaunchTemplate', 'Role', 'SecurityGroup'],
    ]);
    expect(idsOf(backend)).toEqual(expect.arrayContaining(['TargetGroupGrpc', 'AnchorGrpc', 'ServiceGrpc']));
  });
});

describe('the address of an endpoint', () => {
  const url = (stack: Stack) => Object.values(templateOf(stack).findOutputs('*'))[0];
  const dnsName = { 'Fn::GetAtt': [expect.stringContaining('LoadBalancer'), 'DNSName'] };

  test('is an output with the description of the endpoint', () => {
    const { stack } = oneBackend({}, { path: '/a', description: 'Reads digits' });
    expect(url(stack)).toEqual({
      Description: 'Reads digits',
      Value: { 'Fn::Join': ['', ['http://', dnsName, '/a']] },
    });
  });

  test('is an output with the default description if that of the endpoint is a token', () => {
    const { stack } = oneBackend({}, { path: '/a', description: `owned by ${Lazy.string({ produce: () => 'acme' })}` });
    expect(url(stack)?.Description).toBe("URL of endpoint 'endpoint'");
  });

  test('is an output with the name of an endpoint without a description', () => {
    expect(url(oneBackend({}, { endpointName: 'image classifier' }).stack)).toEqual({
      Description: "URL of endpoint 'image classifier'",
      Value: { 'Fn::Join': ['', ['http://', dnsName, '/']] },
    });
  });

  test('has the first host without a wildcard', () => {
    const hosts = ['*.example.com', 'models.example.com'];
    expect(url(oneBackend({}, { hosts, path: '/a' }).stack)?.Value).toBe('http://models.example.com/a');
  });

  test('of a backend has the path of the backend', () => {
    const { stack, endpoint, backend } = oneBackend({ ownAddress: OwnAddress.PATH }, { path: '/a' });
    expect(stack.resolve(endpoint.addressOf(backend).url)).toEqual({
      'Fn::Join': ['', ['http://', dnsName, '/a/_b/backend']],
    });
  });
});

test('tags of the app apply to the services and their tasks', () => {
  const { stack } = oneBackend();
  Tags.of(stack).add('team', 'vision');
  expect(only(templateOf(stack), 'AWS::ECS::Service')).toMatchObject({
    PropagateTags: 'SERVICE',
    Tags: expect.arrayContaining([{ Key: 'team', Value: 'vision' }]),
  });
});

test('a backend of another platform fails', () => {
  const app = newApp();
  const first = new aws.EcsPlatform(newStack('First', app), 'Platform');
  const second = newStack('Second', app);
  const endpoint = new ServingEndpoint(second, 'endpoint');
  const backend = new Backend(second, 'backend', { ...backendOptions(), platform: first });
  expect(() => endpoint.attachBackend(backend)).toThrow(
    "[ForeignBackend] backend 'backend' runs on platform 'First/Platform', endpoint 'endpoint' on 'Second/ServingPlatform'; use one platform for both (at Second/endpoint)",
  );
});
