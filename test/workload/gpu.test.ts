import { Token } from 'aws-cdk-lib';
import { Size } from '../../src/units/size';
import { Gpu, IntelGpuDriver, type NvidiaGpuOptions } from '../../src/workload/gpu';

describe('gpu', () => {
  test('is one GPU of any NVIDIA product without options', () => {
    expect(Gpu.nvidia()).toMatchObject({ count: 1, resourceName: 'nvidia.com/gpu', product: undefined });
  });

  test('keeps the product, and the models that it can be', () => {
    expect(Gpu.nvidia({ count: 4, product: 'A10G' })._intent()).toEqual({
      count: 4,
      resourceName: 'nvidia.com/gpu',
      product: 'A10G',
      models: ['A10G'],
    });
  });

  test('supports devices with another resource name', () => {
    expect(Gpu.custom('amd.com/gpu', 2)).toMatchObject({ count: 2, resourceName: 'amd.com/gpu' });
  });

  test.each([1, 16])('accepts %i of them', (count) => {
    expect(Gpu.nvidia({ count }).count).toBe(count);
  });

  test.each([0, 17])('fails when the count is %p', (count) => {
    expect(() => Gpu.nvidia({ count })).toThrow(
      `[InvalidNumber] 'count' (${count}) must be a whole number between 1 and 16; omit 'gpu' for a backend without a GPU`,
    );
  });

  test.each([0.5, 1.5])('fails when the count is %p, with the ways to a part of a GPU', (count) => {
    expect(() => Gpu.nvidia({ count })).toThrow(
      `[InvalidNumber] 'count' (${count}) must be a whole number between 1 and 16; for a part of a GPU use 'mig' or 'shared', which Kubernetes supports, or a smaller product such as 'T4' or 'L4'`,
    );
  });

  test.each(['gpu', 'AMD.com/gpu', 'amd.com/', ''])('fails when the resource name is %p', (name) => {
    expect(() => Gpu.custom(name, 1)).toThrow(
      `[InvalidName] 'resourceName' ('${name}') must be a domain and a name, such as 'amd.com/gpu'`,
    );
  });
});

describe('a product', () => {
  test.each([
    ['A100', ['a100', 'NVIDIA A100', 'nvidia-tesla-a100', 'Tesla-A100']],
    ['A100-80GB', ['A100-80GB', 'nvidia-a100-80gb', 'a100 80 GB', 'A100 80GiB']],
    ['A100-SXM4-80GB', ['NVIDIA-A100-SXM4-80GB', 'A100 SXM4 80GB', 'A100-SXM4-80GB']],
    ['A100 80GB PCIe', ['NVIDIA-A100-80GB-PCIe', 'A100-PCIE-80GB']],
    ['H100 80GB HBM3', ['NVIDIA-H100-80GB-HBM3', 'H100-SXM5', 'nvidia-h100-mega-80gb']],
    ['H200', ['h200', 'NVIDIA-H200', 'nvidia-h200-141gb']],
    ['T4', ['Tesla-T4', 'nvidia-tesla-t4', 'NVIDIA T4', 't4']],
    ['L4', ['nvidia-l4', 'NVIDIA-L4', 'l4', 'L4-24GB']],
    ['A10G', ['NVIDIA-A10G', 'a10g']],
    ['RTX PRO 6000 Blackwell Server Edition', ['NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition']],
    ['RTX 4090', ['GeForce RTX 4090', 'NVIDIA-GeForce-RTX-4090', 'rtx-4090']],
  ])('is %s in the spellings of vendors, clouds and node labels', (name, spellings) => {
    for (const product of spellings) expect([product, Gpu.nvidia({ product }).product]).toEqual([product, name]);
  });

  test.each([
    ['L44', "did you mean 'L4' or 'L40'? 'customProduct' accepts a newer one"],
    ['H1000', "did you mean 'H100'? 'customProduct' accepts a newer one"],
    ['RTX 6000', "did you mean 'RTX 6000 Ada' or 'RTX PRO 6000'? 'customProduct' accepts a newer one"],
    ['Voodoo', "use one such as 'L4', 'A10G', 'L40S', 'A100' or 'H100', or 'customProduct' for a newer one"],
    ['A100-48GB', "use one such as 'L4', 'A10G', 'L40S', 'A100' or 'H100', or 'customProduct' for a newer one"],
  ])('fails when it is %s, with the nearest ones', (product, advice) => {
    expect(() => Gpu.nvidia({ product })).toThrow(
      new Error(`[UnknownGpu] 'product' ('${product}') is not a known NVIDIA GPU; ${advice}`),
    );
  });

  test.each([
    ['NVIDIA-A100-SXM4-80GB-SHARED', "Gpu.nvidia({ product: 'A100-SXM4-80GB', shared: true })"],
    ['NVIDIA-A100-SXM4-40GB-MIG-1g.5gb', "Gpu.nvidia({ product: 'A100-SXM4-40GB', mig: '1g.5gb' })"],
    ['Tesla-T4-SHARED', "Gpu.nvidia({ product: 'T4', shared: true })"],
  ])('fails when it is %s, the label of a divided GPU', (product, advice) => {
    expect(() => Gpu.nvidia({ product })).toThrow(
      new Error(`[UnknownGpu] 'product' ('${product}') is the label of a GPU that nodes divide; use ${advice}`),
    );
  });

  test('fails when it is a token', () => {
    expect(() => Gpu.nvidia({ product: Token.asString({ Ref: 'Product' }) })).toThrow(
      "[UnknownGpu] 'product' is a token, but its value must be known at synthesis",
    );
  });

  test('of another name is taken as it is', () => {
    expect(Gpu.nvidia({ customProduct: 'NVIDIA-R100' })._intent()).toEqual({
      count: 1,
      resourceName: 'nvidia.com/gpu',
      customProduct: 'NVIDIA-R100',
    });
  });

  test.each<[string, NvidiaGpuOptions]>([
    ['product', { product: 'L4' }],
    ['memory', { memory: Size.gibibytes(24) }],
  ])('of another name fails together with %s', (prop, options) => {
    expect(() => Gpu.nvidia({ customProduct: 'NVIDIA-R100', ...options })).toThrow(
      `[ConflictingProps] '${prop}' and 'customProduct' are mutually exclusive; remove one`,
    );
  });
});

