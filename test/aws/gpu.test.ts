import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Gpu, Model, Rollout, ScalingTarget, ServingEndpoint, Size } from '../../src';
import { container, newStack, oneBackend, only, templateOf } from '../support/aws';
import { type Data, object } from '../support/data';
import { backendOptions } from '../support/definitions';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const PROVIDER = 'AWS::ECS::CapacityProvider';
const TEMPLATE = 'AWS::EC2::LaunchTemplate';

const gpu = Gpu.nvidia();

function launchTemplate(template: Template): Data {
  return object(only(template, TEMPLATE).LaunchTemplateData);
}

/** A stack whose platform has this capacity. */
function withCapacity(...gpuCapacities: aws.GpuCapacity[]): Stack {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { gpuCapacities });
  return stack;
}

describe('a backend with a GPU', () => {
  test('runs on instances of a capacity provider', () => {
    const template = templateOf(oneBackend({ gpu: Gpu.nvidia({ count: 2 }) }).stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: { Ref: Match.anyValue() }, Weight: 1 }],
      PlacementStrategies: [{ Type: 'binpack', Field: 'MEMORY' }],
      LaunchType: Match.absent(),
    });
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['EC2'],
    });
    expect(container(template)).toMatchObject({
      ResourceRequirements: [{ Type: 'GPU', Value: '2' }],
      Cpu: 4096,
      Memory: 16_384,
      LinuxParameters: { SharedMemorySize: 1024 },
    });
  });

  test('is not subject to the model fetch limit of Fargate', () => {
    const template = templateOf(oneBackend({ gpu, model: Model.fromS3('s3://bucket/model/') }).stack);
    expect(container(template, 'Fetch0').StartTimeout).toBe(600);
  });

  test.each([
    ['any GPU', { gpu }, 'g6.xlarge'],
    ['more memory', { gpu, resources: { memory: Size.gibibytes(20) } }, 'g6.2xlarge'],
    ['more vCPUs', { gpu, resources: { cpu: 9 } }, 'g6.4xlarge'],
    ['four GPUs', { gpu: Gpu.nvidia({ count: 4 }) }, 'g6.12xlarge'],
    ['a GPU product', { gpu: Gpu.nvidia({ product: 'a10g' }) }, 'g5.xlarge'],
    ['a large GPU product', { gpu: Gpu.nvidia({ product: 'H200', count: 8 }) }, 'p5e.48xlarge'],
    ['a product of several memory sizes', { gpu: Gpu.nvidia({ product: 'A100' }) }, 'p4d.24xlarge'],
    ['the label of a node', { gpu: Gpu.nvidia({ product: 'NVIDIA-A100-SXM4-80GB' }) }, 'p4de.24xlarge'],
    ['a product with its memory', { gpu: Gpu.nvidia({ product: 'V100-32GB' }) }, 'p3dn.24xlarge'],
    ['GPU memory of a product', { gpu: Gpu.nvidia({ product: 'A100', memory: Size.gibibytes(80) }) }, 'p4de.24xlarge'],
    ['GPU memory', { gpu: Gpu.nvidia({ memory: Size.gibibytes(24) }) }, 'g6.xlarge'],
    ['more GPU memory', { gpu: Gpu.nvidia({ memory: Size.gibibytes(40) }) }, 'g6e.xlarge'],
    ['the GPU memory of one GPU', { gpu: Gpu.nvidia({ memory: Size.gibibytes(80) }) }, 'g7e.2xlarge'],
    ['the GPU memory of four', { gpu: Gpu.nvidia({ count: 4, memory: Size.gibibytes(80) }) }, 'g7e.24xlarge'],
    ['the most GPU memory', { gpu: Gpu.nvidia({ memory: Size.gibibytes(200) }) }, 'p6-b300.48xlarge'],
  ])('with %s gets the smallest suitable instance type', (_what, options, InstanceType) => {
    expect(launchTemplate(templateOf(oneBackend(options).stack))).toMatchObject({ InstanceType });
  });

  test.each([
    ['two memory sizes, of which one fits', 'p4d.24xlarge', 'p4de.24xlarge'],
    ['the other order', 'p4de.24xlarge', 'p4d.24xlarge'],
  ])('with GPU memory uses the capacity that has it, with %s', (_what, ...types) => {
    const stack = withCapacity(...types.map((instanceType) => aws.GpuCapacity.autoScalingGroup({ instanceType })));
    oneBackend({ gpu: Gpu.nvidia({ product: 'A100', memory: Size.gibibytes(80) }) }, {}, stack);
    expect(launchTemplate(templateOf(stack))).toMatchObject({ InstanceType: 'p4de.24xlarge' });
  });

  test('uses instances that the package does not know', () => {
    const shape = { gpus: 8, vcpus: 256, memory: Size.gibibytes(4096) };
    const stack = withCapacity(
      aws.GpuCapacity.autoScalingGroup({ instanceType: 'p9.96xlarge', shape: { ...shape, product: 'R100' } }),
      aws.GpuCapacity.autoScalingGroup({ instanceType: 'g9.8xlarge', shape: { ...shape, product: 'nvidia-l4' } }),
      aws.GpuCapacity.autoScalingGroup({ instanceType: 'g8.8xlarge', shape }),
    );
    const { endpoint } = oneBackend({ gpu: Gpu.nvidia({ customProduct: 'R100' }) }, {}, stack);
    endpoint.addBackend('l4', backendOptions({ gpu: Gpu.nvidia({ product: 'L4' }) }));
    const types = Object.values(templateOf(stack).findResources('AWS::EC2::LaunchTemplate')).map(
      ({ Properties }) => Properties.LaunchTemplateData.InstanceType,
    );
    expect(types.sort()).toEqual(['g9.8xlarge', 'p9.96xlarge']);
  });

  test.each([
    ['g5.48xlarge', false, 2],
    ['g5.48xlarge', true, 1],
    ['p3.16xlarge', false, 2],
    ['g6.48xlarge', false, 1],
  ])('on %s with trunks of network interfaces: %s gets %i instances for eight replicas', (instanceType, eniTrunking, count) => {
    const stack = withCapacity(aws.GpuCapacity.autoScalingGroup({ instanceType, eniTrunking }));
    oneBackend({ gpu, replicas: 8, rollout: Rollout.inPlace() }, {}, stack);
    expect(only(templateOf(stack), GROUP).MaxSize).toBe(String(count));
  });

  test('reserves memory for fetch containers, which ECS counts', () => {
    const memory = Size.mebibytes(15_000);
    const typeOf = (model?: Model) =>
      launchTemplate(templateOf(oneBackend({ gpu, resources: { memory }, model }).stack)).InstanceType;
    expect(typeOf()).toBe('g6.xlarge');
    expect(typeOf(Model.fromS3('s3://bucket/model/'))).toBe('g6.2xlarge');
  });
});

