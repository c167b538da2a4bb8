import type { GpuIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Options of NVIDIA GPUs. */
export interface NvidiaGpuOptions {
  /**
   * Number of GPUs per replica.
   *
   * @default 1
   */
  readonly count?: number;

  /**
   * The product, such as `A10G` or `L4`.
   *
   * AWS: selects the instance type. Kubernetes: the node label `nvidia.com/gpu.product` must have this value, with or
   * without the prefix `NVIDIA-` or `Tesla-`.
   *
   * @default - any product; on AWS the smallest instance type with enough GPUs, processors and memory
   */
  readonly product?: string;
}

/**
 * The GPUs of each replica.
 *
 * AWS: a task on an instance with GPUs, because Fargate has none. Kubernetes: an extended resource in limits and
 * requests, and the toleration that GPU nodes usually require.
 *
 * @example
 *
 * import { Gpu } from 'serving-constructs';
 *
 * const gpu = Gpu.nvidia({ count: 1, product: 'L4' });
 */
export class Gpu {
  /** NVIDIA GPUs. */
  public static nvidia(options: NvidiaGpuOptions = {}): Gpu {
    checkOptions('NvidiaGpuOptions', options, 'options');
    return new Gpu(options.count ?? 1, 'nvidia.com/gpu', options.product);
  }

  /**
   * Devices with another resource name. Only for Kubernetes.
   *
   * @param resourceName the resource name of the device plugin, such as `amd.com/gpu`
   * @param count the number of devices per replica
   */
  public static custom(resourceName: string, count: number): Gpu {
    if (!/^[a-z0-9.-]+\/[A-Za-z0-9._-]+$/.test(requireIdentifier('resourceName', resourceName))) {
      throw new ServingError(
        'InvalidName',
        `'resourceName' ('${resourceName}') must be a domain and a name, such as 'amd.com/gpu'`,
      );
    }
    return new Gpu(count, resourceName);
  }

  private constructor(
    /** The number of GPUs per replica. */
    public readonly count: number,
    /** The resource name of the device plugin. */
    public readonly resourceName: string,
    /** The product. @default - any product */
    public readonly product?: string,
  ) {
    requireNumber('count', count, {
      min: 1,
      max: 16,
      integer: true,
      hint: "omit 'gpu' for a backend without a GPU",
    });
  }

  /** @internal */
  public _intent(): GpuIntent {
    return { count: this.count, resourceName: this.resourceName, product: this.product };
  }
}

tagClass('Gpu', Gpu);