test.each([
  ['MI300X', 'use Gpu.amd()'],
  ['Gaudi2', "use Gpu.custom('habana.ai/gaudi', 1)"],
  ['inf2', 'use Gpu.neuron()'],
  ['tpu-v5e', "use Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology: '2x4' }) with the type and topology"],
  ['Intel Arc', 'use Gpu.intel({ driver: IntelGpuDriver.XE })'],
  ['A100:4', "use Gpu.nvidia({ count: 4, product: 'A100' })"],
  ['4xA100', "use Gpu.nvidia({ count: 4, product: 'A100' })"],
  ['nvidia.com/gpu', 'use Gpu.nvidia() for any product'],
  ['nvidia.com/mig-1g.5gb', "use Gpu.nvidia({ mig: '1g.5gb' })"],
  ['cpu', "omit 'gpu' for a backend without a GPU"],
  [
    'g5.xlarge',
    "'g5.xlarge' is an EC2 instance type: pass aws.GpuCapacity.autoScalingGroup({ instanceType: 'g5.xlarge' }) to the platform",
  ],
])('%s is refused as a product with what requests it', (product, advice) => {
  expect(() => Gpu.nvidia({ product })).toThrow(
    new Error(`[UnknownGpu] 'product' ('${product}') is not a known NVIDIA GPU; ${advice}`),
  );
});

test.each([
  ['A100', "use Gpu.nvidia({ product: 'A100' })"],
  ['gpu', 'use Gpu.nvidia() for any product'],
])('%s is refused as a resource name with what requests it', (name, advice) => {
  expect(() => Gpu.custom(name, 1)).toThrow(
    `[InvalidName] 'resourceName' ('${name}') must be a domain and a name, such as 'amd.com/gpu'; ${advice}`,
  );
});

describe('memory', () => {
  test('leaves the models that are sold with as much', () => {
    const { product, models, memoryMib } = Gpu.nvidia({ product: 'A100', memory: Size.gibibytes(80) })._intent();
    expect({ product, models, memoryMib }).toEqual({
      product: 'A100',
      models: ['A100-SXM4-80GB', 'A100 80GB PCIe'],
      memoryMib: 81_920,
    });
  });

  test('without a product leaves every model with as much', () => {
    const { product, models = [] } = Gpu.nvidia({ memory: Size.gibibytes(141) })._intent();
    expect(product).toBeUndefined();
    expect(models).toEqual(expect.arrayContaining(['H200', 'B200']));
    expect(models).not.toContain('H100 NVL');
  });

  test.each<[string, NvidiaGpuOptions, string]>([
    ['an L4', { product: 'L4', memory: Size.gibibytes(40) }, 'between 1 and 24576; the value is in MiB, and no L4 has'],
    ['any GPU', { memory: Size.gibibytes(999) }, 'between 1 and 276480; the value is in MiB, and no known GPU has'],
  ])('fails when it is more than %s has', (_what, options, bound) => {
    expect(() => Gpu.nvidia(options)).toThrow(bound);
  });
});

