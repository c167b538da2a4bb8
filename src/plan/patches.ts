import { isObjectData } from '../private/merge-patch';
import { isUnresolved } from '../private/tokens';
import type { PatchIntent } from './intents';
import type { TimeoutRuleId } from './rules';

/** A field of the output that the plan depends on. */
export interface PatchedField {
  /** Its path, such as `lifecycle.preStop`. With `*` at the end, all fields whose path starts like that. */
  readonly field: string;
  /** What a patch of the field replaces, as a noun. */
  readonly what: string;
  /** The rules of the timeout chain that depend on it. @default - none */
  readonly rules?: readonly TimeoutRuleId[];
  /** Whether the definition gives it a value, so that a patch replaces one. @default true */
  readonly isSet?: boolean;
}

/** An object of the output that a patch is applied to. */
export interface PatchedObject {
  /** The option with the patch. */
  readonly option: string;
  /** The object in reports. */
  readonly object: string;
  /** What the plan depends on. */
  readonly fields: readonly PatchedField[];
}

/** The fields that a patch sets, and what each replaces. */
export function patchIntents({ option, object, fields }: PatchedObject, patch: object = {}): PatchIntent[] {
  const known = fields.filter(({ isSet = true }) => isSet);
  return changesOf(patch).map(([field, value]) => {
    const replaced = known.filter((one) => touches(field, one.field));
    const rules = [...new Set(replaced.flatMap((one) => one.rules ?? []))];
    return {
      option,
      object,
      field,
      value: textOf(value),
      ...(replaced.length > 0 && { replaces: [...new Set(replaced.map(({ what }) => what))].join(', and ') }),
      ...(rules.length > 0 && { rules }),
    };
  });
}

/** The values of a patch and their paths: objects are merged, so only what they contain is a change. */
function changesOf(patch: unknown, path: readonly string[] = []): [string, unknown][] {
  if (patch === undefined) return [];
  if (!isObjectData(patch)) return [[path.join('.'), patch]];
  return Object.entries(patch).flatMap(([key, value]) => changesOf(value, [...path, key]));
}

/** Whether a change of a field is one of a known field: of a part of it, or of an object that contains it. */
function touches(field: string, known: string): boolean {
  const start = known.endsWith('*') ? known.slice(0, -1) : `${known}.`;
  return `${field}.`.startsWith(start) || start.startsWith(`${field}.`);
}

const MAX_TEXT = 60;

/** The value of a patch in a report. Lists can be long, and contain variables. */
function textOf(value: unknown): string {
  if (value === null) return 'removed';
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  const text = typeof value === 'object' || typeof value === 'function' ? undefined : JSON.stringify(value);
  if (text === undefined || isUnresolved(text)) return 'a token';
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
