import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import type { StartContext } from './define-server';
import type { LanguageModelOptions } from './shared-options';

/** Over how many GPUs a model is spread: the option, else all GPUs of the backend; nothing for one. */
export function parallelismOf({
  tensorParallelism: asked,
}: LanguageModelOptions): (context: StartContext) => number | undefined {
  if (asked !== undefined) requireNumber('tensorParallelism', asked, { min: 1, max: 64, integer: true });
  return ({ gpus = 0, at }) => {
    if (asked !== undefined && asked > 1 && asked > gpus) {
      throw new ServingError(
        'ConflictingProps',
        `'tensorParallelism' (${asked}) must be at most the GPUs of the backend (${gpus}); raise the count of 'gpu'`,
        at,
      );
    }
    const count = asked ?? gpus;
    return count > 1 ? count : undefined;
  };
}