describe('a part of a GPU', () => {
  test.each([
    ['1g.10gb', 'nvidia.com/mig-1g.10gb'],
    ['3g.40gb', 'nvidia.com/mig-3g.40gb'],
    ['1g.10gb+me', 'nvidia.com/mig-1g.10gb.me'],
  ])('with the profile %s is its resource', (mig, resourceName) => {
    expect(Gpu.nvidia({ mig })._intent()).toEqual({ count: 1, resourceName, mig });
  });

  test.each(['1g', 'mig-1g.10gb', '10gb', '1G.10GB', ''])('fails with the profile %p', (mig) => {
    expect(() => Gpu.nvidia({ mig })).toThrow(
      `[InvalidName] 'mig' ('${mig}') must be a MIG profile such as '1g.10gb' or '3g.40gb'`,
    );
  });

  test.each<[string, NvidiaGpuOptions, string]>([
    ['mig', { mig: '1g.10gb', count: 2 }, 'a CUDA process uses one partition'],
    ['shared', { shared: true, count: 2 }, 'several shares add no compute'],
  ])('fails with several of them (%s)', (prop, options, why) => {
    expect(() => Gpu.nvidia(options)).toThrow(
      `[ConflictingProps] 'count' (2) must be 1 with '${prop}', because ${why}; use replicas`,
    );
  });

  test('fails as a partition and a share', () => {
    expect(() => Gpu.nvidia({ mig: '1g.10gb', shared: true })).toThrow(
      "[ConflictingProps] 'mig' and 'shared' are mutually exclusive; remove one",
    );
  });
});

describe('another accelerator', () => {
  test.each<[Gpu, object]>([
    [Gpu.amd({ count: 2 }), { count: 2, resourceName: 'amd.com/gpu' }],
    [
      Gpu.amd({ product: 'AMD_Instinct_MI300X_OAM' }),
      {
        count: 1,
        resourceName: 'amd.com/gpu',
        customProduct: 'AMD_Instinct_MI300X_OAM',
        nodeLabels: { 'amd.com/gpu.product-name': 'AMD_Instinct_MI300X_OAM' },
      },
    ],
    [Gpu.intel({ driver: IntelGpuDriver.I915 }), { count: 1, resourceName: 'gpu.intel.com/i915' }],
    [Gpu.intel({ driver: IntelGpuDriver.XE, count: 2 }), { count: 2, resourceName: 'gpu.intel.com/xe' }],
    [Gpu.neuron(), { count: 1, resourceName: 'aws.amazon.com/neuron' }],
    [Gpu.neuron({ cores: 32 }), { count: 32, resourceName: 'aws.amazon.com/neuroncore' }],
    [
      Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology: '2x4' }),
      {
        count: 8,
        resourceName: 'google.com/tpu',
        customProduct: 'tpu-v6e-slice 2x4',
        nodeLabels: {
          'cloud.google.com/gke-tpu-accelerator': 'tpu-v6e-slice',
          'cloud.google.com/gke-tpu-topology': '2x4',
        },
      },
    ],
  ])('is the resource of its device plugin', (gpu, intent) => {
    expect(gpu._intent()).toEqual(intent);
  });

  test('fails as devices and cores', () => {
    expect(() => Gpu.neuron({ devices: 1, cores: 2 })).toThrow(
      "[ConflictingProps] 'devices' and 'cores' are mutually exclusive; remove one",
    );
  });

  test.each(['2', '2x', '4x0', '2x2x2x2', 'two'])('fails with the topology %p', (topology) => {
    expect(() => Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology })).toThrow(
      `[InvalidName] 'topology' ('${topology}') must be a TPU topology such as '2x4' or '2x2x1'`,
    );
  });

  test.each([
    ['4x4', 16, 8],
    ['2x2x2', 8, 4],
  ])('fails with the topology %s of several nodes', (topology, chips, most) => {
    expect(() => Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology })).toThrow(
      `[Unsupported] 'topology' ('${topology}') has ${chips} chips, but a replica is one Pod and a node has at most ${most} of them; use a smaller topology and more replicas`,
    );
  });
});
