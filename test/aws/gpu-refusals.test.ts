import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Gpu, Size } from '../../src';
import { newApp, newStack, oneBackend, only, templateOf } from '../support/aws';

const PROVIDER = 'AWS::ECS::CapacityProvider';

const gpu = Gpu.nvidia();

/** A stack whose platform has this capacity. */
function withCapacity(...gpuCapacities: aws.GpuCapacity[]) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { gpuCapacities });
  return stack;
}

describe('a GPU', () => {
  function clusterInItsOwnStack() {
    const app = newApp();
    const base = newStack('Base', app);
    const cluster = new ecs.Cluster(base, 'Cluster', { vpc: new ec2.Vpc(base, 'Vpc') });
    return { app, base, cluster, gpuCapacities: [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })] };
  }

  test('fails on an existing cluster without gpuCapacities', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc });
    new aws.EcsPlatform(stack, 'Platform', { cluster });
    expect(() => oneBackend({ gpu }, {}, stack)).toThrow(
      "[GpuOnFargate] backend 'backend' (1 x any GPU, 2 vCPUs, 8192 MiB) requires a GPU, which Fargate does not support; add the GPU instances of the cluster to 'gpuCapacities' (at Serving/endpoint/backend)",
    );
  });

  test('fails if gpuCapacities is empty', () => {
    expect(() => oneBackend({ gpu }, {}, withCapacity())).toThrow('[GpuOnFargate]');
  });

  test('fails with a new group for an imported cluster', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc });
    const gpuCapacities = [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })];
    new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities });
    expect(() => oneBackend({ gpu }, {}, stack)).toThrow(
      "[ForeignResource] a new Auto Scaling group ('g6.xlarge') cannot be added to an imported cluster; use GpuCapacity.fromCapacityProviderName (at Serving/Platform)",
    );
  });

  test('fails with a new group for a cluster of another stack', () => {
    const { app, cluster, gpuCapacities } = clusterInItsOwnStack();
    const serving = newStack('Serving', app);
    new aws.EcsPlatform(serving, 'Platform', { cluster, gpuCapacities });
    expect(() => oneBackend({ gpu }, {}, serving)).toThrow(
      "[ForeignResource] a new Auto Scaling group ('g6.xlarge') cannot be added to a cluster of another stack ('Base'), because the stacks would depend on each other; create the platform in that stack, or add the group there and use GpuCapacity.fromCapacityProviderName (at Serving/Platform)",
    );
  });

  test('can be in another stack than the cluster and the platform', () => {
    const { app, base, cluster, gpuCapacities } = clusterInItsOwnStack();
    const platform = new aws.EcsPlatform(base, 'Platform', { cluster, gpuCapacities });
    oneBackend({ gpu }, { platform }, newStack('Models', app));
    expect(only(templateOf(base), PROVIDER)).toBeDefined();
  });

  test.each([
    [
      'an instance type that is too small',
      { gpu: Gpu.nvidia({ count: 2 }) },
      "[InstanceTooSmall] none of 'gpuCapacities' (g6.xlarge) is large enough for backend 'backend' (2 x any GPU, 4 vCPUs, 16384 MiB); add a larger one, or request less (at Serving/endpoint/backend)",
    ],
    [
      'a disk that is too small',
      { gpu, resources: { ephemeralStorage: Size.gibibytes(50) } },
      "[InstanceTooSmall] 'rootVolume' (100 GiB) of 'g6.xlarge' must be at least 110 GiB: 60 GiB for images, the rest for 'ephemeralStorage' or the models of backend 'backend' (at Serving/endpoint/backend)",
    ],
  ])('fails with %s', (_what, options, message) => {
    const capacity = aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', rootVolume: Size.gibibytes(100) });
    expect(() => oneBackend(options, {}, withCapacity(capacity))).toThrow(message);
  });

  test('fails if no instance type is large enough', () => {
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product: 'TPU' }) })).toThrow(
      "[InstanceTooSmall] no supported instance type is large enough for backend 'backend' (1 x TPU, 2 vCPUs, 8192 MiB); request less, or set 'gpuCapacities' (at Serving/endpoint/backend)",
    );
  });

  test('fails with a Kubernetes resource name', () => {
    expect(() => oneBackend({ gpu: Gpu.custom('amd.com/gpu', 1) })).toThrow(
      "[Unsupported] 'amd.com/gpu' of backend 'backend' is a Kubernetes resource name; use Gpu.nvidia() on AWS (at Serving/endpoint/backend)",
    );
  });
});

describe('GpuCapacity', () => {
  test.each(['g6.xlrage', 'm7i.large'])('fails with %s, which is not a known GPU type', (instanceType) => {
    expect(() => aws.GpuCapacity.autoScalingGroup({ instanceType })).toThrow(
      `[UnknownInstanceType] 'instanceType' ('${instanceType}') is not a supported type with NVIDIA GPUs; use one such as g6.xlarge, g5.12xlarge or p5.48xlarge`,
    );
  });

  test.each([
    [{ minInstances: -1 }, "'minInstances' (-1) must be a whole number of at least 0"],
    [
      { minInstances: 3, maxInstances: 2 },
      "'maxInstances' (2) must be a whole number of at least 3; 'minInstances' is 3",
    ],
    [
      { rootVolume: Size.gibibytes(20) },
      "'rootVolume' (20) must be a whole number between 30 and 16384; the value is in GiB",
    ],
  ])('fails with %j', (options, message) => {
    expect(() => aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', ...options })).toThrow(
      `[InvalidNumber] ${message}`,
    );
  });
});
