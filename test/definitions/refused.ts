import { REFUSED_BACKENDS } from './refused-backends';
import type { RefusedDefinition } from './refused-definition';
import { REFUSED_ENDPOINTS } from './refused-endpoints';
import { REFUSED_LOCKS } from './refused-locks';
import { REFUSED_MODELS } from './refused-models';
import { REFUSED_PLATFORMS } from './refused-platforms';
import { REFUSED_SPLITS } from './refused-splits';
import { REFUSED_TIMES } from './refused-times';

export type { RefusedDefinition } from './refused-definition';

/** Definitions that must be refused, with the code and the exact message. */
export const REFUSED: readonly RefusedDefinition[] = [
  ...REFUSED_ENDPOINTS,
  ...REFUSED_BACKENDS,
  ...REFUSED_SPLITS,
  ...REFUSED_TIMES,
  ...REFUSED_PLATFORMS,
  ...REFUSED_LOCKS,
  ...REFUSED_MODELS,
];
