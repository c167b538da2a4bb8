import { Gpu, kubernetes, type NvidiaGpuOptions, Size } from '../../src';
import { GPU_MODELS } from '../../src/workload/private/gpu-models';
import { findObject, manifestsOf, oneBackend } from './support';

const { GpuNodes, MigStrategy } = kubernetes;

/** What the scheduler reads of a Pod with this GPU. */
function placementOf(gpu: Gpu, gpuNodes?: kubernetes.GpuNodes) {
  const { chart } = oneBackend({ gpu }, {}, { gpuNodes });
  const { spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template;
  const [term] = spec.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms ?? [];
  return {
    resources: Object.keys(spec.containers[0].resources.limits).filter((name) => name.includes('/')),
    labels: (term?.matchExpressions ?? []).map(
      ({ key, operator, values }: { key: string; operator: string; values: string[] }) =>
        `${key} ${operator} ${values.join(', ')}`,
    ),
    tolerations: spec.tolerations.map(({ key }: { key: string }) => key),
  };
}

const labelsOf = (options: NvidiaGpuOptions, gpuNodes?: kubernetes.GpuNodes) =>
  placementOf(Gpu.nvidia(options), gpuNodes).labels;

describe('nodes with GPU Feature Discovery', () => {
  test('have no label for any GPU', () => {
    expect(placementOf(Gpu.nvidia({ count: 2 }))).toEqual({
      resources: ['nvidia.com/gpu'],
      labels: [],
      tolerations: ['nvidia.com/gpu'],
    });
  });

  test.each<[string, NvidiaGpuOptions, string]>([
    ['L4', { product: 'nvidia-l4' }, 'NVIDIA-L4'],
    ['T4', { product: 'T4' }, 'Tesla-T4'],
    ['A10G', { product: 'A10G' }, 'NVIDIA-A10G, A10G'],
    [
      'A100 of any memory and form',
      { product: 'A100' },
      'NVIDIA-A100-SXM4-40GB, A100-SXM4-40GB, NVIDIA-A100-PCIE-40GB, A100-PCIE-40GB, NVIDIA-A100-SXM-64GB, NVIDIA-A100-SXM4-80GB, A100-SXM4-80GB, NVIDIA-A100-80GB-PCIe',
    ],
    [
      'A100 with 80 GiB',
      { product: 'A100', memory: Size.gibibytes(80) },
      'NVIDIA-A100-SXM4-80GB, A100-SXM4-80GB, NVIDIA-A100-80GB-PCIe',
    ],
    ['one model', { product: 'NVIDIA-A100-SXM4-80GB' }, 'NVIDIA-A100-SXM4-80GB, A100-SXM4-80GB'],
    ['a product of another name', { customProduct: 'NVIDIA-R100' }, 'NVIDIA-R100'],
  ])('have the labels that its driver reports (%s)', (_what, options, values) => {
    expect(labelsOf(options)).toEqual([`nvidia.com/gpu.product In ${values}`]);
  });

  // What drivers report, in MiB: less than what is sold, because error correction uses a part.
  const REPORTED: [product: string, mib: number][] = [
    ['T4', 15_109],
    ['V100-16GB', 16_160],
    ['A10G', 22_731],
    ['L4', 23_034],
    ['V100-32GB', 32_510],
    ['A100-40GB', 40_536],
    ['L40S', 46_068],
    ['A40', 45_634],
    ['H100 80GB HBM3', 81_559],
    ['H100 NVL', 95_830],
    ['RTX PRO 6000', 97_887],
    ['H200', 143_771],
    ['B200', 183_359],
    ['B300', 275_040],
  ];

  test.each(REPORTED)('with %s have enough memory for what it is sold with, and not for more', (product, reported) => {
    const [{ memoryGib = 0 } = {}] = GPU_MODELS.filter(({ name }) =>
      Gpu.nvidia({ product })._intent().models?.includes(name),
    );
    const boundOf = (gib: number) =>
      Number(/^nvidia\.com\/gpu\.memory Gt (\d+)$/.exec(labelsOf({ memory: Size.gibibytes(gib) })[0])?.[1]);
    expect(reported).toBeGreaterThan(boundOf(memoryGib));
    const more = Math.min(...GPU_MODELS.map((model) => model.memoryGib).filter((gib) => gib > memoryGib));
    if (Number.isFinite(more)) expect(reported).toBeLessThanOrEqual(boundOf(more));
  });

  test('that share GPUs have other labels than those that do not', () => {
    expect(placementOf(Gpu.nvidia({ product: 'L4', shared: true }))).toEqual({
      resources: ['nvidia.com/gpu'],
      labels: ['nvidia.com/gpu.product In NVIDIA-L4-SHARED', 'nvidia.com/gpu.replicas Gt 1'],
      tolerations: ['nvidia.com/gpu'],
    });
    expect(labelsOf({ shared: true })).toEqual(['nvidia.com/gpu.replicas Gt 1']);
  });

  test('that rename shared GPUs have another resource instead', () => {
    expect(
      placementOf(Gpu.nvidia({ product: 'L4', shared: true }), GpuNodes.featureDiscovery({ renamesShared: true })),
    ).toEqual({
      resources: ['nvidia.com/gpu.shared'],
      labels: ['nvidia.com/gpu.product In NVIDIA-L4'],
      tolerations: ['nvidia.com/gpu'],
    });
  });

  test('with MIG have a resource of the profile, and the taint of whole GPUs', () => {
    expect(placementOf(Gpu.nvidia({ product: 'H100 PCIe', mig: '1g.10gb' }))).toEqual({
      resources: ['nvidia.com/mig-1g.10gb'],
      labels: ['nvidia.com/gpu.product In NVIDIA-H100-PCIe'],
      tolerations: ['nvidia.com/gpu'],
    });
  });

  test('with one MIG profile per node have it in their labels', () => {
    const nodes = GpuNodes.featureDiscovery({ migStrategy: MigStrategy.SINGLE });
    expect(placementOf(Gpu.nvidia({ product: 'H100 PCIe', mig: '1g.10gb' }), nodes)).toEqual({
      resources: ['nvidia.com/gpu'],
      labels: ['nvidia.com/gpu.product In NVIDIA-H100-PCIe-MIG-1g.10gb'],
      tolerations: ['nvidia.com/gpu'],
    });
    expect(() => labelsOf({ mig: '1g.10gb' }, nodes)).toThrow(
      "[Unsupported] 'gpu' (1 x MIG 1g.10gb) of backend 'svm' requires a 'product' with MigStrategy.SINGLE, because node labels combine it with the profile",
    );
  });
});

describe('nodes of GKE', () => {
  test.each<[string, NvidiaGpuOptions, string[]]>([
    ['any GPU', {}, []],
    ['L4', { product: 'L4' }, ['cloud.google.com/gke-accelerator In nvidia-l4']],
    ['A100', { product: 'A100' }, ['cloud.google.com/gke-accelerator In nvidia-tesla-a100, nvidia-a100-80gb']],
    [
      'A100 with 80 GiB',
      { product: 'A100', memory: Size.gibibytes(80) },
      ['cloud.google.com/gke-accelerator In nvidia-a100-80gb'],
    ],
    [
      'memory',
      { memory: Size.gibibytes(141) },
      ['cloud.google.com/gke-accelerator In nvidia-h200-141gb, nvidia-b200, nvidia-gb200'],
    ],
    [
      'a partition',
      { product: 'A100-40GB', mig: '1g.5gb' },
      ['cloud.google.com/gke-accelerator In nvidia-tesla-a100', 'cloud.google.com/gke-gpu-partition-size In 1g.5gb'],
    ],
    ['a share', { shared: true }, ['cloud.google.com/gke-gpu-sharing-strategy In time-sharing, mps']],
    ['another name', { customProduct: 'nvidia-r100' }, ['cloud.google.com/gke-accelerator In nvidia-r100']],
  ])('have labels for %s', (_what, options, labels) => {
    const { labels: found, resources } = placementOf(Gpu.nvidia(options), GpuNodes.gke());
    expect({ found, resources }).toEqual({ found: labels, resources: ['nvidia.com/gpu'] });
  });

  test('cannot have a GPU that Google does not offer', () => {
    expect(() => labelsOf({ product: 'A10G' }, GpuNodes.gke())).toThrow(
      "[Unsupported] 'gpu' (1 x A10G) of backend 'svm' is not a GPU of GKE, which has P4, P100, V100, T4, A100, L4, H100, H200, B200, GB200, RTX PRO 6000; request one of them, or set 'customProduct' (at serving/digits/svm)",
    );
  });
});

describe.each([
  ['karpenter.k8s.aws', GpuNodes.karpenter(), 'Karpenter'],
  ['eks.amazonaws.com', GpuNodes.eksAutoMode(), 'EKS Auto Mode'],
])('nodes with labels of %s', (domain, nodes, kind) => {
  test.each<[string, NvidiaGpuOptions, string[]]>([
    ['any GPU', {}, []],
    ['A10G', { product: 'A10G' }, ['instance-gpu-name In a10g']],
    ['A100', { product: 'A100' }, ['instance-gpu-name In a100']],
    [
      'A100 with 80 GiB',
      { product: 'A100', memory: Size.gibibytes(80) },
      ['instance-gpu-name In a100', 'instance-gpu-memory Gt 40960'],
    ],
    ['A100 of 40 GB', { product: 'A100-40GB' }, ['instance-gpu-name In a100', 'instance-gpu-memory Lt 75366']],
    ['memory', { memory: Size.gibibytes(48) }, ['instance-gpu-memory Gt 45219']],
    ['another name', { customProduct: 'r100' }, ['instance-gpu-name In r100']],
  ])('have them for %s', (_what, options, labels) => {
    expect(labelsOf(options, nodes)).toEqual(labels.map((label) => `${domain}/${label}`));
  });

  test.each<[string, NvidiaGpuOptions]>([
    ['mig', { mig: '1g.10gb' }],
    ['shared', { shared: true }],
  ])('have none for %s', (option, options) => {
    expect(() => labelsOf(options, nodes)).toThrow(
      `requires node labels that ${kind} does not set; remove '${option}', or use GpuNodes.featureDiscovery()`,
    );
  });

  test('cannot have a GPU that AWS does not offer', () => {
    expect(() => labelsOf({ product: 'RTX 4090' }, nodes)).toThrow(`is not a GPU of ${kind}, which has V100, T4, T4G`);
  });
});

describe('nodes with labels of their own', () => {
  const values = { 'A100-40GB': ['a100-small'], 'A100-80GB': ['a100-large'], L4: ['l4'], 'NVIDIA-R100': ['r100'] };
  const nodes = GpuNodes.custom({ labelKey: 'acme.com/gpu', values });

  test.each<[string, NvidiaGpuOptions, string]>([
    ['all entries of a product', { product: 'A100' }, 'a100-small, a100-large'],
    ['those with enough memory', { product: 'A100', memory: Size.gibibytes(64) }, 'a100-large'],
    ['those with enough memory of any product', { memory: Size.gibibytes(40) }, 'a100-small, a100-large'],
    ['a product of another name', { customProduct: 'NVIDIA-R100' }, 'r100'],
  ])('match %s', (_what, options, list) => {
    expect(labelsOf(options, nodes)).toEqual([`acme.com/gpu In ${list}`]);
  });

  test('have the resource of a MIG profile', () => {
    expect(placementOf(Gpu.nvidia({ product: 'A100-40GB', mig: '1g.5gb' }), nodes)).toMatchObject({
      resources: ['nvidia.com/mig-1g.5gb'],
      labels: ['acme.com/gpu In a100-small'],
    });
  });

  test.each<[string, NvidiaGpuOptions, string]>([
    [
      'a product that is not listed',
      { product: 'T4' },
      "has no entry in 'values' of 'gpuNodes' (A100-40GB, A100-80GB, L4, NVIDIA-R100); add the values of 'acme.com/gpu'",
    ],
    ['a share', { shared: true }, 'requires a cluster whose nodes share GPUs'],
  ])('fail for %s', (_what, options, message) => {
    expect(() => labelsOf(options, nodes)).toThrow(message);
  });

  test.each<[string, kubernetes.CustomGpuNodesOptions, string]>([
    [
      'an illegal key',
      { labelKey: 'gpu type', values },
      "[InvalidName] 'labelKey' ('gpu type') must be a key such as 'acme.com/gpu'",
    ],
    [
      'an illegal value',
      { labelKey: 'gpu', values: { L4: ['an l4'] } },
      "[InvalidName] 'values.L4' ('an l4') must be at most 63",
    ],
    ['no value', { labelKey: 'gpu', values: { L4: [] } }, "[EmptyList] 'values.L4' must not be empty"],
    [
      'an illegal taint',
      { labelKey: 'gpu', values, taintKeys: ['a b'] },
      "[InvalidName] 'taintKeys' ('a b') must be a key",
    ],
  ])('fail with %s', (_what, options, message) => {
    expect(() => GpuNodes.custom(options)).toThrow(message);
  });
});

test('further taints are tolerated in addition to that of the resource', () => {
  const gpuNodes = GpuNodes.featureDiscovery({ taintKeys: ['sku', 'nvidia.com/gpu'] });
  expect(placementOf(Gpu.nvidia(), gpuNodes).tolerations).toEqual(['nvidia.com/gpu', 'sku']);
});

test.each<[string, Gpu, object]>([
  ['AMD', Gpu.amd(), { resources: ['amd.com/gpu'], labels: [], tolerations: ['amd.com/gpu'] }],
  [
    'one AMD product',
    Gpu.amd({ product: 'AMD_Instinct_MI300X_OAM' }),
    { labels: ['amd.com/gpu.product-name In AMD_Instinct_MI300X_OAM'] },
  ],
  [
    'Neuron',
    Gpu.neuron({ cores: 2 }),
    { resources: ['aws.amazon.com/neuroncore'], tolerations: ['aws.amazon.com/neuron'] },
  ],
  [
    'TPU',
    Gpu.tpu({ accelerator: 'tpu-v5-lite-podslice', topology: '2x4' }),
    {
      resources: ['google.com/tpu'],
      labels: [
        'cloud.google.com/gke-tpu-accelerator In tpu-v5-lite-podslice',
        'cloud.google.com/gke-tpu-topology In 2x4',
      ],
      tolerations: ['google.com/tpu'],
    },
  ],
])('the device plugin and the labels of %s are used whatever labels NVIDIA GPUs have', (_what, gpu, placement) => {
  for (const nodes of [undefined, GpuNodes.gke(), GpuNodes.karpenter()])
    expect(placementOf(gpu, nodes)).toMatchObject(placement);
});

const LABEL = "at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit";

test.each<[string, Gpu, string]>([
  [
    "'gpu' (1 x NVIDIA R100) of backend 'svm' requires the node label 'NVIDIA R100'",
    Gpu.nvidia({ customProduct: 'NVIDIA R100' }),
    "write 'NVIDIA-R100', as in the label 'nvidia.com/gpu.product' of the nodes",
  ],
  [
    "'gpu' (1 x share of NVIDIA R100) of backend 'svm' requires the node label 'NVIDIA R100-SHARED'",
    Gpu.nvidia({ customProduct: 'NVIDIA R100', shared: true }),
    "write 'NVIDIA-R100', as in the label 'nvidia.com/gpu.product' of the nodes",
  ],
  [
    "'gpu' (1 x A100 SXM4 40GB) of backend 'svm' requires the node label 'A100 SXM4 40GB'",
    Gpu.nvidia({ customProduct: 'A100 SXM4 40GB' }),
    "use 'product', which accepts this spelling",
  ],
  [
    "'gpu' (1 x %) of backend 'svm' requires the node label '%'",
    Gpu.nvidia({ customProduct: '%' }),
    "use the value of the label 'nvidia.com/gpu.product' of the nodes",
  ],
  [
    "'gpu' (1 x AMD Instinct MI300X) of backend 'svm' requires the node label 'AMD Instinct MI300X'",
    Gpu.amd({ product: 'AMD Instinct MI300X' }),
    "write 'AMD-Instinct-MI300X', as in the label 'amd.com/gpu.product-name' of the nodes",
  ],
])('a value that no node label can have fails: %s', (request, gpu, way) => {
  expect(() => placementOf(gpu)).toThrow(
    new Error(`[InvalidName] ${request}, which must be ${LABEL}; ${way} (at serving/digits/svm)`),
  );
});
