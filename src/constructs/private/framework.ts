import type { IConstruct } from 'constructs';
import type { GpuIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { environmentName, frameworkImageOf, whyNoGpu } from '../../workload/private/environments';

/** Rejects an image of the catalog whose framework cannot use the GPU of a backend. */
export function checkFramework(reference: string | undefined, gpu: GpuIntent | undefined, at: IConstruct): void {
  const image = reference === undefined ? undefined : frameworkImageOf(reference);
  if (image === undefined || gpu?.resourceName.startsWith('nvidia.com/') !== true) return;
  const why = whyNoGpu(image, gpu.product);
  if (why === undefined) return;
  throw new ServingError(
    'ConflictingProps',
    `'image' ('${environmentName(image)}') conflicts with 'gpu': it ${why}`,
    at,
  );
}
