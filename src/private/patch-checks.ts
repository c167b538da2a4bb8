import { describe } from './describe';
import { ServingError } from './errors';
import { checkFieldNames, type FieldSource } from './field-names';
import { isObjectData } from './merge-patch';

/** What a patch may contain. */
export interface PatchRule {
  readonly source: FieldSource;
  /** The type of the object that is patched. */
  readonly type: string;
  /** Fields that are set otherwise, with the option that sets them. */
  readonly refused: { readonly [field: string]: string };
}

/** Requires that a patch is JSON data, with fields of the API. */
export function checkPatch(option: string, patch: object | undefined, { source, type, refused }: PatchRule): void {
  if (patch === undefined) return;
  for (const field of Object.keys(patch)) {
    if (Object.hasOwn(refused, field))
      throw new ServingError('ConflictingProps', `'${option}.${field}' cannot be patched; use ${refused[field]}`);
  }
  requireData(option, patch, []);
  checkFieldNames(option, patch, type, source);
}

function requireData(prop: string, value: unknown, parents: readonly unknown[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return;
  const isNested = Array.isArray(value) || isObjectData(value);
  if (isNested && !parents.includes(value)) {
    for (const [key, one] of Object.entries(value)) {
      const place = Array.isArray(value) ? `${prop}[${key}]` : `${prop}.${key}`;
      requireData(place, one, [...parents, value]);
    }
    return;
  }
  if (value === undefined || isLate(value)) return;
  throw new ServingError(
    'InvalidType',
    `'${prop}' (${describe(value)}) must be JSON data, such as a text, a number, a list or an object`,
  );
}

/** Whether the framework resolves a value: tokens of CDK and lazy values of cdk8s. */
function isLate(value: unknown): boolean {
  const { resolve, produce } = Object(value) as { readonly resolve?: unknown; readonly produce?: unknown };
  return typeof resolve === 'function' || typeof produce === 'function';
}
