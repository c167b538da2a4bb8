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
   * The fewest instances.
   *
   * @default 0
   */
  readonly minInstances?: number;

  /**
   * The most instances.
   *
   * @default - as many as the replicas of the backends need, those of a rollout included
   */
  readonly maxInstances?: number;

  /**
   * The root disk, which holds images twice (packed and unpacked), fetched models and logs.
   *
   * @default - 100 GiB, or 60 GiB and the ephemeral storage of the backends if that is more
   */
  readonly rootVolume?: Size;

  /**
   * Whether instances with tasks are protected from scaling in. Deleting the stack then waits until they are gone.
   *
   * @default false
   */
  readonly terminationProtection?: boolean;
}

/** Instances with GPUs that tasks run on. */
export class GpuCapacity {
  /** A new Auto Scaling group with a capacity provider that starts and stops instances as tasks come and go. */
  public static autoScalingGroup(options: GpuAutoScalingGroupOptions): GpuCapacity {
    checkOptions('aws.GpuAutoScalingGroupOptions', options, 'options');
    const min = requireNumber('minInstances', options.minInstances ?? 0, { min: 0, integer: true });
    if (options.maxInstances !== undefined) {
      requireNumber('maxInstances', options.maxInstances, {
        min: Math.max(1, min),
        integer: true,
        hint: `at least 1 and 'minInstances' (${min})`,
      });
    }
    requireNumber('rootVolume', (options.rootVolume ?? Size.gibibytes(100)).toGibibytes(), {
      min: 30,
      max: 16_384,
      integer: true,
      hint: 'in GiB',
    });
    return new GpuCapacity(knownType(options.instanceType), options);
  }

  /**
   * A capacity provider that the cluster has already. Its instances must keep tasks from their own role: with IMDSv2
   * required, a hop limit of 1 and `ECS_AWSVPC_BLOCK_IMDS=true` in the configuration of the agent. The platform's own do.
   *
   * @param name the name of the capacity provider
   * @param instanceType the type of its instances
   */
  public static fromCapacityProviderName(name: string, instanceType: string): GpuCapacity {
    return new GpuCapacity(knownType(instanceType), { instanceType }, requireIdentifier('name', name));
  }

  private constructor(
    /** @internal */
    public readonly _type: GpuInstanceType,
    /** @internal */
    public readonly _options: GpuAutoScalingGroupOptions,
    /** The name of a capacity provider that exists. @default - a new one */
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
      `'instanceType' ('${name}') is not a type with NVIDIA GPUs that this package knows, such as g6.xlarge, g5.12xlarge or p5.48xlarge`,
    );
  }
  return type;
}
