import type { Explanation } from '../plan/explanation';
import { TIMEOUT_RULES } from '../plan/rules';
import type { Section } from './sections';

/** The rules of the times in these plans. */
export function ruleSections(explanations: Explanation[]): Section[] {
  const ladders = explanations.flatMap(({ plan }) => [...plan.endpoints, ...plan.backends].map(({ ladder }) => ladder));
  const used = new Set<string>(ladders.flatMap(({ hops }) => hops.map(({ rule }) => rule)));
  const rows = Object.entries(TIMEOUT_RULES).filter(([id]) => used.has(id));
  if (rows.length === 0) return [{ level: 0, title: 'rules', text: 'none' }];
  return [
    {
      level: 0,
      title: 'rules',
      table: {
        headings: ['rule', 'requirement', 'source'],
        rows: rows.map(([id, rule]) => [id, rule.sentence, rule.source]),
      },
    },
  ];
}

/** The lock files with the digests and destinations. */
export function lockSections(explanations: Explanation[]): Section[] {
  const files = [...new Set(explanations.flatMap(({ lockFiles = [] }) => lockFiles))].sort();
  if (files.length === 0) return [{ level: 0, title: 'lock files', text: 'none' }];
  return [{ level: 0, title: 'lock files', table: { headings: ['file'], rows: files.map((file) => [file]) } }];
}