describe('the instances', () => {
  test('have the GPU-optimized AMI, a restricted metadata service and an encrypted disk', () => {
    const template = templateOf(oneBackend({ gpu }).stack);
    const [image] = Object.entries(template.findParameters('*')).filter(([id]) => id.startsWith('SsmParameter'));
    expect(image?.[1]).toMatchObject({
      Default: '/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id',
    });
    expect(launchTemplate(template)).toMatchObject({
      ImageId: { Ref: image?.[0] },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/xvda',
          Ebs: { Encrypted: true, VolumeType: 'gp3', VolumeSize: 100, Throughput: 500 },
        },
      ],
    });
    const userData = JSON.stringify(launchTemplate(template).UserData);
    expect(userData).toContain('ECS_AWSVPC_BLOCK_IMDS=true');
    expect(userData).toContain('ECS_CLUSTER=');
    template.resourceCountIs('AWS::AutoScaling::LaunchConfiguration', 0);
  });

  test('are in private subnets and allow no inbound traffic', () => {
    const template = templateOf(oneBackend({ gpu }).stack);
    template.hasResourceProperties(GROUP, {
      VPCZoneIdentifier: [
        { Ref: Match.stringLikeRegexp('PrivateSubnet1') },
        { Ref: Match.stringLikeRegexp('PrivateSubnet2') },
      ],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'GPU instances',
      SecurityGroupIngress: Match.absent(),
    });
  });

  test('scale with the number of tasks, and do not block the deletion of the stack', () => {
    const template = templateOf(oneBackend({ gpu }).stack);
    expect(only(template, PROVIDER)).toEqual({
      AutoScalingGroupProvider: {
        AutoScalingGroupArn: { Ref: expect.any(String) },
        ManagedScaling: { Status: 'ENABLED', TargetCapacity: 100 },
        ManagedDraining: 'ENABLED',
        ManagedTerminationProtection: 'DISABLED',
      },
    });
    expect(only(template, GROUP)).toMatchObject({ MinSize: '0', NewInstancesProtectedFromScaleIn: false });
    expect(only(template, GROUP).DesiredCapacity).toBeUndefined();
  });

  test('can have termination protection, a minimum, a maximum and a larger disk', () => {
    const stack = withCapacity(
      aws.GpuCapacity.autoScalingGroup({
        instanceType: 'g5.12xlarge',
        minInstances: 1,
        maxInstances: 3,
        rootVolume: Size.gibibytes(500),
        terminationProtection: true,
      }),
    );
    oneBackend({ gpu }, {}, stack);
    const template = templateOf(stack);
    expect(object(only(template, PROVIDER).AutoScalingGroupProvider).ManagedTerminationProtection).toBe('ENABLED');
    expect(only(template, GROUP)).toMatchObject({
      MinSize: '1',
      MaxSize: '3',
      NewInstancesProtectedFromScaleIn: true,
    });
    expect(launchTemplate(template)).toMatchObject({
      InstanceType: 'g5.12xlarge',
      BlockDeviceMappings: [{ Ebs: { VolumeSize: 500 } }],
    });
  });

  test('have a disk for the scratch files of all replicas that fit', () => {
    const stack = withCapacity(aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.12xlarge' }));
    oneBackend({ gpu, resources: { ephemeralStorage: Size.gibibytes(50) } }, {}, stack);
    expect(launchTemplate(templateOf(stack))).toMatchObject({
      BlockDeviceMappings: [{ Ebs: { VolumeSize: 60 + 4 * 50 } }],
    });
  });
});

