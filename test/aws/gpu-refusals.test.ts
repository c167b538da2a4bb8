import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Gpu, IntelGpuDriver, type NvidiaGpuOptions, Rollout, ServingEndpoint, Size } from '../../src';
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
    expect(() => new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities })).toThrow(
      "[ForeignResource] a new Auto Scaling group ('g6.xlarge') cannot be added to an imported cluster; use GpuCapacity.fromCapacityProviderName (at Serving/Platform)",
    );
  });

  test('fails with a new group for a cluster of another stack', () => {
    const { app, cluster, gpuCapacities } = clusterInItsOwnStack();
    const serving = newStack('Serving', app);
    expect(() => new aws.EcsPlatform(serving, 'Platform', { cluster, gpuCapacities })).toThrow(
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
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product: 'L4', count: 16 }) })).toThrow(
      "[InstanceTooSmall] no supported instance type is large enough for backend 'backend' (16 x L4, 32 vCPUs, 131072 MiB); request fewer GPUs, less CPU or less memory (at Serving/endpoint/backend)",
    );
  });

  const PRODUCTS = ['A100', 'A10G', 'B200', 'B300', 'H100', 'H200', 'L4', 'L40S', 'RTX PRO 6000', 'T4', 'V100'];

  test.each(PRODUCTS.flatMap((product) => [product, product.toLowerCase()]))('runs with the product %s', (product) => {
    expect(() => oneBackend({ gpu: Gpu.nvidia({ product }) })).not.toThrow();
  });

  const ADVICE = `set 'product' to one of ${PRODUCTS.join(', ')}, or omit 'product' and select the instance type with 'gpuCapacities' of the platform, such as [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })], or add instances with a 'shape' of this product to 'gpuCapacities'`;

  test.each<[string, Gpu, string, string]>([
    ['that AWS does not offer', Gpu.nvidia({ product: 'RTX 4090' }), '1 x RTX 4090', ADVICE],
    [
      'of a form that AWS does not offer',
      Gpu.nvidia({ product: 'H100 NVL' }),
      '1 x H100 NVL',
      `did you mean product: 'H100'? Otherwise ${ADVICE}`,
    ],
    [
      'that no capacity has',
      Gpu.nvidia({ customProduct: 'R100' }),
      '1 x R100',
      `remove 'customProduct' and ${ADVICE.replace("omit 'product'", "omit 'customProduct'")}`,
    ],
    [
      'in customProduct that is a known one',
      Gpu.nvidia({ customProduct: 'NVIDIA-A10G' }),
      '1 x NVIDIA-A10G',
      `did you mean product: 'A10G'? Otherwise remove 'customProduct' and ${ADVICE.replace("omit 'product'", "omit 'customProduct'")}`,
    ],
  ])('fails with a product %s, and names those that exist', (_what, gpu, request, advice) => {
    expect(() => oneBackend({ gpu })).toThrow(
      `[UnknownGpu] no supported instance type has the GPU of backend 'backend' (${request}, 2 vCPUs, 8192 MiB); ${advice} (at Serving/endpoint/backend)`,
    );
  });

  test.each<[string, NvidiaGpuOptions, string, string]>([
    [
      'another product',
      { product: 'A100' },
      '1 x A100',
      "set 'product' to one of theirs (A10G, L4), or omit 'product', or add an instance type with that GPU, such as p4d.24xlarge",
    ],
    [
      'less memory',
      { memory: Size.gibibytes(80) },
      '1 x any GPU with at least 80 GiB',
      "lower 'memory' to at most 24 GiB, or add an instance type with that GPU, such as g7e.2xlarge",
    ],
    [
      'another name',
      { customProduct: 'R100' },
      '1 x R100',
      "remove 'customProduct' and set 'product' to one of theirs (A10G, L4), or omit 'customProduct', or add instances with a 'shape' of this product",
    ],
  ])('fails with gpuCapacities of %s, and names what they have', (_what, options, request, advice) => {
    const capacities = ['g6.xlarge', 'g5.xlarge'].map((instanceType) =>
      aws.GpuCapacity.autoScalingGroup({ instanceType }),
    );
    expect(() => oneBackend({ gpu: Gpu.nvidia(options) }, {}, withCapacity(...capacities))).toThrow(
      `[UnknownGpu] none of 'gpuCapacities' (g6.xlarge, g5.xlarge) has the GPU of backend 'backend' (${request}, 2 vCPUs, 8192 MiB); ${advice} (at Serving/endpoint/backend)`,
    );
  });

  test('fails if the capacities with the product have less memory', () => {
    const types = ['p4d.24xlarge', 'g6.xlarge'].map((instanceType) =>
      aws.GpuCapacity.autoScalingGroup({ instanceType }),
    );
    const gpu = Gpu.nvidia({ product: 'A100', memory: Size.gibibytes(80) });
    expect(() => oneBackend({ gpu }, {}, withCapacity(...types))).toThrow(
      "[UnknownGpu] none of 'gpuCapacities' (p4d.24xlarge, g6.xlarge) has the GPU of backend 'backend' (1 x A100 with at least 80 GiB, 2 vCPUs, 8192 MiB); lower 'memory' to at most 40 GiB, or add an instance type with that GPU, such as p4de.24xlarge (at Serving/endpoint/backend)",
    );
  });

  test.each<[string, Gpu]>([
    ['amd.com/gpu', Gpu.amd()],
    ['gpu.intel.com/xe', Gpu.intel({ driver: IntelGpuDriver.XE })],
    ['aws.amazon.com/neuron', Gpu.neuron()],
    ['google.com/tpu', Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology: '2x4' })],
    ['acme.com/npu', Gpu.custom('acme.com/npu', 1)],
  ])('fails with %s', (resourceName, gpu) => {
    expect(() => oneBackend({ gpu })).toThrow(
      `[Unsupported] '${resourceName}' of backend 'backend' is not supported on ECS, where tasks get NVIDIA GPUs; use Gpu.nvidia(), or run the backend on Kubernetes (at Serving/endpoint/backend)`,
    );
  });

  test.each<[string, Gpu]>([
    ["'mig' ('1g.10gb')", Gpu.nvidia({ mig: '1g.10gb' })],
    ["'shared' (true)", Gpu.nvidia({ shared: true })],
  ])('fails in parts: %s', (part, gpu) => {
    expect(() => oneBackend({ gpu })).toThrow(
      `[Unsupported] ${part} of backend 'backend' is not supported on ECS, where tasks get whole GPUs; request a smaller GPU, such as Gpu.nvidia({ product: 'L4' }), or run the backend on Kubernetes (at Serving/endpoint/backend)`,
    );
  });
});

