import type { PatchIntent } from './intents';
import type { TimeoutRuleId } from './rules';

/** What the plan depends on in a field of the output. */
export interface PatchedField {
  /** What a patch of the field replaces, as a noun. */
  readonly what: string;
  /** The rules of the timeout chain that depend on it. @default - none */
  readonly rules?: readonly TimeoutRuleId[];
}

/** The fields of an object that the plan depends on. */
export type PatchedFields = { readonly [field: string]: PatchedField };

/** The fields that a patch sets, and what it replaces. */
export function patchIntents(option: string, patch: object = {}, fields: PatchedFields = {}): PatchIntent[] {
  return Object.keys(patch).map((field) => {
    const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
    return {
      option,
      field,
      ...(known !== undefined && {
        replaces: known.what,
        ...(known.rules !== undefined && { rules: [...known.rules] }),
      }),
    };
  });
}
