import type { Explanation } from '../plan/explanation';
import type { ServingPlan } from '../plan/plan';
import type { LedgerEntry } from '../plan/serving-plan';
import { SupportLevel } from '../plan/target-profile';
import type { Section, Tone } from './sections';

/** The levels of support that may require action, each with its label. */
const LEVELS: readonly { readonly label: string; readonly levels: readonly SupportLevel[] }[] = [
  { label: 'left to you', levels: [SupportLevel.APPLICATION, SupportLevel.GATEWAY] },
  { label: 'approximated', levels: [SupportLevel.APPROXIMATED] },
];

/** The errors that prevent a deployment. */
export function refusalSections({ refusals }: Explanation): Section[] {
  if (refusals.length === 0) return [];
  const table = {
    headings: ['error'],
    rows: refusals.map((refusal) => [refusal]),
    tones: refusals.map((): Tone => 'refused'),
    plain: true,
  };
  return [{ level: 1, title: 'refused', table }];
}

/** What may require action: warnings, and features that the target does not fully support. */
export function actionSections({ plan, warnings = [] }: Explanation): Section[] {
  const left = LEVELS.flatMap(({ label, levels }) => {
    const entries = plan.ledger.filter(({ level }) => levels.includes(level));
    return entries.length === 0 ? [] : [[label, featuresOf(plan, entries)]];
  });
  const rows = [
    ...warnings.map(({ path, id, message }) => ['warning', `${message} (at ${path}) [ack: ${id}]`]),
    ...left,
  ];
  if (rows.length === 0) return [];
  const tones = rows.map(([label]): Tone | undefined => (label === 'warning' ? 'warning' : undefined));
  const notes = left.length === 0 ? [] : ["details: 'serving explain capabilities'"];
  return [{ level: 1, title: 'action needed', notes, table: { headings: ['kind', 'what'], rows, tones, plain: true } }];
}

/** Each feature once, with its backends unless it concerns all. */
function featuresOf({ backends }: ServingPlan, entries: readonly LedgerEntry[]): string {
  const names = new Map(backends.map(({ path, name }) => [path, name]));
  const features = [...new Set(entries.map(({ feature }) => feature))];
  return features
    .map((feature) => {
      const paths = entries.filter((entry) => entry.feature === feature).map(({ path }) => path);
      const about = [...names].filter(([path]) => paths.includes(path)).map(([, name]) => name);
      return about.length === 0 || about.length === names.size ? feature : `${feature} (${about.join(', ')})`;
    })
    .join(', ');
}
