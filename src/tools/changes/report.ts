import type { Section, Tone } from '../../report/sections';
import { type Change, Effect, effectOf } from './change';

/** The heading of each effect, in the order of the report. */
const HEADINGS: { readonly [effect in Effect]: { readonly title: string; readonly tone?: Tone } } = {
  [Effect.FAILS]: { title: 'makes the deployment fail', tone: 'refused' },
  [Effect.LOSES_REQUESTS]: { title: 'loses requests', tone: 'refused' },
  [Effect.LOSES_CAPACITY]: { title: 'loses capacity', tone: 'warning' },
  [Effect.REPLACES]: { title: 'is replaced' },
  [Effect.ROLLS]: { title: 'rolls' },
  [Effect.REMOVES]: { title: 'is removed' },
};

/** The findings of an update by their effect, most severe first. */
export function sectionsOfChanges(changes: readonly Change[]): Section[] {
  if (changes.length === 0) {
    return [{ level: 0, title: 'no changes', text: 'Nothing rolls, is replaced or is removed.' }];
  }
  return Object.entries(HEADINGS).flatMap(([effect, { title, tone }]): Section[] => {
    const found = changes.filter((change) => effectOf(change) === effect);
    if (found.length === 0) return [];
    const rows = found.map(({ kind, subject, message }) => [kind, `${subject} ${message}`]);
    return [{ level: 0, title, table: { headings: ['code', 'what'], rows, tones: found.map(() => tone) } }];
  });
}
