import { isData } from './freeze';

/**
 * Applies a JSON merge patch: objects are merged by key, `null` removes a key, and lists and all other values are replaced.
 * The arguments are not changed, and the result shares no lists or plain objects with them. Class instances are values.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7386
 */
export function mergePatch(value: unknown, patch: unknown): unknown {
  return merge(value, patch, (merged, key) => merged.delete(key));
}

/** Two patches as one, with the same effect as both in this order: a `null` of either is kept. */
export function composePatches(first: object, second: object): { readonly [key: string]: unknown } {
  return merge(first, second, (merged, key) => merged.set(key, null)) as { [key: string]: unknown };
}

type Remove = (merged: Map<string, unknown>, key: string) => void;

function merge(value: unknown, patch: unknown, remove: Remove): unknown {
  if (!isObjectData(patch)) return copied(patch);
  const merged = new Map(isObjectData(value) ? Object.entries(value).map(([key, one]) => [key, copied(one)]) : []);
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) remove(merged, key);
    else if (change !== undefined) merged.set(key, merge(merged.get(key), change, remove));
  }
  return Object.fromEntries(merged);
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (!isObjectData(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]));
}

/** Whether a value is an object without a class of its own. */
export function isObjectData(value: unknown): value is { readonly [key: string]: unknown } {
  return isData(value) && !Array.isArray(value);
}
