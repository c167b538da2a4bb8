import type { Explanation } from '../plan/explanation';
import type { LedgerEntry } from '../plan/serving-plan';
import type { Section } from './sections';

/** How the target supports the features that each construct uses. */
export function capabilitySections({ platform, plan }: Explanation): Section[] {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of plan.ledger) {
    const path = entry.path || platform;
    groups.set(path, [...(groups.get(path) ?? []), entry]);
  }
  return [...groups].map(([path, entries]) => ({
    level: 1,
    title: `capabilities of ${path}`,
    table: {
      headings: ['feature', 'level', 'how'],
      rows: entries.map(({ feature, level, detail }) => [feature, level, detail]),
    },
  }));
}
