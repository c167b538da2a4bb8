import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Size } from '../units/size';
import { type GpuInstanceType, gpuInstanceType } from './instance-types';

/** Options of an Auto Scaling group of GPU instances. */
export interface GpuAutoScalingGroupOptions {
  /** The instance type, such as `g6.xlarge`. */
  readonly instanceType: string;

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
}

/**
 * GPU instances that tasks run on.
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
    return new GpuCapacity(knownType(options.instanceType), options);
  }

  /**
   * An existing capacity provider of the cluster. Its instances must block the access of tasks to the instance role: with
   * IMDSv2 required, a hop limit of 1 and `ECS_AWSVPC_BLOCK_IMDS=true` in the agent configuration. Instances that the
   * platform creates are configured this way.
   *
   * @param name the name of the capacity provider
   * @param instanceType the instance type, such as `g6.xlarge`
   */
  public static fromCapacityProviderName(name: string, instanceType: string): GpuCapacity {
    return new GpuCapacity(knownType(instanceType), { instanceType }, requireIdentifier('name', name));
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

function knownType(name: string): GpuInstanceType {
  const type = gpuInstanceType(requireIdentifier('instanceType', name));
  if (type === undefined) {
    throw new ServingError(
      'UnknownInstanceType',
      `'instanceType' ('${name}') is not a supported type with NVIDIA GPUs; use one such as g6.xlarge, g5.12xlarge or p5.48xlarge`,
    );
  }
  return type;
}
