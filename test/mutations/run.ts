/**
 * Removes or changes single values of the plan and of the renderers. Each time a test must fail.
 *
 * `npm run test:mutations -- [--all | --survivors | --count 60 --seed 1] [--only <part of a file name>]
 * [--tests <part of a test file name>] [--group 128] [--jobs 1] [--list]`
 *
 * The tests run in processes that stay: frameworks are loaded once and every file is compiled once. Each test file
 * first runs with sources that report which mutants are evaluated. Each mutant then runs the most promising tests of the
 * same part of the package that evaluate it, and those that survive run all tests in groups (`groups.ts`). Results are kept (`results.ts`): a run that was
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
const FIRST_ROUND = 1_000;

/** How many mutants are active together. In a larger group, more tests fail and are repeated with parts of it. */
const GROUP = '128';

/** A mutant is in an endless loop if its tests need this many times the milliseconds, and those of a new process. */
const SLOWER = 10;
const LOADING = 20_000;

/** What numbers the mutants. */
const MUTANTS = 'test/mutations/mutants.ts';

/** Observations and results. */
const CACHE = join(ROOT, 'node_modules/.cache/serving-constructs/mutations');

/** The part of the package that a source or test belongs to. */
const partOf = (file: string) => file.split('/')[1];
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

/** What a run consists of. */
interface Context {
  readonly processes: readonly TestProcess[];
  /** The mutants of all folders. */
  readonly mutants: readonly Mutant[];
  readonly files: readonly string[];
  readonly digests: Digests;
  readonly results: Results;
}

/** The rounds of a run. */
class Rounds {
  private readonly observed: Observed;
  private readonly store = new Store<Observation>(join(CACHE, 'observed.jsonl'));
  private count = 0;

  constructor(private readonly context: Context) {
    this.observed = new Observed(context.mutants);
  }

  /** The tests of the same part of the package, for each mutant alone; then all tests, for groups of those that are left. */
  async run(folder: string, mutants: readonly Mutant[]): Promise<void> {
    const { processes, files, results } = this.context;
    const withState = (state?: Verdict['state']) => mutants.filter((one) => results.of(one)?.state === state);
    const fresh = withState();
    if (fresh.length > 0) await this.observe(files.filter((file) => partOf(file) === partOf(folder)));
    await inTurns(processes, fresh, async (process, mutant) => {
      this.add(mutant, await this.first(process, mutant));
    });
    const groups = groupsOf(withState('undecided'), Number(option('group', GROUP)));
    if (groups.length > 0) await this.observe(files);
    await inTurns(processes, groups, (process, group) => this.second(process, group));
  }

  /** Runs test files, unless they are unchanged since they last ran, and records which mutants each test reaches. */
  private async observe(files: readonly string[]): Promise<void> {
    const { processes, mutants, digests } = this.context;
    const started = Date.now();
    const numbered = [...mutants.entries()];
    const changed = [...new Set(mutants.map(({ file }) => file))];
    const sources = Object.fromEntries(
      changed.map((file) => {
        const own = numbered.filter(([, mutant]) => mutant.file === file);
        return [join(ROOT, file), observed(read(file), own, '__reachMutant')];
      }),
    );
    await inTurns(processes, files, async (process, file) => {
      const digest = digests.of([file, MUTANTS, ...changed]);
      const known = this.store.get(file);
      if (known?.digest === digest) return this.observed.add(file, known);
      const { red, message, milliseconds, tests, reached } = await process.run({ path: join(ROOT, file), sources });
      if (red !== undefined) throw new Error(`${file} fails without a mutation: ${red}\n${message}`);
      this.store.set(file, { digest, milliseconds, tests, reached });
      this.observed.add(file, { milliseconds, tests, reached });
    });
    console.log(`${files.length} test files, observed in ${seconds(started)} s`);
  }

  /** Runs the most promising tests of a mutant until one fails. */
  private async first(process: TestProcess, mutant: Mutant): Promise<Verdict> {
    let milliseconds = 0;
    for (const choice of this.observed.testsOf(mutant)) {
      if (milliseconds + this.observed.cost(choice.file, choice.tests) > FIRST_ROUND) continue;
      const outcome = await this.runTests(process, choice.file)(choice.tests, [mutant]);
      milliseconds += outcome.milliseconds;
      this.observed.learn(mutant, choice, outcome.red !== undefined);
      if (outcome.red !== undefined) return { state: 'red', red: [choice.file, outcome.red] };
    }
    return { state: 'undecided' };
  }

  /** Runs all tests of a group. */
  private async second(process: TestProcess, group: readonly Mutant[]): Promise<void> {
    let survivors = group;
    for (const file of this.observed.names) {
      const reachedBy = (mutant: Mutant) => this.observed.reachedBy(file, mutant);
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
        skipped: this.observed.others(file, tests),
        sources: Object.fromEntries(sources),
        limit: LOADING + SLOWER * this.observed.cost(file, tests),
      });
    };
  }

  private add(mutant: Mutant, verdict: Verdict): void {
    this.context.results.add(mutant, verdict);
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
  if (process.argv.includes('--survivors')) for (const mutant of chosen) results.reopen(mutant);
  const started = Date.now();
  const processes = Array.from({ length: Number(option('jobs', '1')) }, () => new TestProcess());
  try {
    const rounds = new Rounds({ processes, mutants, files, digests, results });
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
