import type { GpuIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Options of an NVIDIA GPU request. */
export interface NvidiaGpuOptions {
  /**
   * How many GPUs each replica gets.
   *
   * @default 1
   */
  readonly count?: number;

  /**
   * The product, such as `A10G` or `L4`.
   *
   * AWS: picks the instance type that has it. Kubernetes: the node label `nvidia.com/gpu.product` must have this value,
   * with or without `NVIDIA-` or `Tesla-` in front.
   *
   * @default - any product; on AWS the smallest instance type that has enough GPUs, processors and memory
   */
  readonly product?: string;
}

/**
 * The GPUs of each replica.
 *
 * AWS: a task on an instance with GPUs, because Fargate has none. Kubernetes: an extended resource in limits and
 * requests, and the toleration that GPU nodes usually want.
 */
export class Gpu {
  /** GPUs by NVIDIA. */
  public static nvidia(options: NvidiaGpuOptions = {}): Gpu {
    checkOptions('NvidiaGpuOptions', options, 'options');
    return new Gpu(options.count ?? 1, 'nvidia.com/gpu', options.product);
  }

  /**
   * Devices under another resource name. Only Kubernetes has such names.
   *
   * @param resourceName the name that the device plugin announces, such as `amd.com/gpu`
   * @param count how many devices each replica gets
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
    /** How many GPUs each replica gets. */
    public readonly count: number,
    /** The resource name that the device plugin announces. */
    public readonly resourceName: string,
    /** The product. */
    public readonly product?: string,
  ) {
    requireNumber('count', count, {
      min: 1,
      max: 16,
      integer: true,
      hint: "leave 'gpu' out for a backend without one",
    });
  }

  /** @internal */
  public _intent(): GpuIntent {
    return { count: this.count, resourceName: this.resourceName, product: this.product };
  }
}

tagClass('Gpu', Gpu);
