/** An instance type with NVIDIA GPUs. */
export interface GpuInstanceType {
  /** The name. */
  readonly name: string;
  /** The GPU model. */
  readonly product: string;
  /** The number of GPUs. */
  readonly gpus: number;
  /** The number of vCPUs. */
  readonly cpus: number;
  /** The memory in GiB. */
  readonly memoryGib: number;
}

/** https://aws.amazon.com/ec2/instance-types/accelerated-computing/, from small to large within a family. */
const TYPES: [
  family: string,
  product: string,
  sizes: [size: string, gpus: number, cpus: number, memoryGib: number][],
][] = [
  [
    'g6',
    'L4',
    [
      ['xlarge', 1, 4, 16],
      ['2xlarge', 1, 8, 32],
      ['4xlarge', 1, 16, 64],
      ['8xlarge', 1, 32, 128],
      ['16xlarge', 1, 64, 256],
      ['12xlarge', 4, 48, 192],
      ['24xlarge', 4, 96, 384],
      ['48xlarge', 8, 192, 768],
    ],
  ],
  [
    'g5',
    'A10G',
    [
      ['xlarge', 1, 4, 16],
      ['2xlarge', 1, 8, 32],
      ['4xlarge', 1, 16, 64],
      ['8xlarge', 1, 32, 128],
      ['16xlarge', 1, 64, 256],
      ['12xlarge', 4, 48, 192],
      ['24xlarge', 4, 96, 384],
      ['48xlarge', 8, 192, 768],
    ],
  ],
  [
    'g4dn',
    'T4',
    [
      ['xlarge', 1, 4, 16],
      ['2xlarge', 1, 8, 32],
      ['4xlarge', 1, 16, 64],
      ['8xlarge', 1, 32, 128],
      ['16xlarge', 1, 64, 256],
      ['12xlarge', 4, 48, 192],
      ['metal', 8, 96, 384],
    ],
  ],
  [
    'g6e',
    'L40S',
    [
      ['xlarge', 1, 4, 32],
      ['2xlarge', 1, 8, 64],
      ['4xlarge', 1, 16, 128],
      ['8xlarge', 1, 32, 256],
      ['16xlarge', 1, 64, 512],
      ['12xlarge', 4, 48, 384],
      ['24xlarge', 4, 96, 768],
      ['48xlarge', 8, 192, 1536],
    ],
  ],
  [
    'gr6',
    'L4',
    [
      ['4xlarge', 1, 16, 128],
      ['8xlarge', 1, 32, 256],
    ],
  ],
  [
    'p3',
    'V100',
    [
      ['2xlarge', 1, 8, 61],
      ['8xlarge', 4, 32, 244],
      ['16xlarge', 8, 64, 488],
    ],
  ],
  ['p3dn', 'V100', [['24xlarge', 8, 96, 768]]],
  ['p4d', 'A100', [['24xlarge', 8, 96, 1152]]],
  ['p4de', 'A100', [['24xlarge', 8, 96, 1152]]],
  [
    'p5',
    'H100',
    [
      ['4xlarge', 1, 16, 256],
      ['48xlarge', 8, 192, 2048],
    ],
  ],
  ['p5e', 'H200', [['48xlarge', 8, 192, 2048]]],
  ['p5en', 'H200', [['48xlarge', 8, 192, 2048]]],
  ['p6-b200', 'B200', [['48xlarge', 8, 192, 2048]]],
];

/** All supported types. */
export const GPU_INSTANCE_TYPES: readonly GpuInstanceType[] = TYPES.flatMap(([family, product, sizes]) =>
  sizes.map(([size, gpus, cpus, memoryGib]) => ({ name: `${family}.${size}`, product, gpus, cpus, memoryGib })),
);

/** The resources of an instance that one task needs. */
export interface GpuNeed {
  /** GPUs. */
  readonly gpus: number;
  /** vCPUs. */
  readonly cpus: number;
  /** Memory in MiB. */
  readonly memoryMib: number;
  /** The GPU model; undefined for any. */
  readonly product?: string;
}

/** The fraction of an instance's memory that tasks can use. The system and the agent use the rest. */
const USABLE_MEMORY = 0.92;

/** The instance type with this name. */
export function gpuInstanceType(name: string): GpuInstanceType | undefined {
  return GPU_INSTANCE_TYPES.find((type) => type.name === name);
}

/** Whether one of the types has a GPU product; undefined means any. */
export function hasProduct(types: readonly GpuInstanceType[], product: string | undefined): boolean {
  return product === undefined || types.some((type) => type.product.toLowerCase() === product.toLowerCase());
}

/** The GPU products of these types, sorted. */
export function productsOf(types: readonly GpuInstanceType[]): string[] {
  return [...new Set(types.map(({ product }) => product))].sort();
}

/** The product that another spelling, such as `NVIDIA-A10G` or `Tesla T4`, means, as a part of a message. */
export function suggestProduct(typed: string, products: readonly string[]): string {
  const words = typed.toLowerCase().split(/[^a-z0-9]+/);
  const meant = products.find((product) => words.includes(product.toLowerCase()));
  return meant === undefined ? '' : `did you mean '${meant}'? Otherwise `;
}

/** How many tasks with these needs fit on one instance. */
export function tasksPerInstance(type: GpuInstanceType, need: GpuNeed): number {
  if (!hasProduct([type], need.product)) return 0;
  return Math.floor(
    Math.min(type.gpus / need.gpus, type.cpus / need.cpus, (type.memoryGib * 1024 * USABLE_MEMORY) / need.memoryMib),
  );
}

/** The first and smallest type that fits the task. */
export function smallestType(need: GpuNeed): GpuInstanceType | undefined {
  return GPU_INSTANCE_TYPES.find((type) => tasksPerInstance(type, need) > 0);
}
