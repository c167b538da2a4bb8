/**
 * Runs the fuzzers. The same seed generates the same inputs:
 *
 * `npm run test:fuzz -- [NAME...] [--runs 100000] [--seed 1] [--jobs 2]`
 */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Fuzzer, merge, NOTHING, type Tally } from './fuzzer';
import { FUZZERS } from './fuzzers';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(8, cpus().length)) },
    part: { type: 'boolean', default: false },
  },
});
const [runs, seed, jobs] = [values.runs, values.seed, values.jobs].map(Number) as [number, number, number];

/** Distributes the runs of a fuzzer among processes. */
async function runAll({ name, what }: Fuzzer): Promise<Tally> {
  const started = performance.now();
  console.log(`${runs} ${what} from seed ${seed}, in ${jobs} processes`);
  const parts = await Promise.all(
    Array.from({ length: jobs }, (_, job) => {
      const own = Math.floor(runs / jobs) + (job < runs % jobs ? 1 : 0);
      return new Promise<Tally>((done, fail) => {
        const args = [name, '--part', '--runs', String(own), '--seed', String(seed * 1000 + job)];
        const child = fork(__filename, args);
        child.on('message', (tally) => done(tally as Tally));
        child.on('error', fail);
        child.on('exit', (code) => fail(new Error(`a process exited with code ${code}`)));
      });
    }),
  );
  const tally = parts.reduce(merge, NOTHING);
  for (const [end, count] of Object.entries(tally.ends).sort(([, a], [, b]) => b - a))
    console.log(`${String(count).padStart(8)}  ${end}`);
  if (tally.failure !== undefined) console.log(tally.failure);
  console.log(`${tally.runs} ${what} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return tally;
}

async function main(chosen: readonly Fuzzer[]): Promise<void> {
  if (values.part) {
    process.send?.(await chosen[0]?.run({ runs, seed }));
    return;
  }
  let passed = 0;
  let failed = 0;
  for (const fuzzer of chosen) {
    const tally = await runAll(fuzzer);
    passed += tally.runs;
    if (tally.failure !== undefined) failed++;
  }
  const { TEST_COUNTS } = process.env;
  if (TEST_COUNTS !== undefined) appendFileSync(TEST_COUNTS, `${passed} ${failed} 0\n`);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

const unknown = positionals.filter((name) => !FUZZERS.some((fuzzer) => fuzzer.name === name));
if (unknown.length > 0)
  throw new Error(`unknown fuzzer '${unknown[0]}'; expected one of ${FUZZERS.map(({ name }) => name)}`);
main(FUZZERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))).catch((error) => {
  console.error(error);
  process.exitCode = 2;
});
