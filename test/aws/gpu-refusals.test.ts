import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Gpu, Rollout, ServingEndpoint, Size } from '../../src';
import { newApp, newStack, oneBackend, only, templateOf } from '../support/aws';
import { backendOptions } from '../support/definitions';

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

  const PRODUCTS = ['A100', 'A10G', 'B200', 'H100', 'H200', 'L4', 'L40S', 'T4', 'V100'];

  test.each([
    ['TPU', ''],
    ['NVIDIA-A10G', "did you mean 'A10G'? Otherwise "],
    ['Tesla T4', "did you mean 'T4'? Otherwise "],
    ['A100-SXM4-40GB', "did you mean 'A100'? Otherwise "],
  ])('fails with the product %s, which no instance type has, and names those that exist', (product, guess) => {
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product }) })).toThrow(
      `[UnknownGpuProduct] no supported instance type has the GPU '${product}' of backend 'backend'; ${guess}set 'product' to one of ${PRODUCTS.join(', ')}, or omit it and select the instance type with 'gpuCapacities' of the platform, such as [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })] (at Serving/endpoint/backend)`,
    );
  });

  test.each(PRODUCTS.flatMap((product) => [product, product.toLowerCase()]))('runs with the product %s', (product) => {
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product }) })).not.toThrow();
  });

  test('fails with a product that gpuCapacities do not have', () => {
    const capacities = ['g6.xlarge', 'g5.xlarge'].map((instanceType) =>
      aws.GpuCapacity.autoScalingGroup({ instanceType }),
    );
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product: 'A100' }) }, {}, withCapacity(...capacities))).toThrow(
      "[UnknownGpuProduct] none of 'gpuCapacities' (g6.xlarge, g5.xlarge) has the GPU 'A100' of backend 'backend'; set 'product' to one of theirs (A10G, L4) or omit it, or add an instance type with that GPU (at Serving/endpoint/backend)",
    );
  });

  test('fails with a Kubernetes resource name', () => {
    expect(() => oneBackend({ gpu: Gpu.custom('amd.com/gpu', 1) })).toThrow(
      "[Unsupported] 'amd.com/gpu' of backend 'backend' is a Kubernetes resource name; use Gpu.nvidia() on AWS (at Serving/endpoint/backend)",
    );
  });
});

describe('the advice about a capacity that is too small', () => {
  interface Setup {
    readonly maxInstances: number;
    readonly replicas: number;
    readonly rollout: keyof typeof ROLLOUTS;
  }

  const ROLLOUTS = {
    'Rollout.surge()': Rollout.surge(),
    'Rollout.inPlace()': Rollout.inPlace(),
    'Rollout.inPlace({ allowDowntime: true })': Rollout.inPlace({ allowDowntime: true }),
  };

  function refusalOf({ maxInstances, replicas, rollout }: Setup): string | undefined {
    const stack = withCapacity(aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', maxInstances }));
    oneBackend({ gpu, replicas, rollout: ROLLOUTS[rollout] }, {}, stack);
    try {
      templateOf(stack);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** The definitions after each of the changes that a message offers. */
  function followed(message: string, setup: Setup): Setup[] {
    const [, advice = ''] = message.split('; ');
    const rollouts = (Object.keys(ROLLOUTS) as Setup['rollout'][]).filter((rollout) => advice.includes(rollout));
    if (message.includes('[RolloutStopsOnlyReplica]'))
      return [{ ...setup, replicas: 2 }, ...rollouts.map((rollout) => ({ ...setup, rollout }))];
    const replicas = Number(/run at most (\d+) replica/.exec(advice)?.[1] ?? setup.replicas);
    const needed = Number(/must be at least (\d+)/.exec(message)?.[1]);
    return [{ ...setup, maxInstances: needed }, ...rollouts.map((rollout) => ({ ...setup, replicas, rollout }))];
  }

  const SETUPS: Setup[] = [1, 2].flatMap((maxInstances) =>
    [1, 2, 3].flatMap((replicas) =>
      (Object.keys(ROLLOUTS) as Setup['rollout'][]).map((rollout) => ({ maxInstances, replicas, rollout })),
    ),
  );

  test.each(SETUPS)('ends, whichever part of it is followed: %j', (setup) => {
    let steps = 0;
    const follow = (current: Setup, before: readonly string[]): void => {
      const key = JSON.stringify(current);
      expect(before).not.toContain(key);
      const refusal = refusalOf(current);
      if (refusal === undefined) return;
      expect(refusal).toMatch(/\[(InstanceTooSmall|RolloutStopsOnlyReplica)\]/);
      const changes = followed(refusal, current);
      expect(changes.length).toBeGreaterThan(1);
      steps++;
      for (const change of changes) follow(change, [...before, key]);
    };
    follow(setup, []);
    expect(steps).toBeLessThan(8);
  });

  test('names the rollout of each backend that surges', () => {
    const stack = withCapacity(aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', maxInstances: 3 }));
    const endpoint = new ServingEndpoint(stack, 'endpoint');
    endpoint.addBackend('one', backendOptions({ gpu }));
    endpoint.addBackend('two', backendOptions({ gpu, replicas: 2 }));
    expect(() => templateOf(stack)).toThrow(
      "[InstanceTooSmall] 'maxInstances' (3) of 'g6.xlarge' must be at least 6 for the replicas of its backends, including those of a rollout; raise it, or use Rollout.inPlace({ allowDowntime: true }) for backend 'one' and Rollout.inPlace() for backend 'two', which stops the only replica first (at Serving/Platform)",
    );
  });

  test('offers only more instances if each backend needs one', () => {
    const stack = withCapacity(aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', maxInstances: 1 }));
    const endpoint = new ServingEndpoint(stack, 'endpoint');
    for (const id of ['one', 'two']) endpoint.addBackend(id, backendOptions({ gpu }));
    expect(() => templateOf(stack)).toThrow(/must be at least 4 [^;]*; raise it \(at Serving\/Platform\)/);
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
