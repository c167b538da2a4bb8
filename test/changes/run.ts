/**
 * Checks random pairs of definitions that are one edit apart, in both directions and on both targets:
 *
 * `npm run test:properties -- [--pairs 200] [--seed 1]`
 */
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import type { ChangeKind } from '../../src/tools/changes/change';
import { clashesIn, TARGETS } from './outputs';
import { declareAll, EDITS, type NamedDefinition, type Pair, pairs } from './pairs';

type Target = keyof typeof TARGETS;

/** Findings that follow from the edit. */
const ALLOWED: readonly {
  readonly target: Target;
  readonly edits: readonly string[];
  readonly kinds: readonly ChangeKind[];
  readonly why: string;
}[] = [
  {
    target: 'aws',
    edits: Object.keys(EDITS),
    kinds: ['PriorityInUse'],
    why: 'a new rule can hash to the number of a removed one, which a plan does not see',
  },
  { target: 'kubernetes', edits: ['id'], kinds: ['ForwardedTooEarly'], why: 'another id is another Deployment' },
];

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

interface Tally {
  compared: number;
  refused: number;
  /** The allowances that were used, by target and kind. */
  readonly used: Set<string>;
}

/** What is wrong with a pair on one target. */
function problemsOf({ edit, before, after }: Pair, target: Target, tally: Tally): string[] {
  const [from, to] = [outputOf(target, before), outputOf(target, after)];
  if (from === undefined || to === undefined) {
    tally.refused += 1;
    return [];
  }
  tally.compared += 1;
  return [from.changesTo(to), to.changesTo(from)].flatMap((changes) => {
    const clashes = clashesIn(changes);
    const allowed = ALLOWED.filter((row) => row.target === target && row.edits.includes(edit));
    for (const { kinds } of allowed)
      for (const kind of kinds) if (clashes.includes(kind)) tally.used.add(`${target} ${kind}`);
    return changes
      .filter(({ kind }) => clashes.includes(kind) && !allowed.some(({ kinds }) => kinds.includes(kind)))
      .map(({ kind, subject, message }) => `${target}, ${edit}: ${kind} ${subject} ${message}`);
  });
}

/** The output of a definition; undefined if the target refuses it. */
function outputOf(target: Target, definition: NamedDefinition): ReturnType<(typeof TARGETS)[Target]> | undefined {
  try {
    return TARGETS[target]((scope) => declareAll(scope, definition));
  } catch (error) {
    if (/\[[A-Z][A-Za-z]+\] /.test((error as Error).message)) return undefined;
    throw error;
  }
}

function main(): void {
  const [count, seed] = [option('pairs', 200), option('seed', 1)];
  const started = performance.now();
  const tally: Tally = { compared: 0, refused: 0, used: new Set() };
  const result = fc.check(
    fc.property(pairs, (pair) => {
      const problems = (Object.keys(TARGETS) as Target[]).flatMap((target) => problemsOf(pair, target, tally));
      if (problems.length > 0) throw new Error(problems.join('\n'));
    }),
    { numRuns: count, seed },
  );
  const unused = ALLOWED.flatMap(({ target, kinds, why }) =>
    kinds
      .filter((kind) => !tally.used.has(`${target} ${kind}`))
      .map((kind) => `${kind} on ${target} is allowed (${why}), but did not occur; remove it from test/changes/run.ts`),
  );
  const failures = [
    ...(result.failed ? [`${JSON.stringify(result.counterexample)}\n${result.errorInstance}`] : []),
    // Few pairs do not meet every allowance.
    ...(count >= 200 && !result.failed ? unused : []),
  ];
  for (const failure of failures) console.log(failure);
  const time = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${tally.compared} updates compared in both directions, ${tally.refused} refused, in ${time} s`);
  const { TEST_COUNTS } = process.env;
  if (TEST_COUNTS !== undefined) appendFileSync(TEST_COUNTS, `${count} ${failures.length} 0\n`);
  console.log(`${count} passed, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}

if (require.main === module) main();
