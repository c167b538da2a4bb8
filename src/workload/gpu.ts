import { NVIDIA_GPU } from '../plan/gpus';
import type { GpuIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';
import type { Size } from '../units/size';
import { adviceForAccelerator } from './private/accelerator-words';
import {
  findGpuProduct,
  GPU_MODELS,
  type GpuModel,
  type GpuProduct,
  modelsWithMemory,
  suggestGpuProduct,
} from './private/gpu-models';

/** Options of NVIDIA GPUs. */
export interface NvidiaGpuOptions {
  /**
   * Number of GPUs per replica. With `mig` or `shared` it must be 1.
   *
   * @default 1
   */
  readonly count?: number;

  /**
   * The product, such as `A10G`, `L4` or `A100`, in the spelling of a vendor, a cloud or a node label: `nvidia-l4`,
   * `A100-80GB`, `A100 SXM4 80GB` and `NVIDIA-A100-SXM4-80GB` are also accepted. An unknown product is an error; see
   * `customProduct`.
   *
   * AWS: selects the instance type. Kubernetes: the label of a node must be that of a model of the product, as
   * `gpuNodes` of the platform describes.
   *
   * @default - any product; on AWS the smallest instance type with enough GPUs, processors and memory
   */
  readonly product?: string;

  /**
   * The name of a product that this package does not know, exactly as the target writes it. It excludes `product` and
   * `memory`.
   *
   * AWS: the `product` in the `shape` of a `GpuCapacity`. Kubernetes: the value of the node label.
   *
   * @default - none
   */
  readonly customProduct?: string;

  /**
   * The minimum memory of each GPU, as it is sold: 80 GiB for an A100 of 80 GB. Drivers report up to 8 % less.
   *
   * AWS: selects the instance type, such as `p4de` instead of `p4d`. Kubernetes: selects the node labels.
   *
   * @default - any
   */
  readonly memory?: Size;

  /**
   * The profile of a Multi-Instance GPU, such as `1g.10gb`: a partition of a GPU with memory of its own. A CUDA process
   * uses only one, so a replica has one.
   *
   * AWS: an error, because ECS assigns whole GPUs. Kubernetes: the resource `nvidia.com/mig-1g.10gb`, unless `gpuNodes`
   * of the platform differs.
   *
   * @default - whole GPUs
   */
  readonly mig?: string;

  /**
   * Whether the replica gets a share of a GPU that the nodes share by time-slicing or MPS. Time-slicing isolates neither
   * memory nor faults of the containers on a GPU.
   *
   * AWS: an error, because ECS assigns whole GPUs. Kubernetes: one replica of a GPU on nodes that share theirs, as
   * `gpuNodes` of the platform describes.
   *
   * @default false
   */
  readonly shared?: boolean;
}

/** Options of AMD GPUs. */
export interface AmdGpuOptions {
  /**
   * Number of GPUs per replica.
   *
   * @default 1
   */
  readonly count?: number;

  /**
   * The product as the node labeler of AMD writes it, such as `AMD_Instinct_MI300X_OAM`: the value of the node label
   * `amd.com/gpu.product-name`.
   *
   * @default - any product
   */
  readonly product?: string;
}

/** The kernel driver of Intel GPUs, after which the device plugin names its resource. */
export enum IntelGpuDriver {
  /** The resource `gpu.intel.com/i915`. */
  I915 = 'i915',
  /** The resource `gpu.intel.com/xe`. */
  XE = 'xe',
}

/** Options of Intel GPUs. */
export interface IntelGpuOptions {
  /** The kernel driver of the nodes. */
  readonly driver: IntelGpuDriver;

  /**
   * Number of GPUs per replica.
   *
   * @default 1
   */
  readonly count?: number;
}

/** Options of AWS Inferentia and Trainium. */
export interface NeuronOptions {
  /**
   * Number of Neuron devices per replica: the resource `aws.amazon.com/neuron`.
   *
   * @default 1, unless `cores` is set
   */
  readonly devices?: number;

  /**
   * Number of Neuron cores per replica: the resource `aws.amazon.com/neuroncore`. It excludes `devices`.
   *
   * @default - whole devices
   */
  readonly cores?: number;
}

/** Options of Google TPUs. */
export interface TpuOptions {
  /** The type, such as `tpu-v6e-slice`: the node label `cloud.google.com/gke-tpu-accelerator`. */
  readonly accelerator: string;

  /**
   * The arrangement of the chips, such as `2x4`: the node label `cloud.google.com/gke-tpu-topology`. A replica gets all
   * of its chips, which must be those of one node: at most 8 with two dimensions and 4 with three.
   */
  readonly topology: string;
}

/**
 * The GPUs of each replica, or other accelerators.
 *
 * AWS: a task on an instance with NVIDIA GPUs, because Fargate has none; other accelerators are an error. Kubernetes: an
 * extended resource in limits and requests, and the toleration that GPU nodes usually require.
 *
 * @example
 *
 * import { Gpu, Size } from 'serving-constructs';
 *
 * const gpu = Gpu.nvidia({ count: 8, product: 'A100', memory: Size.gibibytes(80) });
 */
export class Gpu {
  /** NVIDIA GPUs. */
  public static nvidia(options: NvidiaGpuOptions = {}): Gpu {
    checkOptions('NvidiaGpuOptions', options, 'options');
    const { count = 1, mig, shared = false } = options;
    checkShare(options);
    return new Gpu({
      count,
      resourceName: mig === undefined ? NVIDIA_GPU : `nvidia.com/mig-${mig.replace('+', '.')}`,
      ...productOf(options),
      ...(mig !== undefined && { mig }),
      ...(shared && { shared }),
    });
  }

  /**
   * AMD GPUs. Only for Kubernetes, with the device plugin of AMD. A container without root needs the groups that own
   * `/dev/kfd` and `/dev/dri` on the node, usually `render` and `video`, as `supplementalGroups` of its Pod.
   */
  public static amd(options: AmdGpuOptions = {}): Gpu {
    checkOptions('AmdGpuOptions', options, 'options');
    const { count = 1, product } = options;
    return new Gpu({
      count,
      resourceName: 'amd.com/gpu',
      ...(product !== undefined && {
        customProduct: requireIdentifier('product', product),
        nodeLabels: { 'amd.com/gpu.product-name': product },
      }),
    });
  }

  /** Intel GPUs. Only for Kubernetes, with the GPU device plugin of Intel. */
  public static intel(options: IntelGpuOptions): Gpu {
    checkOptions('IntelGpuOptions', options, 'options');
    return new Gpu({ count: options.count ?? 1, resourceName: `gpu.intel.com/${options.driver}` });
  }

  /** AWS Inferentia and Trainium. Only for Kubernetes, with the device plugin of Neuron. */
  public static neuron(options: NeuronOptions = {}): Gpu {
    checkOptions('NeuronOptions', options, 'options');
    const { devices, cores } = options;
    if (cores === undefined) return new Gpu({ count: devices ?? 1, resourceName: NEURON_DEVICE }, 'devices');
    if (devices !== undefined) {
      throw new ServingError('ConflictingProps', "'devices' and 'cores' are mutually exclusive; remove one");
    }
    return new Gpu({ count: cores, resourceName: 'aws.amazon.com/neuroncore' }, 'cores');
  }

  /** The chips of one Google TPU node. Only for Kubernetes, on GKE. */
  public static tpu(options: TpuOptions): Gpu {
    checkOptions('TpuOptions', options, 'options');
    const accelerator = requireIdentifier('accelerator', options.accelerator);
    const topology = requireIdentifier('topology', options.topology);
    return new Gpu({
      count: chipsOf(topology),
      resourceName: 'google.com/tpu',
      customProduct: `${accelerator} ${topology}`,
      nodeLabels: {
        'cloud.google.com/gke-tpu-accelerator': accelerator,
        'cloud.google.com/gke-tpu-topology': topology,
      },
    });
  }

  /**
   * Devices with another resource name. Only for Kubernetes.
   *
   * @param resourceName the resource name of the device plugin, such as `habana.ai/gaudi`
   * @param count the number of devices per replica
   */
  public static custom(resourceName: string, count: number): Gpu {
    if (!/^[a-z0-9.-]+\/[A-Za-z0-9._-]+$/.test(requireIdentifier('resourceName', resourceName))) {
      throw new ServingError(
        'InvalidName',
        `'resourceName' ('${resourceName}') must be a domain and a name, such as 'amd.com/gpu'${adviceForResource(resourceName)}`,
      );
    }
    return new Gpu({ count, resourceName });
  }

  /** The number of GPUs per replica. */
  public readonly count: number;
  /** The resource name of the device plugin. */
  public readonly resourceName: string;
  /** The product. @default - any product */
  public readonly product?: string;

  private constructor(
    private readonly intent: GpuIntent,
    prop = 'count',
  ) {
    this.count = requireNumber(prop, intent.count, {
      min: 1,
      max: prop === 'cores' ? MOST_CORES : MOST_DEVICES,
      integer: true,
      hint: isFraction(intent.count) ? FRACTION : "omit 'gpu' for a backend without a GPU",
    });
    this.resourceName = intent.resourceName;
    this.product = intent.product ?? intent.customProduct;
  }

  /**
   * How many cores a device can have, if servers split a model across cores.
   *
   * @internal
   */
  public get _mostCores(): number | undefined {
    return this.resourceName === NEURON_DEVICE ? MOST_CORES / MOST_DEVICES : undefined;
  }

  /** @internal */
  public _intent(): GpuIntent {
    return this.intent;
  }
}

tagClass('Gpu', Gpu);

/** How to request the device that a text names, if it is not a resource name. */
function adviceForResource(text: string): string {
  const product = findGpuProduct(text)?.name;
  const advice = product === undefined ? adviceForAccelerator(text) : `use Gpu.nvidia({ product: '${product}' })`;
  return advice === undefined ? '' : `; ${advice}`;
}

/** The resource of whole Inferentia and Trainium devices, each of which has several cores. */
const NEURON_DEVICE = 'aws.amazon.com/neuron';

/** The largest node has 16 devices, and Trainium2 has 8 cores in each. */
const MOST_DEVICES = 16;
const MOST_CORES = 128;

const FRACTION =
  "for a part of a GPU use 'mig' or 'shared', which Kubernetes supports, or a smaller product such as 'T4' or 'L4'";

function isFraction(count: number): boolean {
  return typeof count === 'number' && count > 0 && count < MOST_DEVICES && !Number.isInteger(count);
}

/** A partition or a share is one device, because a CUDA process uses only one of them. */
function checkShare({ count = 1, mig, shared = false }: NvidiaGpuOptions): void {
  if (mig !== undefined && !/^\d+g\.\d+gb(?:\+me)?$/.test(mig)) {
    throw new ServingError('InvalidName', `'mig' ('${mig}') must be a MIG profile such as '1g.10gb' or '3g.40gb'`);
  }
  if (mig !== undefined && shared) {
    throw new ServingError('ConflictingProps', "'mig' and 'shared' are mutually exclusive; remove one");
  }
  const prop = mig !== undefined ? 'mig' : shared ? 'shared' : undefined;
  if (prop === undefined || count <= 1 || !Number.isInteger(count)) return;
  const why = prop === 'mig' ? 'a CUDA process uses one partition' : 'several shares add no compute';
  throw new ServingError(
    'ConflictingProps',
    `'count' (${count}) must be 1 with '${prop}', because ${why}; use replicas`,
  );
}

/** The models that product and memory leave. */
function productOf(options: NvidiaGpuOptions): Pick<GpuIntent, 'product' | 'models' | 'customProduct' | 'memoryMib'> {
  const { product, customProduct, memory } = options;
  if (customProduct !== undefined) {
    const other = product !== undefined ? 'product' : memory !== undefined ? 'memory' : undefined;
    if (other !== undefined)
      throw new ServingError('ConflictingProps', `'${other}' and 'customProduct' are mutually exclusive; remove one`);
    return { customProduct: requireIdentifier('customProduct', customProduct) };
  }
  const found = product === undefined ? undefined : knownProduct(product);
  if (memory === undefined) return found === undefined ? {} : { product: found.name, models: namesOf(found.models) };
  const models = found?.models ?? GPU_MODELS;
  const memoryMib = requireNumber('memory', memory.toMebibytes(), {
    min: 1,
    max: 1024 * Math.max(...models.map(({ memoryGib }) => memoryGib)),
    hint: `the value is in MiB, and ${found === undefined ? 'no known GPU' : `no ${found.name}`} has more`,
  });
  return {
    ...(found !== undefined && { product: found.name }),
    models: namesOf(modelsWithMemory(models, memoryMib)),
    memoryMib,
  };
}

function namesOf(models: readonly GpuModel[]): string[] {
  return models.map(({ name }) => name);
}

/** Suffixes that GPU Feature Discovery adds to products of nodes, and the option for each. */
const SUFFIXES: readonly [suffix: RegExp, advice: (part: string) => string][] = [
  [/-shared$/i, () => 'shared: true'],
  [/-mig-(.+)$/i, (profile) => `mig: '${profile}'`],
];

function knownProduct(product: string): GpuProduct {
  requireIdentifier('product', product);
  const found = findGpuProduct(product);
  if (found !== undefined) return found;
  if (isUnresolved(product)) {
    throw new ServingError(
      'UnknownGpu',
      "'product' is a token, but its value must be known at synthesis; pass a plain text, or use 'customProduct'",
    );
  }
  for (const [suffix, advice] of SUFFIXES) {
    const [whole = '', part = ''] = suffix.exec(product) ?? [];
    const base = findGpuProduct(product.slice(0, product.length - whole.length));
    if (whole !== '' && base !== undefined) {
      throw new ServingError(
        'UnknownGpu',
        `'product' ('${product}') is the label of a GPU that nodes divide; use Gpu.nvidia({ product: '${base.name}', ${advice(part)} })`,
      );
    }
  }
  throw new ServingError(
    'UnknownGpu',
    `'product' ('${product}') is not a known NVIDIA GPU; ${adviceForAccelerator(product) ?? suggestGpuProduct(product)}`,
  );
}

/** The chips of a topology, if one node has them: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus. */
function chipsOf(topology: string): number {
  if (!/^[1-9]\d?(?:x[1-9]\d?){1,2}$/.test(topology)) {
    throw new ServingError('InvalidName', `'topology' ('${topology}') must be a TPU topology such as '2x4' or '2x2x1'`);
  }
  const sides = topology.split('x').map(Number);
  const chips = sides.reduce((product, side) => product * side, 1);
  const most = sides.length === 2 ? 8 : 4;
  if (chips <= most) return chips;
  throw new ServingError(
    'Unsupported',
    `'topology' ('${topology}') has ${chips} chips, but a replica is one Pod and a node has at most ${most} of them; use a smaller topology and more replicas`,
  );
}
