import type { PatchIntent } from '../../plan/intents';
import { TIMEOUT_RULES, type TimeoutRuleId } from '../../plan/rules';
import type { Warning } from './warnings';

/** Patches that replace what the plan depends on. The output is then not what the plan describes. */
export function patchWarnings(name: string, patches: readonly PatchIntent[]): Warning[] {
  return patches.flatMap(({ option, field, replaces, rules = [] }) => {
    if (replaces === undefined) return [];
    const broken = rules.map((id) => `${id} (${TIMEOUT_RULES[id as TimeoutRuleId].sentence})`);
    const effect = broken.length === 0 ? '' : `, so that these rules are not enforced: ${broken.join(', ')}`;
    const message = `'${option}.${field}' of backend '${name}' replaces ${replaces}${effect}; remove it from the patch, or acknowledge this warning`;
    return [{ id: `patchedValue.${field}`, message }];
  });
}
