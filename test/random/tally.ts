/** Counts the verdicts of many definitions. */
import { TARGET_NAMES, type TargetName } from './render';

export interface Tally {
  readonly definitions: number;
  readonly accepted: { readonly [target in TargetName]?: number };
  /** How many definitions were refused with each code. */
  readonly codes: { readonly [code: string]: number };
}

export const EMPTY: Tally = { definitions: 0, accepted: {}, codes: {} };

export function add(
  tally: Tally,
  { accepted, codes }: { readonly accepted: readonly string[]; readonly codes: readonly string[] },
): Tally {
  const once = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));
  return merge(tally, { definitions: 1, accepted: once(accepted), codes: once(codes) });
}

export function merge(one: Tally, two: Tally): Tally {
  return {
    definitions: one.definitions + two.definitions,
    accepted: sum(one.accepted, two.accepted),
    codes: sum(one.codes, two.codes),
  };
}

function sum(one: { readonly [name: string]: number }, two: { readonly [name: string]: number }) {
  const names = [...new Set([...Object.keys(one), ...Object.keys(two)])];
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (two[name] ?? 0)]));
}

/** The least share of definitions that targets accept, and the least number of definitions for a meaningful share. */
const LEAST: { readonly [target in TargetName]: number } = {
  aws: 0.4,
  router: 0.4,
  'portable gateway': 0.25,
  'Envoy Gateway': 0.25,
};
const ENOUGH = 200;

/** What makes the result less meaningful: a target that refuses almost everything. */
export function problemsOf({ definitions, accepted }: Tally): string[] {
  if (definitions < ENOUGH) return [];
  return TARGET_NAMES.filter((target) => (accepted[target] ?? 0) < LEAST[target] * definitions).map(
    (target) => `${target} accepts only ${accepted[target] ?? 0} of ${definitions} definitions`,
  );
}

/** The counts. */
export function render({ definitions, accepted, codes }: Tally): string {
  const rows = TARGET_NAMES.map((target) => `${target}: ${accepted[target] ?? 0} of ${definitions} accepted`);
  return [...rows, `${Object.keys(codes).length} error codes`].join('\n');
}
