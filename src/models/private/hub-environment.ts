import type { ModelIntent } from '../../plan/intents/model';

/** The variables of the container that fetches from the Hugging Face Hub: the files, for the storage initializer of KServe. */
export function hubEnvironment({ include }: Pick<ModelIntent, 'include'>): { readonly [name: string]: string } {
  return include === undefined ? {} : { STORAGE_ALLOW_PATTERNS: JSON.stringify(include) };
}
