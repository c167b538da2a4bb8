/**
 * Removes or changes single values of the plan and of the renderers. Each time a test must fail.
 *
 * `npm run test:mutations -- [--all | --survivors | --count 60 --seed 1] [--only <part of a file name>] [--jobs 1] [--list]`
 *
 * The tests run in processes that stay: frameworks are loaded once and every file is compiled once. First each test file
 * runs with sources that report which mutants are evaluated; then each mutant runs the tests that evaluate it.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isEquivalent } from './equivalent';
import { type Mutant, mutantsIn, mutated, observed, sample } from './mutants';
import { Observed } from './observed';
import { TestProcess } from './test-process';

const ROOT = resolve(__dirname, '../..');
const FOLDERS = ['src/plan', 'src/aws/private', 'src/kubernetes/private'];

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

/** Mutants that survive the most promising tests for this many milliseconds wait until the others are done. */
const FIRST_ROUND = 6_000;

/** What the last run found. */
const RESULTS = join(ROOT, 'node_modules/.cache/serving-constructs/mutations.json');

/** The tests of one mutant. */
interface Trial {
  readonly mutant: Mutant;
  /** The tests that ran. */
  readonly done: Set<string>;
  milliseconds: number;
  /** The test that failed. */
  red?: string;
  /** Whether all tests ran. */
  complete: boolean;
}

const describe = ({ file, line, change }: Mutant) => `${file}:${line} ${change}`;
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
  ).filter((file) => !OTHER_TESTS.test(read(file)));
}

/** Each process takes the next item when it is idle. */
async function inTurns<T>(
  processes: readonly TestProcess[],
  items: readonly T[],
  work: (process: TestProcess, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    processes.map(async (process) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(process, next);
    }),
  );
}

/** Runs every test, and records which mutants each of them reaches. */
async function observe(processes: readonly TestProcess[], mutants: readonly Mutant[]): Promise<Observed> {
  const observations = new Observed(mutants);
  const numbered = [...mutants.entries()];
  const sources = Object.fromEntries(
    [...new Set(mutants.map(({ file }) => file))].map((file) => {
      const own = numbered.filter(([, mutant]) => mutant.file === file);
      return [join(ROOT, file), observed(read(file), own, '__reachMutant')];
    }),
  );
  await inTurns(processes, testFiles(), async (process, file) => {
    const path = join(ROOT, file);
    const run = await process.run({ path, sources });
    if (run.red !== undefined) throw new Error(`${file} fails without a mutation: ${run.red}\n${run.message}`);
    observations.add(file, run);
  });
  return observations;
}

/** Runs the tests that reach a mutant until one fails, or for the given number of milliseconds. */
async function judge(process: TestProcess, trial: Trial, observations: Observed, limit: number): Promise<void> {
  const { mutant, done } = trial;
  const sources = { [join(ROOT, mutant.file)]: mutated(read(mutant.file), mutant) };
  for (const choice of observations.testsOf(mutant)) {
    const { file, skipped } = choice;
    const tests = `${file} without ${skipped}`;
    if (done.has(tests)) continue;
    if (trial.milliseconds >= limit) return;
    const { red, milliseconds } = await process.run({ path: join(ROOT, file), skipped, sources });
    done.add(tests);
    trial.milliseconds += milliseconds;
    observations.learn(mutant, choice, red !== undefined);
    if (red === undefined) continue;
    trial.red = `${file}: ${red}`;
    return;
  }
  trial.complete = true;
}

/** The mutants of this run. The line of a survivor may have changed since the last run. */
function chosenOf(candidates: readonly Mutant[]): readonly Mutant[] {
  if (process.argv.includes('--all')) return candidates;
  if (!process.argv.includes('--survivors'))
    return sample(candidates, Number(option('count', '60')), Number(option('seed', '1')));
  const survivors = JSON.parse(readFileSync(RESULTS, 'utf8')) as Mutant[];
  return candidates.filter(({ file, change }) => survivors.some((one) => one.file === file && one.change === change));
}

async function main(): Promise<void> {
  const only = option('only', '');
  const all = FOLDERS.flatMap((folder) => mutantsIn(ROOT, folder)).filter(({ file }) => file.includes(only));
  const candidates = all.filter((mutant) => !isEquivalent(mutant));
  const chosen = chosenOf(candidates);
  console.log(`${chosen.length} of ${candidates.length} mutants, without ${all.length - candidates.length} equivalent`);
  if (process.argv.includes('--list')) {
    for (const mutant of chosen) console.log(describe(mutant));
    return;
  }
  const started = Date.now();
  const processes = Array.from({ length: Number(option('jobs', '1')) }, () => new TestProcess());
  try {
    const observations = await observe(processes, chosen);
    console.log(`${observations.size} test files, observed in ${seconds(started)} s`);
    const trials = chosen.map((mutant): Trial => ({ mutant, done: new Set(), milliseconds: 0, complete: false }));
    let count = 0;
    for (const limit of [FIRST_ROUND, Number.POSITIVE_INFINITY]) {
      const open = trials.filter(({ red, complete }) => red === undefined && !complete);
      await inTurns(processes, open, async (process, trial) => {
        await judge(process, trial, observations, limit);
        const { red, complete, mutant } = trial;
        if (red === undefined && !complete) return;
        const outcome = red === undefined ? 'SURVIVED' : `red (${red})`;
        console.log(`${++count}/${trials.length} ${describe(mutant)} ${outcome}`);
      });
    }
    report(trials);
  } finally {
    for (const process of processes) process.stop();
  }
  console.log(`${seconds(started)} s`);
}

function report(trials: readonly Trial[]): void {
  const survivors = trials.filter(({ red }) => red === undefined);
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, JSON.stringify(survivors.map(({ mutant }) => mutant)));
  for (const { mutant } of survivors) console.log(`survived: ${describe(mutant)}`);
  for (const folder of FOLDERS) {
    const own = trials.filter(({ mutant }) => mutant.file.startsWith(`${folder}/`));
    console.log(`${folder}: ${own.filter(({ red }) => red !== undefined).length} of ${own.length} fail a test`);
  }
  console.log(`${trials.length - survivors.length} passed, ${survivors.length} failed`);
  if (survivors.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
