/**
 * Tests many combinations, which depend only on the seed:
 *
 * `npm run test:properties -- [--runs 100000] [--seed 1] [--jobs 2]`
 */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import fc from 'fast-check';
import { combinations } from './combinations';
import { judge } from './properties';
import { add, EMPTY, merge, problemsOf, render, type Tally } from './tally';

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

/** The result of one process, or the smallest combination that fails. */
interface Part {
  readonly tally?: Tally;
  readonly failure?: string;
}

function runPart(runs: number, seed: number): Part {
  let tally = EMPTY;
  const random = fc.sample(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { numRuns: 997, seed });
  let drawn = 0;
  const result = fc.check(
    fc.property(combinations, (combination) => {
      const verdict = judge(combination, () => random[drawn++ % random.length] as number);
      tally = add(tally, verdict);
      if (verdict.violations.length > 0) throw new Error(verdict.violations.join('\n'));
    }),
    { numRuns: runs, seed },
  );
  if (!result.failed) return { tally };
  return { failure: `${JSON.stringify(result.counterexample?.[0])}\n${result.errorInstance}` };
}

async function main(): Promise<void> {
  const [runs, seed, jobs] = [option('runs', 100_000), option('seed', 1), option('jobs', Math.min(8, cpus().length))];
  const started = performance.now();
  console.log(`${runs} combinations from seed ${seed}, in ${jobs} processes`);
  const parts = await Promise.all(
    Array.from({ length: jobs }, (_, job) => {
      const own = Math.floor(runs / jobs) + (job < runs % jobs ? 1 : 0);
      return new Promise<Part>((done, fail) => {
        const child = fork(__filename, ['--part', '1', '--runs', String(own), '--seed', String(seed * 1000 + job)]);
        child.on('message', (part) => done(part as Part));
        child.on('error', fail);
        child.on('exit', (code) => fail(new Error(`a process ended with ${code}`)));
      });
    }),
  );
  const tally = parts.reduce((sum, part) => merge(sum, part.tally ?? EMPTY), EMPTY);
  const problems = [...parts.flatMap(({ failure }) => failure ?? []), ...problemsOf(tally)];
  console.log(render(tally));
  for (const problem of problems) console.log(problem);
  console.log(`${tally.combinations} combinations in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const { TEST_COUNTS } = process.env;
  if (TEST_COUNTS !== undefined) appendFileSync(TEST_COUNTS, `${tally.combinations} ${problems.length} 0\n`);
  console.log(`${tally.combinations} passed, ${problems.length} failed`);
  if (problems.length > 0) process.exitCode = 1;
}

if (process.argv.includes('--part')) process.send?.(runPart(option('runs', 0), option('seed', 1)));
else
  main().catch((error) => {
    console.error(error);
    process.exitCode = 2;
  });
