import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import type { StartContext } from './define-server';
import type { LanguageModelOptions } from './shared-options';

/**
 * The number of GPUs for tensor parallelism: the option, otherwise all GPUs of the backend; undefined for a single GPU.
 * One that is set is always passed, because some servers use all GPUs without it.
 */
export function parallelismOf({
  tensorParallelism: requested,
}: LanguageModelOptions): (context: StartContext) => number | undefined {
  if (requested !== undefined) requireNumber('tensorParallelism', requested, { min: 1, max: 64, integer: true });
  return ({ gpus = 0, mostCoresPerGpu = 1, at }) => {
    if (requested !== undefined && requested > 1 && requested > gpus * mostCoresPerGpu) {
      const bound =
        mostCoresPerGpu === 1
          ? `the number of GPUs of the backend (${gpus})`
          : `the number of cores of the backend (${gpus} with at most ${mostCoresPerGpu} each)`;
      throw new ServingError(
        'ConflictingProps',
        `'tensorParallelism' (${requested}) must be at most ${bound}; increase the count of 'gpu'`,
        at,
      );
    }
    return requested ?? (gpus > 1 ? gpus : undefined);
  };
}
