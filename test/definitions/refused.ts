import { REFUSED_CHECKS } from './refused-checks';
import { REFUSED_COMPUTE } from './refused-compute';
import type { RefusedDefinition } from './refused-definition';
import { REFUSED_ENDPOINTS } from './refused-endpoints';
import { REFUSED_FILES } from './refused-files';
import { REFUSED_LOCKS } from './refused-locks';
import { REFUSED_MODELS } from './refused-models';
import { REFUSED_PLATFORMS } from './refused-platforms';
import { REFUSED_SCALING } from './refused-scaling';
import { REFUSED_SERVERS } from './refused-servers';
import { REFUSED_SETTINGS } from './refused-settings';
import { REFUSED_SPLITS } from './refused-splits';
import { REFUSED_TIMES } from './refused-times';

export type { RefusedDefinition } from './refused-definition';

/** Definitions that must be refused, with the code and the exact message. */
export const REFUSED: readonly RefusedDefinition[] = [
  ...REFUSED_ENDPOINTS,
  ...REFUSED_SCALING,
  ...REFUSED_CHECKS,
  ...REFUSED_SERVERS,
  ...REFUSED_COMPUTE,
  ...REFUSED_FILES,
  ...REFUSED_SETTINGS,
  ...REFUSED_SPLITS,
  ...REFUSED_TIMES,
  ...REFUSED_PLATFORMS,
  ...REFUSED_LOCKS,
  ...REFUSED_MODELS,
];
