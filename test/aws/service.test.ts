import { Fn } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { aws, Duration, Gpu, Model, Rollout, ScalingTarget } from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { newStack, oneBackend, only, templateOf } from '../support/aws';
import { type Data, object, objects, strings, text } from '../support/data';

const SERVICE = 'AWS::ECS::Service';

function dependencies(template: Template): readonly string[] {
  return Object.values(template.findResources(SERVICE)).flatMap((service) => strings(service.DependsOn));
}

describe('the number of replicas', () => {
  test.each([
    [undefined, 1],
    [3, 3],
  ])('of a backend with replicas %p is %p', (replicas, DesiredCount) => {
    expect(only(templateOf(oneBackend({ replicas }).stack), SERVICE)).toMatchObject({ DesiredCount });
  });

  test('is left to the autoscaling policy, even if it is added later', () => {
    const { stack, backend } = oneBackend();
    TargetPlatform.planOf(backend.platform);
    backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(60)] });
    expect(only(templateOf(stack), SERVICE).DesiredCount).toBeUndefined();
  });
});

describe('a rollout', () => {
  function percentages(rollout: Rollout | undefined, replicas: number, scaledTo?: number): Data {
    const scaled = scaledTo !== undefined;
    const { stack, backend } = oneBackend({ rollout, ...(scaled ? {} : { replicas }) });
    if (scaled)
      backend.autoscale({
        minReplicas: replicas,
        maxReplicas: scaledTo,
        targets: [ScalingTarget.cpuUtilization(60)],
      });
    return object(only(templateOf(stack), SERVICE).DeploymentConfiguration);
  }

  test('starts as many replicas as there are, and rolls back if they do not become healthy', () => {
    expect(percentages(undefined, 2)).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
    });
  });

  test.each([
    [50, 4, undefined, 150],
    [10, 10, undefined, 110],
    [10, 4, undefined, 125],
    [10, 3, undefined, 134],
    [10, 1, undefined, 200],
    [10, 1, 20, 200],
  ])('with a surge of %p %% and %p replicas (scaled to %p) starts at least one replica', (percent, replicas, max, maximum) => {
    expect(percentages(Rollout.surge({ percent }), replicas, max)).toMatchObject({
      MinimumHealthyPercent: 100,
      MaximumPercent: maximum,
    });
    expect(Math.floor((replicas * maximum) / 100)).toBeGreaterThan(replicas);
  });

  test.each([
    [2, undefined, 50],
    [3, undefined, 66],
    [10, undefined, 90],
    [2, 8, 50],
  ])('in place stops one of %p replicas (scaled to %p)', (replicas, max, minimum) => {
    expect(percentages(Rollout.inPlace(), replicas, max)).toMatchObject({
      MinimumHealthyPercent: minimum,
      MaximumPercent: 100,
    });
    expect(Math.ceil((replicas * minimum) / 100)).toBe(replicas - 1);
  });

  test('in place can stop the only replica if that is allowed', () => {
    expect(percentages(Rollout.inPlace({ allowDowntime: true }), 1)).toMatchObject({
      MinimumHealthyPercent: 0,
      MaximumPercent: 100,
    });
  });

  test('rebalances zones only with a surge and without a GPU', () => {
    const rebalancing = (options: Parameters<typeof oneBackend>[0]) =>
      only(templateOf(oneBackend(options).stack), SERVICE).AvailabilityZoneRebalancing;
    expect(rebalancing({})).toBe('ENABLED');
    expect(rebalancing({ rollout: Rollout.inPlace(), replicas: 2 })).toBe('DISABLED');
    expect(rebalancing({ gpu: Gpu.nvidia() })).toBe('DISABLED');
  });
});

test('the grace period includes image pull, model fetch and load', () => {
  const { stack } = oneBackend({
    model: Model.fromS3('s3://bucket/model/', { fetchTimeout: Duration.seconds(90) }),
    loadTimeout: Duration.minutes(10),
  });
  expect(only(templateOf(stack), SERVICE)).toMatchObject({ HealthCheckGracePeriodSeconds: 300 + 90 + 600 });
});

