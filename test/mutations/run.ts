/**
 * Removes or changes single values of the plan and of the renderers. Each time a test must fail.
 *
 * `npm run test:mutations -- [--all | --survivors | --count 60 --seed 1] [--only <part of a file name>]
 * [--tests <part of a test file name>] [--group 128] [--jobs 1] [--list]`
 *
 * The tests run in processes that stay: frameworks are loaded once and every file is compiled once. Each test file first
 * runs with sources that report which mutants are evaluated. Each mutant then runs the most promising tests of the same part
 * of the package that evaluate it, and those that are left run all tests in groups (`groups.ts`). Results are kept
 * (`results.ts`): a run that was stopped continues, and the score consists of the results of all runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isEquivalent } from './equivalent';
import { type Mutant, mutantsIn, nameOf, sample } from './mutants';
import type { Observation } from './observed';
import { Results, type Verdict } from './results';
import { Rounds } from './rounds';
import { Digests, Store } from './store';
import { TestProcess } from './test-process';

const ROOT = resolve(__dirname, '../..');
const FOLDERS = ['src/plan', 'src/kubernetes/private', 'src/aws/private'];

/** The folders of the tests that define and render endpoints. The others test tools, texts and packages. */
const TESTS = [
  'plan',
  'aws',
  'kubernetes',
  'conformance',
  'constructs',
  'definitions',
  'models',
  'report',
  'servers',
  'simulation',
  'times',
  'workload',
];

/** Tests in an environment of their own, which loads the frameworks each time, and those that read sources instead of running them. */
const OTHER_TESTS = /@jest-environment|from 'typescript'/;

/** Observations and results. */
const CACHE = join(ROOT, 'node_modules/.cache/serving-constructs/mutations');

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

function testFiles(): string[] {
  return TESTS.flatMap((folder) =>
    readdirSync(join(ROOT, 'test', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join('test', folder, name)),
  ).filter((file) => file.includes(option('tests', '')) && !OTHER_TESTS.test(read(file)));
}

/** The mutants of this run. The line of a survivor may have changed since the last run. */
function chosenOf(candidates: readonly Mutant[], results: Results): readonly Mutant[] {
  if (process.argv.includes('--all')) return candidates;
  if (process.argv.includes('--survivors')) return candidates.filter((mutant) => results.survived(mutant));
  return sample(candidates, Number(option('count', '60')), Number(option('seed', '1')));
}

async function main(): Promise<void> {
  const mutants = FOLDERS.flatMap((folder) => mutantsIn(ROOT, folder));
  const all = mutants.filter(({ file }) => file.includes(option('only', '')));
  const candidates = all.filter((mutant) => !isEquivalent(mutant));
  const files = testFiles();
  const digests = new Digests(ROOT);
  const results = new Results(new Store(join(CACHE, 'results.jsonl')), digests, files);
  const chosen = chosenOf(candidates, results);
  console.log(`${chosen.length} of ${candidates.length} mutants, without ${all.length - candidates.length} equivalent`);
  if (process.argv.includes('--list')) {
    for (const mutant of chosen) console.log(nameOf(mutant));
    return;
  }
  if (process.argv.includes('--survivors')) for (const mutant of chosen) results.reopen(mutant);
  const started = Date.now();
  const processes = Array.from({ length: Number(option('jobs', '1')) }, () => new TestProcess());
  try {
    const observations = new Store<Observation>(join(CACHE, 'observed.jsonl'));
    const size = Number(option('group', '128'));
    const rounds = new Rounds({ root: ROOT, processes, mutants, files, digests, results, observations, size });
    for (const folder of FOLDERS)
      await rounds.run(
        folder,
        chosen.filter(({ file }) => file.startsWith(`${folder}/`)),
      );
  } finally {
    for (const process of processes) process.stop();
  }
  report(chosen, candidates, results);
  console.log(`${seconds(started)} s`);
}

/** Prints the survivors of this run, and the score of each folder from the results of all runs. */
function report(chosen: readonly Mutant[], candidates: readonly Mutant[], results: Results): void {
  const withState = (mutants: readonly Mutant[], state?: Verdict['state']) =>
    mutants.filter((mutant) => results.of(mutant)?.state === state);
  const survivors = withState(chosen, 'survived');
  for (const mutant of survivors) console.log(`survived: ${nameOf(mutant)}`);
  for (const folder of FOLDERS) {
    const own = candidates.filter(({ file }) => file.startsWith(`${folder}/`));
    const [red, survived] = [withState(own, 'red').length, withState(own, 'survived').length];
    console.log(`${folder}: ${red} of ${red + survived} fail a test, ${own.length - red - survived} are not decided`);
  }
  console.log(`${chosen.length - survivors.length} passed, ${survivors.length} failed`);
  if (survivors.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
