/**
 * Removes or changes single values of the plan and of the renderers. Each time a test must fail.
 *
 * `npm run test:mutations -- [--all | --survivors | --count 60 --seed 1] [--only <part of a file name>]
 * [--tests <part of a test file name>] [--jobs 1] [--list]`
 *
 * The tests run in processes that stay: frameworks are loaded once and every file is compiled once. First each test file
 * runs with sources that report which mutants are evaluated. Then each mutant runs the most promising tests that evaluate
 * it, and those that survive run all of them in groups (`groups.ts`). Results are kept (`results.ts`): a run that was
 * stopped continues, and the score consists of the results of all runs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isEquivalent } from './equivalent';
import { groupsOf, type RunTests, search } from './groups';
import { type Mutant, mutantsIn, mutated, observed, sample } from './mutants';
import { type Observation, Observed } from './observed';
import { Results, type Verdict } from './results';
import { Digests, Store } from './store';
import { type Outcome, TestProcess } from './test-process';

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

/** Mutants that survive the most promising tests for this many milliseconds continue in groups. */
const FIRST_ROUND = 2_000;

/** How many mutants are active together. Of a larger group more are found in each file, one after the other. */
const GROUP = 48;

/** A mutant is in an endless loop if its tests take this many times longer, and some seconds more on a busy machine. */
const SLOWER = 10;
const BUSY = 20_000;

const CACHE = join(ROOT, 'node_modules/.cache/serving-constructs/mutations');

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
  ).filter((file) => file.includes(option('tests', '')) && !OTHER_TESTS.test(read(file)));
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

/** Runs every test that has changed, and records which mutants each of them reaches. */
async function observe(
  processes: readonly TestProcess[],
  mutants: readonly Mutant[],
  { files, digests }: { readonly files: readonly string[]; readonly digests: Digests },
): Promise<Observed> {
  const observations = new Observed(mutants);
  const store = new Store<Observation>(join(CACHE, 'observed.jsonl'));
  const numbered = [...mutants.entries()];
  const changed = [...new Set(mutants.map(({ file }) => file))];
  const sources = Object.fromEntries(
    changed.map((file) => {
      const own = numbered.filter(([, mutant]) => mutant.file === file);
      return [join(ROOT, file), observed(read(file), own, '__reachMutant')];
    }),
  );
  await inTurns(processes, files, async (process, file) => {
    const digest = digests.of([file, ...changed]);
    const known = store.get(file);
    if (known?.digest === digest) return observations.add(file, known);
    const { red, message, milliseconds, tests, reached } = await process.run({ path: join(ROOT, file), sources });
    if (red !== undefined) throw new Error(`${file} fails without a mutation: ${red}\n${message}`);
    store.set(file, { digest, milliseconds, tests, reached });
    observations.add(file, { milliseconds, tests, reached });
  });
  return observations;
}

/** The rounds of a run. */
class Rounds {
  private count = 0;

  constructor(
    private readonly processes: readonly TestProcess[],
    private readonly observations: Observed,
    private readonly results: Results,
  ) {}

  async run(mutants: readonly Mutant[]): Promise<void> {
    const withState = (state?: Verdict['state']) => mutants.filter((one) => this.results.of(one)?.state === state);
    await inTurns(this.processes, withState(undefined), async (process, mutant) => {
      this.add(mutant, await this.first(process, mutant));
    });
    const groups = groupsOf(withState('undecided'), GROUP);
    await inTurns(this.processes, groups, (process, group) => this.second(process, group));
  }

  /** Runs the most promising tests of a mutant until one fails. */
  private async first(process: TestProcess, mutant: Mutant): Promise<Verdict> {
    let milliseconds = 0;
    for (const choice of this.observations.testsOf(mutant)) {
      if (milliseconds >= FIRST_ROUND) return { state: 'undecided' };
      const outcome = await this.runTests(process, choice.file)(choice.tests, [mutant]);
      milliseconds += outcome.milliseconds;
      this.observations.learn(mutant, choice, outcome.red !== undefined);
      if (outcome.red !== undefined) return { state: 'red', red: [choice.file, outcome.red] };
    }
    return { state: 'survived' };
  }

  /** Runs all tests of a group. */
  private async second(process: TestProcess, group: readonly Mutant[]): Promise<void> {
    let survivors = group;
    for (const file of this.observations.names) {
      const reachedBy = (mutant: Mutant) => this.observations.reachedBy(file, mutant);
      const { red, interactions } = await search(survivors, reachedBy, this.runTests(process, file));
      for (const [mutant, test] of red) this.add(mutant, { state: 'red', red: [file, test] });
      for (const test of interactions) console.log(`several together fail ${file}: ${test}`);
      survivors = survivors.filter((mutant) => !red.has(mutant));
    }
    for (const mutant of survivors) this.add(mutant, { state: 'survived' });
  }

  private runTests(process: TestProcess, file: string): (...parameters: Parameters<RunTests>) => Promise<Outcome> {
    return (tests, mutants) => {
      const sources = [...new Set(mutants.map((mutant) => mutant.file))].map((source) => [
        join(ROOT, source),
        mutated(
          read(source),
          mutants.filter((mutant) => mutant.file === source),
        ),
      ]);
      return process.run({
        path: join(ROOT, file),
        skipped: this.observations.others(file, tests),
        sources: Object.fromEntries(sources),
        limit: BUSY + SLOWER * this.observations.cost(file, tests),
      });
    };
  }

  private add(mutant: Mutant, verdict: Verdict): void {
    this.results.add(mutant, verdict);
    const { state, red } = verdict;
    const outcome = red === undefined ? state : `red (${red.join(': ')})`;
    console.log(`${++this.count} ${describe(mutant)} ${outcome}`);
  }
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
    for (const mutant of chosen) console.log(describe(mutant));
    return;
  }
  const started = Date.now();
  const processes = Array.from({ length: Number(option('jobs', '1')) }, () => new TestProcess());
  try {
    const observations = await observe(processes, mutants, { files, digests });
    console.log(`${observations.size} test files, observed in ${seconds(started)} s`);
    const rounds = new Rounds(processes, observations, results);
    for (const folder of FOLDERS) await rounds.run(chosen.filter(({ file }) => file.startsWith(`${folder}/`)));
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
  for (const mutant of survivors) console.log(`survived: ${describe(mutant)}`);
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
