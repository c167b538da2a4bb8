/** Plain data of unknown shape, for reading rendered output. */
export type Data = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one if the value has another type, which is reported elsewhere. */
export function object(value: unknown): Data {
  return isObject(value) ? value : {};
}

/** The elements, or none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function objects(value: unknown): readonly Data[] {
  return list(value).map(object);
}

/** The strings among the elements. */
export function strings(value: unknown): readonly string[] {
  return list(value).filter((x): x is string => typeof x === 'string');
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function duplicates<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** Collects findings as `where: what`. */
export class Findings {
  public readonly all: string[] = [];

  public constructor(public readonly subject: string) {}

  public add(path: string, what: string): void {
    this.all.push(`${this.subject}${path === '' ? '' : ` ${path}`}: ${what}`);
  }

  /** Adds the finding unless the condition holds. */
  public expect(condition: boolean, path: string, what: string): void {
    if (!condition) this.add(path, what);
  }
}
