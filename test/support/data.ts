import { isObject } from '../../src/private/kinds';
import { type Data, list, object, objects, text } from '../../src/tools/changes/data';

/** Reads rendered output in the same way as `serving diff`: values of another type, which are reported elsewhere, are empty. */
export { type Data, isObject, list, object, objects, text };

/** The strings among the elements. */
export function strings(value: unknown): readonly string[] {
  return list(value).filter((x): x is string => typeof x === 'string');
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
