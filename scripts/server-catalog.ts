import type { ServerDescriptor } from '../src/plan/server/descriptor';
import * as catalog from '../src/servers/catalog';
import type { DescribedServer } from '../src/servers/define-server';

/** Every server of which anything is known, by name. */
export const CATALOG: readonly ServerDescriptor[] = Object.values<DescribedServer>(catalog)
  .flatMap(({ descriptors }) => descriptors)
  .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
