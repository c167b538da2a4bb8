/** An instance type with NVIDIA GPUs. */
export interface GpuInstanceType {
  /** The name. */
  readonly name: string;
  /** The GPU models that it can have, as `gpu-models` names them; none if its product is unknown. */
  readonly models: readonly string[];
  /** The product as `customProduct` of a definition names it. @default - none */
  readonly customProduct?: string;
  /** The number of GPUs. */
  readonly gpus: number;
  /** The number of vCPUs. */
  readonly cpus: number;
  /** The memory in GiB. */
  readonly memoryGib: number;
  /** The number of network interfaces, if they limit the number of tasks. @default - more than GPUs */
  readonly interfaces?: number;
}

/**
 * The types with so few network interfaces that tasks cannot use every GPU: the instance has one, and each task one.
 *
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html, in agreement with misc/eni-max-pods.txt of
 * aws/amazon-vpc-cni-k8s. All other types of the table below have more of them than GPUs.
 */
const INTERFACES: { readonly [type: string]: number } = {
  'g5.48xlarge': 7,
  'p3.16xlarge': 8,
};

/**
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html, from small to large within a family. Without fractional GPUs
 * (g6f, gr6f), Arm (g5g, p6e-gb200) and other vendors (g4ad).
 */
const TYPES: [family: string, model: string, sizes: [size: string, gpus: number, cpus: number, memoryGib: number][]][] =
  [
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
      'V100-SXM2-16GB',
      [
        ['2xlarge', 1, 8, 61],
        ['8xlarge', 4, 32, 244],
        ['16xlarge', 8, 64, 488],
      ],
    ],
    ['p3dn', 'V100-SXM2-32GB', [['24xlarge', 8, 96, 768]]],
    ['p4d', 'A100-SXM4-40GB', [['24xlarge', 8, 96, 1152]]],
    ['p4de', 'A100-SXM4-80GB', [['24xlarge', 8, 96, 1152]]],
    [
      'p5',
      'H100 80GB HBM3',
      [
        ['4xlarge', 1, 16, 256],
        ['48xlarge', 8, 192, 2048],
      ],
    ],
    [
      'g7e',
      'RTX PRO 6000 Blackwell Server Edition',
      [
        ['2xlarge', 1, 8, 64],
        ['4xlarge', 1, 16, 128],
        ['8xlarge', 1, 32, 256],
        ['12xlarge', 2, 48, 512],
        ['24xlarge', 4, 96, 1024],
        ['48xlarge', 8, 192, 2048],
      ],
    ],
    ['p5e', 'H200', [['48xlarge', 8, 192, 2048]]],
    ['p5en', 'H200', [['48xlarge', 8, 192, 2048]]],
    ['p6-b200', 'B200', [['48xlarge', 8, 192, 2048]]],
    ['p6-b300', 'B300 SXM6 AC', [['48xlarge', 8, 192, 4096]]],
  ];

/** Every known type. */
export const GPU_INSTANCE_TYPES: readonly GpuInstanceType[] = TYPES.flatMap(([family, model, sizes]) =>
  sizes.map(([size, gpus, cpus, memoryGib]) => {
    const name = `${family}.${size}`;
    return { name, models: [model], gpus, cpus, memoryGib, interfaces: INTERFACES[name] };
  }),
);

/** The resources of an instance that one task needs. */
export interface GpuNeed {
  /** GPUs. */
  readonly gpus: number;
  /** vCPUs. */
  readonly cpus: number;
  /** Memory in MiB. */
  readonly memoryMib: number;
  /** The product; undefined for any. */
  readonly product?: string;
  /** The GPU models to choose from; undefined for any. */
  readonly models?: readonly string[];
  /** The memory of each GPU in MiB, which the models have; undefined for any. */
  readonly gpuMemoryMib?: number;
  /** The product that `shape` of a capacity must have. */
  readonly customProduct?: string;
}

/** The fraction of an instance's memory that tasks can use. The system and the agent use the rest. */
const USABLE_MEMORY = 0.92;

/** The instance type with this name. */
export function gpuInstanceType(name: string): GpuInstanceType | undefined {
  return GPU_INSTANCE_TYPES.find((type) => type.name === name);
}

/** How many tasks with these needs fit on one instance. */
export function tasksPerInstance(type: GpuInstanceType, need: GpuNeed): number {
  if (!hasGpu(type, need)) return 0;
  return Math.floor(
    Math.min(
      type.gpus / need.gpus,
      type.cpus / need.cpus,
      (type.memoryGib * 1024 * USABLE_MEMORY) / need.memoryMib,
      (type.interfaces ?? Number.POSITIVE_INFINITY) - 1,
    ),
  );
}

/** Whether the GPUs of a type are those that a task needs, regardless of their number. */
export function hasGpu(type: GpuInstanceType, { models, customProduct }: GpuNeed): boolean {
  if (customProduct !== undefined && customProduct !== type.customProduct) return false;
  // A type whose product has several models must not get a task that only some of them can run.
  return models === undefined || (type.models.length > 0 && type.models.every((model) => models.includes(model)));
}

/**
 * The smallest type that fits the task: the first one, or, of any product with enough GPU memory, the one with the fewest
 * GPUs and vCPUs, because families with more memory differ most in the number of GPUs.
 */
export function smallestType(need: GpuNeed): GpuInstanceType | undefined {
  const fitting = GPU_INSTANCE_TYPES.filter((type) => tasksPerInstance(type, need) > 0);
  if (need.models === undefined || need.product !== undefined) return fitting[0];
  return fitting.sort((a, b) => a.gpus - b.gpus || a.cpus - b.cpus)[0];
}
