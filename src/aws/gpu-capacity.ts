import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Size } from '../units/size';
import { findGpuProduct } from '../workload/private/gpu-models';
import { type GpuInstanceType, gpuInstanceType } from './instance-types';

/** What an instance type has that this package does not know, such as a type that is newer than the release. */
export interface GpuInstanceShape {
  /** The number of NVIDIA GPUs, all of which tasks can use as a whole. */
  readonly gpus: number;

  /** The number of vCPUs. */
  readonly vcpus: number;

  /** The memory. */
  readonly memory: Size;

  /**
   * The product of the GPUs: one that `Gpu.nvidia` accepts as `product`, or the `customProduct` of the backends that use
   * the instances.
   *
   * @default - unknown; only backends with any GPU use the instances
   */
  readonly product?: string;
}

/** Options of an Auto Scaling group of GPU instances. */
export interface GpuAutoScalingGroupOptions {
  /** The instance type, such as `g6.xlarge`. */
  readonly instanceType: string;

  /**
   * What the instance type has. The processors must be x86, and the AMI for GPUs must support the type.
   *
   * @default - that of a known type; required for any other
   */
  readonly shape?: GpuInstanceShape;

  /**
   * The minimum number of instances.
   *
   * @default 0
   */
  readonly minInstances?: number;

  /**
   * The maximum number of instances.
   *
   * @default - as many as the replicas of the backends need, including those of a rollout
   */
  readonly maxInstances?: number;

  /**
   * The size of the root volume. It stores images twice (compressed and extracted), fetched models and logs.
   *
   * @default - 100 GiB, or 60 GiB plus the ephemeral storage of the backends if that is more
   */
  readonly rootVolume?: Size;

  /**
   * Whether instances with running tasks are protected from scale-in. Stack deletion then waits until they are terminated.
   *
   * @default false
   */
  readonly terminationProtection?: boolean;

  /**
   * Whether the account has the setting `awsvpcTrunking`, so that the network interfaces of an instance do not limit the number
   * of its tasks. Without it, a `g5.48xlarge` runs at most 6 tasks and a `p3.16xlarge` 7.
   *
   * @default false
   */
  readonly eniTrunking?: boolean;
}

/** Options of an existing capacity provider. */
export interface GpuCapacityProviderOptions {
  /**
   * What the instance type has. The processors must be x86.
   *
   * @default - that of a known type; required for any other
   */
  readonly shape?: GpuInstanceShape;

  /**
   * Whether the account has the setting `awsvpcTrunking`, so that the network interfaces of an instance do not limit the number
   * of its tasks. Without it, a `g5.48xlarge` runs at most 6 tasks and a `p3.16xlarge` 7.
   *
   * @default false
   */
  readonly eniTrunking?: boolean;
}

/**
 * GPU instances that tasks run on. Each instance type has an ECS cluster of its own, unless the platform has an existing one.
 *
 * @example
 * new aws.EcsPlatform(this, 'Platform', {
 *   gpuCapacities: [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', maxInstances: 4 })],
 * });
 */
export class GpuCapacity {
  /** A new Auto Scaling group with a capacity provider that scales it with the number of tasks. */
  public static autoScalingGroup(options: GpuAutoScalingGroupOptions): GpuCapacity {
    checkOptions('aws.GpuAutoScalingGroupOptions', options, 'options');
    const min = requireNumber('minInstances', options.minInstances ?? 0, { min: 0, integer: true });
    if (options.maxInstances !== undefined) {
      requireNumber('maxInstances', options.maxInstances, {
        min: Math.max(1, min),
        integer: true,
        hint: `'minInstances' is ${min}`,
      });
    }
    requireNumber('rootVolume', (options.rootVolume ?? Size.gibibytes(100)).toGibibytes(), {
      min: 30,
      max: 16_384,
      integer: true,
      unit: 'GiB',
    });
    return new GpuCapacity(typeOf(options.instanceType, options), options);
  }

  /**
   * An existing capacity provider of the cluster. Its instances must block the access of tasks to the instance role: with
   * IMDSv2 required, a hop limit of 1 and `ECS_AWSVPC_BLOCK_IMDS=true` in the agent configuration. Instances that the
   * platform creates are configured this way.
   *
   * @param name the name of the capacity provider
   * @param instanceType the instance type, such as `g6.xlarge`
   * @param options what the package does not know of the instance type
   */
  public static fromCapacityProviderName(
    name: string,
    instanceType: string,
    options: GpuCapacityProviderOptions = {},
  ): GpuCapacity {
    checkOptions('aws.GpuCapacityProviderOptions', options, 'options');
    return new GpuCapacity(typeOf(instanceType, options), { instanceType }, requireIdentifier('name', name));
  }

  private constructor(
    /** @internal */
    public readonly _type: GpuInstanceType,
    /** @internal */
    public readonly _options: GpuAutoScalingGroupOptions,
    /** The name of the existing capacity provider. @default - a new one is created */
    public readonly capacityProviderName?: string,
  ) {}

  /** The instance type. */
  public get instanceType(): string {
    return this._options.instanceType;
  }
}

tagClass('GpuCapacity', GpuCapacity);

/** Families whose GPUs ECS cannot assign, or only in parts, and what to use instead. */
const OTHER_FAMILIES: readonly [family: RegExp, why: string][] = [
  [/^gr?6f\./, 'has a fraction of an L4, and tasks get whole GPUs; use g6.xlarge'],
  [/^(?:g5g|p6e-gb\d+)\./, 'has Arm processors, and tasks with GPUs run on x86; use g6.xlarge or p6-b200.48xlarge'],
  [/^g4ad\./, 'has AMD GPUs, which ECS does not assign; use g4dn.xlarge, or run the backend on Kubernetes'],
  [/^(?:inf|trn)\d/, 'has Neuron devices and no GPU; use g6.xlarge, or run the backend on Kubernetes'],
];

function typeOf(name: string, { shape, eniTrunking = false }: GpuCapacityProviderOptions): GpuInstanceType {
  const type = gpuInstanceType(requireIdentifier('instanceType', name));
  if (type !== undefined) {
    if (shape === undefined) return eniTrunking ? { ...type, interfaces: undefined } : type;
    throw new ServingError(
      'ConflictingProps',
      `'shape' is set, but 'instanceType' ('${name}') is a known type; remove 'shape'`,
    );
  }
  const [, why] = OTHER_FAMILIES.find(([family]) => family.test(name)) ?? [];
  if (why !== undefined) throw new ServingError('UnknownInstanceType', `'instanceType' ('${name}') ${why}`);
  if (shape !== undefined) return typeOfShape(name, shape);
  throw new ServingError(
    'UnknownInstanceType',
    `'instanceType' ('${name}') is not a supported type with NVIDIA GPUs; use one such as g6.xlarge, g5.12xlarge or p5.48xlarge, or set 'shape' for a newer one`,
  );
}

function typeOfShape(name: string, { gpus, vcpus, memory, product }: GpuInstanceShape): GpuInstanceType {
  const found = product === undefined ? undefined : findGpuProduct(requireIdentifier('shape.product', product));
  return {
    name,
    models: (found?.models ?? []).map((model) => model.name),
    ...(product !== undefined && { customProduct: product }),
    gpus: requireNumber('shape.gpus', gpus, { min: 1, max: 64, integer: true }),
    cpus: requireNumber('shape.vcpus', vcpus, { min: 1, max: 1024, integer: true }),
    memoryGib: requireNumber('shape.memory', memory.toGibibytes(), { min: 1, hint: 'the value is in GiB' }),
  };
}
