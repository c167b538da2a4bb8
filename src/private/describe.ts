/** A value as users recognize it in a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value))
    return `[${value.map((one) => (Array.isArray(one) ? 'a list' : describe(one))).join(', ')}]`;
  if (typeof value === 'function') return 'a function that was not called';
  if (typeof value !== 'object' || value === null) return String(value);
  const name = classNameOf(value);
  if (name === '') return 'an object';
  if (name !== undefined && name !== 'Object') return withArticle(name);
  const members = Object.keys(value);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Only the kind of a value, for values that must not be shown. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a string';
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** A name with its indefinite article. */
export function withArticle(name: string): string {
  return `${/^([aeio]|s3\b)/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** The name of a value's class: empty for an anonymous class, undefined for a value without a class. */
export function classNameOf(value: object): string | undefined {
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' ? name : undefined;
}
