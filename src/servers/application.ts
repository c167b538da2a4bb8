import type { ServerDescriptor } from '../plan/server/descriptor';

/** What every server has in common that loads an application: model, batches and health are the application's own. */
export const PYTHON_APPLICATION = {
  interpreter: 'python',
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
} as const satisfies Partial<ServerDescriptor>;
