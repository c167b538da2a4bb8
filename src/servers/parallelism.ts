import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import type { StartContext } from './define-server';
import type { LanguageModelOptions } from './shared-options';

/** Over how many GPUs a model is spread: what the user says, else all of the backend; nothing for one. */
export function parallelismOf({
  tensorParallelism: said,
}: LanguageModelOptions): (context: StartContext) => number | undefined {
  if (said !== undefined) requireNumber('tensorParallelism', said, { min: 1, max: 64, integer: true });
  return ({ gpus = 0, at }) => {
    if (said !== undefined && said > 1 && said > gpus) {
      throw new ServingError(
        'ConflictingProps',
        `'tensorParallelism' (${said}) must be at most the GPUs of the backend (${gpus}); ask for more with 'gpu'`,
        at,
      );
    }
    const count = said ?? gpus;
    return count > 1 ? count : undefined;
  };
}
