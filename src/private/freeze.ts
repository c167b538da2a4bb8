/** Freezes lists and plain objects deeply, but not the class instances in them. */
export function freeze<T>(data: T): T {
  if (!isData(data) || Object.isFrozen(data)) return data;
  Object.freeze(data);
  for (const member of Object.values(data)) freeze(member);
  return data;
}

/** Whether a value is a list or an object without a class of its own. */
export function isData(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
