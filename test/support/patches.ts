import { composePatches } from '../../src/private/merge-patch';

/** The paths of the values in an object. Lists and functions of CloudFormation are values. */
export function pathsIn(value: unknown, path: string[] = []): string[][] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || Object.keys(value).some((key) => /^(Ref|Fn::.*)$/.test(key))) return [path];
  return Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]));
}

/** A patch that sets these paths. */
export function patchOf(paths: readonly string[][], value: unknown): { [field: string]: unknown } {
  return paths.reduce<{ [field: string]: unknown }>((patch, path) => {
    const one = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    return composePatches(patch, one as object);
  }, {});
}
