import type { ServerDescriptor } from '../src/plan/server/descriptor';
import * as catalogue from '../src/servers/catalogue';
import type { DescribedServer } from '../src/servers/define-server';

/** Every server of which anything is known, by name. */
export const CATALOGUE: readonly ServerDescriptor[] = Object.values<DescribedServer>(catalogue)
  .flatMap(({ descriptors }) => descriptors)
  .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