describe('the advice about a GPU that no instance type has', () => {
  interface Setup {
    readonly product?: string;
    readonly customProduct?: string;
    readonly gib?: number;
    readonly count?: number;
    /** Known instance types, and others with the product of their shape, such as `x1.large=R100`. */
    readonly capacities: readonly string[];
  }

  function capacityOf(text: string): aws.GpuCapacity {
    const [instanceType = '', product] = text.split('=');
    const shape = { gpus: 8, vcpus: 192, memory: Size.gibibytes(2048), ...(product && { product }) };
    return aws.GpuCapacity.autoScalingGroup({ instanceType, ...(product !== undefined && { shape }) });
  }

  function refusalOf({ gib, capacities, ...options }: Setup): string | undefined {
    const stack = capacities.length === 0 ? newStack() : withCapacity(...capacities.map(capacityOf));
    try {
      const memory = gib === undefined ? undefined : Size.gibibytes(gib);
      oneBackend({ gpu: Gpu.nvidia({ ...options, memory }) }, {}, stack);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** The definitions after each of the changes that a message offers. */
  function followed(message: string, setup: Setup): Setup[] {
    if (message.includes('[InstanceTooSmall]')) return [{ ...setup, count: 1 }];
    const [, advice = ''] = message.split('; ');
    const listed = (pattern: RegExp) => pattern.exec(advice)?.[1]?.split(', ') ?? [];
    const products = [
      ...listed(/did you mean product: '([^']+)'/),
      ...listed(/set 'product' to one of (?:theirs \()?(.+?)\)?, or /),
    ];
    const customProducts = listed(/set 'customProduct' to one of theirs \((.+?)\)/);
    const [, omitted, instanceType] = /omit '(\w+)'(?: and select .*?instanceType: '(.+?)')?/.exec(advice) ?? [];
    const [most] = listed(/lower 'memory' to at most (\d+) GiB/);
    const [added] = listed(/that GPU, such as ([\w.-]+) /);
    const described = `x${setup.capacities.length + 1}.large=${setup.product ?? setup.customProduct}`;
    return [
      ...products.map((product) => ({ ...setup, customProduct: undefined, product })),
      ...customProducts.map((customProduct) => ({ ...setup, product: undefined, customProduct })),
      ...(omitted === undefined
        ? []
        : [
            {
              ...setup,
              [omitted === 'memory' ? 'gib' : omitted]: undefined,
              capacities: instanceType === undefined ? setup.capacities : [instanceType],
            },
          ]),
      ...(most === undefined ? [] : [{ ...setup, gib: Number(most) }]),
      { ...setup, capacities: [...setup.capacities, added ?? described] },
    ];
  }

  const REQUESTS: Omit<Setup, 'capacities'>[] = [
    { product: 'RTX 4090' },
    { product: 'RTX 4090', gib: 24, count: 4 },
    { product: 'RTX 4090', count: 16 },
    { product: 'RTX 5090', gib: 32, count: 16 },
    { product: 'H100 NVL' },
    { product: 'A100-80GB', count: 8 },
    { product: 'A100', gib: 80 },
    { product: 'L4', count: 16 },
    { gib: 80 },
    { customProduct: 'R100' },
    { customProduct: 'NVIDIA-A10G' },
  ];

  const CAPACITIES: readonly string[][] = [
    [],
    ['g6.xlarge', 'g5.12xlarge'],
    ['p4d.24xlarge'],
    ['x1.large=R200'],
    ['x1.large=A100'],
    ['x1.large='],
  ];

  const SETUPS: Setup[] = REQUESTS.flatMap((request) => CAPACITIES.map((capacities) => ({ ...request, capacities })));

  const refusals = new Map<string, string | undefined>();

  function remembered(setup: Setup): string | undefined {
    const key = JSON.stringify(setup);
    if (!refusals.has(key)) refusals.set(key, refusalOf(setup));
    return refusals.get(key);
  }

  test.each(SETUPS)('ends with instances, whichever part of it is followed: %j', (setup) => {
    const follow = (current: Setup, before: readonly string[]): void => {
      const key = JSON.stringify(current);
      expect(before).not.toContain(key);
      expect(before.length).toBeLessThan(5);
      const refusal = remembered(current);
      if (refusal === undefined) return;
      expect(refusal).toMatch(/^\[(UnknownGpu|InstanceTooSmall)\]/);
      for (const change of followed(refusal, current)) follow(change, [...before, key]);
    };
    follow(setup, []);
  });

  test('was followed for most of these setups, and every part of it', () => {
    const messages = SETUPS.map(remembered).filter((message) => message?.startsWith('[UnknownGpu]'));
    expect(messages.length).toBeGreaterThan(SETUPS.length / 2);
    for (const part of [
      "did you mean product: '",
      "; set 'product' to one of A100, ",
      "; set 'product' to one of theirs (",
      "remove 'customProduct' and set 'product'",
      "remove 'product' and set 'customProduct' to one of theirs (R200)",
      "omit 'product' and select",
      "omit 'product', or",
      "omit 'customProduct'",
      "omit 'memory'",
      "lower 'memory' to at most 40 GiB",
      'add an instance type with that GPU, such as',
      'add an instance type with that GPU (at',
      "add instances with a 'shape' of this product",
    ])
      expect([part, messages.some((message) => message?.includes(part))]).toEqual([part, true]);
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
  test.each([
    ['g6f.xlarge', 'has a fraction of an L4, and tasks get whole GPUs; use g6.xlarge'],
    ['gr6f.4xlarge', 'has a fraction of an L4, and tasks get whole GPUs; use g6.xlarge'],
    ['g5g.xlarge', 'has Arm processors, and tasks with GPUs run on x86; use g6.xlarge or p6-b200.48xlarge'],
    ['g4ad.xlarge', 'has AMD GPUs, which ECS does not assign; use g4dn.xlarge, or run the backend on Kubernetes'],
    ['inf2.xlarge', 'has Neuron devices and no GPU; use g6.xlarge, or run the backend on Kubernetes'],
    ['trn1.2xlarge', 'has Neuron devices and no GPU; use g6.xlarge, or run the backend on Kubernetes'],
  ])('fails with %s, even with a shape', (instanceType, why) => {
    const shape = { gpus: 1, vcpus: 4, memory: Size.gibibytes(16) };
    for (const options of [{}, { shape }])
      expect(() => aws.GpuCapacity.fromCapacityProviderName('gpus', instanceType, options)).toThrow(
        new Error(`[UnknownInstanceType] 'instanceType' ('${instanceType}') ${why}`),
      );
  });

  test('fails with a shape of a type that is known', () => {
    const shape = { gpus: 1, vcpus: 4, memory: Size.gibibytes(16) };
    expect(() => aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', shape })).toThrow(
      "[ConflictingProps] 'shape' is set, but 'instanceType' ('g6.xlarge') is a known type; remove 'shape'",
    );
  });

  test.each([
    ['shape.gpus', { gpus: 0.5 }],
    ['shape.vcpus', { vcpus: 0 }],
    ['shape.memory', { memory: Size.gibibytes(0) }],
  ])('fails with an impossible %s', (prop, change) => {
    const shape = { gpus: 1, vcpus: 4, memory: Size.gibibytes(16), ...change };
    expect(() => aws.GpuCapacity.autoScalingGroup({ instanceType: 'g9.xlarge', shape })).toThrow(
      `[InvalidNumber] '${prop}' (`,
    );
  });

  test.each(['g6.xlrage', 'm7i.large'])('fails with %s, which is not a known GPU type', (instanceType) => {
    expect(() => aws.GpuCapacity.autoScalingGroup({ instanceType })).toThrow(
      `[UnknownInstanceType] 'instanceType' ('${instanceType}') is not a supported type with NVIDIA GPUs; use one such as g6.xlarge, g5.12xlarge or p5.48xlarge, or set 'shape' for a newer one`,
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
