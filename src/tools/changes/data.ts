import { isObject } from '../../private/kinds';

/** Rendered output of unknown shape. */
export type Data = { readonly [key: string]: unknown };

/** The object, or an empty one for other values. */
export function object(value: unknown): Data {
  return isObject(value) ? value : {};
}

/** The elements, or none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The elements as objects. */
export function objects(value: unknown): readonly Data[] {
  return list(value).map(object);
}

/** The string, or an empty one for other values. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value at a path such as `spec.selector`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => object(inner)[key], value);
}

/** Text that is equal for equal values, regardless of the order of members. */
export function stable(value: unknown): string {
  const sorted = JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
  return sorted ?? '';
}

/** Whether two values are equal, regardless of the order of members. */
export function isEqual(a: unknown, b: unknown): boolean {
  return stable(a) === stable(b);
}