describe('the network of a service', () => {
  test('is the private subnets, without public IP addresses', () => {
    const template = templateOf(oneBackend().stack);
    template.hasResourceProperties(SERVICE, {
      LaunchType: 'FARGATE',
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          Subnets: [
            { Ref: Match.stringLikeRegexp('PrivateSubnet1') },
            { Ref: Match.stringLikeRegexp('PrivateSubnet2') },
          ],
        },
      },
    });
  });

  test('has public IP addresses if all subnets are public, because images must be pulled', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      vpcCidrBlock: '172.31.0.0/16',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: ['subnet-11111111', 'subnet-22222222'],
      publicSubnetRouteTableIds: ['rtb-11111111', 'rtb-11111111'],
    });
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    oneBackend({}, {}, stack);
    expect(only(templateOf(stack), SERVICE).NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: { AssignPublicIp: 'ENABLED', Subnets: ['subnet-11111111', 'subnet-22222222'] },
    });
  });
});

describe('a service is created', () => {
  test('after its target group is attached to the listener and its tasks have their permissions', () => {
    const template = templateOf(oneBackend({ model: Model.fromS3('s3://bucket/model/') }).stack);
    expect(dependencies(template)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Anchor'),
        expect.stringContaining('TaskDefinitionTaskRoleRight'),
        expect.stringContaining('TaskDefinitionExecutionRoleRight'),
      ]),
    );
  });

  test('on instances after the capacity provider is associated with the cluster, and deleted before', () => {
    const template = templateOf(oneBackend({ gpu: Gpu.nvidia() }).stack);
    const [association] = Object.keys(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
    expect(dependencies(template)).toContain(association);
  });

  test('on Fargate without a dependency on the cluster', () => {
    expect(dependencies(templateOf(oneBackend().stack)).filter((id) => id.includes('Cluster'))).toEqual([]);
  });
});

describe('tags', () => {
  test('keep the text of a token, which is known at deployment only', () => {
    const { stack } = oneBackend({ description: `owned by ${Fn.importValue('owner')}` });
    expect(only(templateOf(stack), 'AWS::ECS::Service').Tags).toContainEqual({
      Key: 'serving:description',
      Value: { 'Fn::Join': ['', ['owned by ', { 'Fn::ImportValue': 'owner' }]] },
    });
  });

  test('contain the name and description, also on the tasks', () => {
    const { stack } = oneBackend({ backendName: 'SVM:v1', description: 'a support vector machine' });
    expect(only(templateOf(stack), SERVICE)).toMatchObject({
      PropagateTags: 'SERVICE',
      EnableECSManagedTags: true,
      Tags: [
        { Key: 'serving:backend', Value: 'SVM:v1' },
        { Key: 'serving:description', Value: 'a support vector machine' },
      ],
    });
  });

  test('have dashes in place of invalid characters, and are truncated to the maximum length', () => {
    const { stack } = oneBackend({ backendName: 'SVM (v1)', description: `50 % (${'x'.repeat(257)}` });
    expect(only(templateOf(stack), SERVICE).Tags).toEqual([
      { Key: 'serving:backend', Value: expect.stringMatching(/^SVM -v1--[0-9a-f]{6}$/) },
      { Key: 'serving:description', Value: `50 - -${'x'.repeat(250)}` },
    ]);
  });

  test('are different for different names, of at most the maximum length', () => {
    const values = ['SVM (v1)', 'SVM [v1]', 'SVM -v1-', `${'x'.repeat(250)}(`, `${'x'.repeat(250)}[`].map(
      (backendName) => text(objects(only(templateOf(oneBackend({ backendName }).stack), SERVICE).Tags)[0]?.Value),
    );
    expect(new Set(values).size).toBe(values.length);
    expect(values).toContain('SVM -v1-');
    expect(values.every((value) => value.length <= 256)).toBe(true);
  });

  test('and the description of the output are not truncated within a character', () => {
    const letter = '\u{1d49c}';
    const { stack } = oneBackend({ description: `x${letter.repeat(300)}` }, { description: `x${letter.repeat(300)}` });
    const template = templateOf(stack);
    expect(only(template, SERVICE).Tags).toContainEqual({
      Key: 'serving:description',
      Value: `x${letter.repeat(255)}`,
    });
    const descriptions = Object.values(template.findOutputs('*')).map(({ Description }) => Description);
    expect(descriptions).toContain(`x${letter.repeat(255)}`);
  });
});
