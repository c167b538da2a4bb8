import { type Mutant, overlap } from './mutants';

/** Runs tests of a file while mutants are active. Returns the first test that failed, and those that passed before. */
export type RunTests = (
  tests: readonly string[],
  mutants: readonly Mutant[],
) => Promise<{ readonly red?: string; readonly passed: readonly string[] }>;

/** What the tests of one file find in a group. */
export interface Search {
  /** The test that fails for a mutant alone. */
  readonly red: ReadonlyMap<Mutant, string>;
  /** Tests that fail for several mutants together and for none of them alone. */
  readonly interactions: readonly string[];
}

/** Groups of mutants that can be active at the same time. Neighbors are together, because the same tests reach them. */
export function groupsOf(mutants: readonly Mutant[], size: number): Mutant[][] {
  const groups: Mutant[][] = [];
  for (const mutant of mutants) {
    const free = groups.find((group) => group.length < size && !group.some((member) => overlap(member, mutant)));
    if (free === undefined) groups.push([mutant]);
    else free.push(mutant);
  }
  return groups;
}

/**
 * The mutants of a group that the tests of a file find.
 *
 * All mutants are active until a test fails. That test then runs with halves of the group, down to single mutants, and
 * the file continues with the remaining ones. A mutant is red only if a test fails for it alone. One that survives may
 * have been hidden by another mutant, so groups find at most too many survivors.
 *
 * @param reachedBy the names of the tests that reach a mutant
 */
export async function search(
  group: readonly Mutant[],
  reachedBy: (mutant: Mutant) => readonly string[],
  run: RunTests,
): Promise<Search> {
  const red = new Map<Mutant, string>();
  const interactions: string[] = [];
  const passed = new Set<string>();
  const open = (mutant: Mutant) => (red.has(mutant) ? [] : reachedBy(mutant).filter((test) => !passed.has(test)));
  for (;;) {
    const active = group.filter((mutant) => open(mutant).length > 0);
    const tests = [...new Set(active.flatMap(open))];
    const outcome = tests.length === 0 ? undefined : await run(tests, active);
    if (outcome?.red === undefined) return { red, interactions };
    const { red: failed } = outcome;
    for (const test of outcome.passed) passed.add(test);
    const alone = await independent(failed, tests, run);
    if (!alone) passed.clear();
    const suspected = new Set(alone ? [failed] : group.flatMap(open));
    const candidates = group.filter((mutant) => open(mutant).some((test) => suspected.has(test)));
    const isRed = async (mutants: readonly Mutant[]) => (await run([...suspected], mutants)).red !== undefined;
    const found = await culprits(candidates, isRed);
    for (const mutant of found) red.set(mutant, failed);
    if (found.length > 0) continue;
    interactions.push(failed);
    for (const test of suspected) passed.add(test);
  }
}

/** Whether a test can run alone. A file that fails to load or hangs has no such test. */
async function independent(test: string, tests: readonly string[], run: RunTests): Promise<boolean> {
  return tests.includes(test) && (await run([test], [])).red === undefined;
}

/** The mutants for which the result is red, each alone. */
async function culprits(
  mutants: readonly Mutant[],
  isRed: (mutants: readonly Mutant[]) => Promise<boolean>,
): Promise<Mutant[]> {
  if (mutants.length === 0 || !(await isRed(mutants))) return [];
  if (mutants.length === 1) return [...mutants];
  const middle = Math.ceil(mutants.length / 2);
  const halves = [mutants.slice(0, middle), mutants.slice(middle)];
  const found = [];
  for (const half of halves) found.push(...(await culprits(half, isRed)));
  if (found.length > 0) return found;
  // Several together are red: in each half they are not.
  for (const mutant of mutants) if (await isRed([mutant])) found.push(mutant);
  return found;
}