describe('the maximum number of instances', () => {
  function maxSize(...backends: { readonly max: number; readonly rollout?: Rollout }[]): unknown {
    const stack = newStack();
    backends.forEach(({ max, rollout }, index) => {
      const endpoint = new ServingEndpoint(stack, `endpoint${index}`, { path: `/${index}` });
      const backend = endpoint.addBackend('backend', backendOptions({ gpu, rollout }));
      // Added after the group was created, which must still take it into account.
      backend.autoscale({ minReplicas: 2, maxReplicas: max, targets: [ScalingTarget.ongoingRequests(4)] });
    });
    return only(templateOf(stack), GROUP).MaxSize;
  }

  test.each([
    ['doubles in a rollout that starts all at once', [{ max: 4 }], '8'],
    ['grows by the surge', [{ max: 10, rollout: Rollout.surge({ percent: 50 }) }], '15'],
    ['grows by a small surge as ECS rounds it', [{ max: 10, rollout: Rollout.surge({ percent: 10 }) }], '15'],
    ['does not grow in place', [{ max: 4, rollout: Rollout.inPlace() }], '4'],
    ['includes all backends of the type', [{ max: 4 }, { max: 3, rollout: Rollout.inPlace() }], '11'],
  ])('%s', (_what, backends, expected) => {
    expect(maxSize(...backends)).toBe(expected);
  });
});

test('backends of one instance type share its capacity, others have their own', () => {
  const stack = newStack();
  const endpoint = new ServingEndpoint(stack, 'endpoint');
  endpoint.addBackend('one', backendOptions({ gpu }));
  endpoint.addBackend('two', backendOptions({ gpu }));
  endpoint.addBackend('three', backendOptions({ gpu: Gpu.nvidia({ product: 'T4' }) }));
  endpoint.addBackend('four', backendOptions());
  const template = templateOf(stack);
  template.resourceCountIs(PROVIDER, 2);
  const associations = Object.values(template.findResources('AWS::ECS::ClusterCapacityProviderAssociations'));
  // A cluster for each: a provider cannot leave the list of a cluster while tasks use it.
  expect(associations.map(({ Properties }) => Properties.CapacityProviders)).toEqual(
    Object.keys(template.findResources(PROVIDER)).map((Ref) => [{ Ref }]),
  );
  expect(new Set(associations.map(({ Properties }) => JSON.stringify(Properties.Cluster))).size).toBe(2);
});

describe('an existing capacity provider', () => {
  test('is used by its name', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc });
    const gpuCapacities = [aws.GpuCapacity.fromCapacityProviderName('gpus', 'g6e.xlarge')];
    new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities });
    oneBackend({ gpu }, {}, stack);
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      Cluster: 'models',
      CapacityProviderStrategy: [{ CapacityProvider: 'gpus', Weight: 1 }],
    });
    template.resourceCountIs(GROUP, 0);
  });

  test('fails with a new cluster', () => {
    const stack = withCapacity(aws.GpuCapacity.fromCapacityProviderName('gpus', 'g6.xlarge'));
    expect(() => oneBackend({ gpu }, {}, stack)).toThrow(
      "[ConflictingProps] capacity provider 'gpus' in 'gpuCapacities' belongs to an existing cluster, but the platform creates a new one; set 'cluster' (at Serving/Platform)",
    );
  });
});
