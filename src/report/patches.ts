import type { Explanation } from '../plan/explanation';
import type { Section } from './sections';

/** The patches of every backend: what each replaces is not in the output as the other parts of the report describe it. */
export function patchSections({ plan }: Explanation): Section[] {
  const sections = plan.backends.flatMap(({ name, path, intent: { patches = [] } }): Section[] => {
    if (patches.length === 0) return [];
    return [
      {
        level: 1,
        title: `patches of ${name} (${path})`,
        table: {
          headings: ['object', 'field', 'value', 'replaces', 'rules not enforced'],
          rows: patches.map(({ object = '-', option, field, value = '-', replaces = '-', rules = [] }) => [
            object,
            `${option}.${field}`,
            value,
            replaces,
            rules.join(', ') || '-',
          ]),
          tones: patches.map(({ replaces }) => (replaces === undefined ? undefined : 'warning')),
        },
      },
    ];
  });
  return sections.length === 0 ? [{ level: 1, title: 'patches', text: 'none' }] : sections;
}

/** A note below the times of a backend whose patches replace some of them. */
export function patchNotes(
  patches: readonly { readonly option: string; readonly field: string; readonly rules?: string[] }[] = [],
): string[] {
  return patches
    .filter(({ rules = [] }) => rules.length > 0)
    .map(
      ({ option, field, rules = [] }) =>
        `Patched: '${option}.${field}' replaces the value in the output, so that these rules are not enforced: ${rules.join(', ')}.`,
    );
}
