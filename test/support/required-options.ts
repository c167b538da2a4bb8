import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { OPTION_TYPES } from '../../src/private/option-types';

/** A descriptor with its required members only. */
export const LEAST_DESCRIPTOR = {
  name: 'mine',
  drain: DrainBehavior.COMPLETES_REQUESTS,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  listensWhenReady: true,
};

const VALUES: { readonly [option: string]: unknown } = {
  app: 'app:app',
  command: ['serve'],
  script: 'server.py',
  line: 'exec serve',
  module: 'sklearnserver',
  modelName: 'iris',
  className: 'Iris',
  descriptor: LEAST_DESCRIPTOR,
};

/** Options of which one is required, by the interface. */
const ONE_OF: { readonly [type: string]: object } = { RayServeOptions: { app: 'app:app' } };

/** The required options of a model server, by the interface of its options. */
export function requiredOptionsOf(type: string): object {
  const members = Object.entries(OPTION_TYPES[type] as { readonly [member: string]: string });
  const required = members.flatMap(([name, notation]) => (notation.endsWith('?') ? [] : [[name, VALUES[name]]]));
  return { ...Object.fromEntries(required), ...ONE_OF[type] };
}
