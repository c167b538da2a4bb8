import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupsOf, type RunTests, search } from './groups';
import { type Mutant, mutated, nameOf, observed } from './mutants';
import { type Observation, Observed } from './observed';
import type { Results, Verdict } from './results';
import { type Digests, digestOf, type Store } from './store';
import type { Outcome, TestProcess } from './test-process';

/** Mutants that survive the most promising tests for this many milliseconds continue in groups. */
const FIRST_ROUND = 1_000;

/** A mutant is in an endless loop if its tests need this many times the milliseconds, and those of a new process. */
const SLOWER = 10;
const LOADING = 20_000;

/** The part of the package that a source or test belongs to. */
const partOf = (file: string) => file.split('/')[1];

type Process = Pick<TestProcess, 'run'>;

/** What a run consists of. */
export interface Context {
  readonly root: string;
  readonly processes: readonly Process[];
  /** The mutants of all folders. */
  readonly mutants: readonly Mutant[];
  /** The test files. */
  readonly files: readonly string[];
  readonly digests: Digests;
  readonly results: Results;
  readonly observations: Store<Observation>;
  /** How many mutants are active together. In a larger group, more tests fail and are repeated with parts of it. */
  readonly size: number;
}

/** The rounds of a run. */
export class Rounds {
  private readonly observed: Observed;
  private count = 0;

  constructor(private readonly context: Context) {
    this.observed = new Observed(context.mutants);
  }

  /** The tests of the same part of the package, for each mutant alone; then all tests, for groups of those that are left. */
  async run(folder: string, mutants: readonly Mutant[]): Promise<void> {
    const { processes, files, results, size } = this.context;
    const withState = (state?: Verdict['state']) => mutants.filter((one) => results.of(one)?.state === state);
    const fresh = withState();
    if (fresh.length > 0) await this.observe(files.filter((file) => partOf(file) === partOf(folder)));
    await inTurns(processes, fresh, async (process, mutant) => {
      this.add(mutant, await this.first(process, mutant));
    });
    const groups = groupsOf(withState('undecided'), size);
    if (groups.length > 0) await this.observe(files);
    await inTurns(processes, groups, (process, group) => this.second(process, group));
  }

  /** Runs test files, unless they are unchanged since they last ran, and records which mutants each test reaches. */
  private async observe(files: readonly string[]): Promise<void> {
    const { root, processes, mutants, digests, observations } = this.context;
    const started = Date.now();
    const numbered = [...mutants.entries()];
    const numbers = digestOf(JSON.stringify(mutants));
    const changed = [...new Set(mutants.map(({ file }) => file))];
    const sources = Object.fromEntries(
      changed.map((file) => {
        const own = numbered.filter(([, mutant]) => mutant.file === file);
        return [join(root, file), observed(this.read(file), own, '__reachMutant')];
      }),
    );
    await inTurns(processes, files, async (process, file) => {
      const digest = `${numbers} ${digests.of([file, ...changed])}`;
      const known = observations.get(file);
      if (known?.digest === digest) return this.observed.add(file, known);
      const { red, message, milliseconds, tests, reached } = await process.run({ path: join(root, file), sources });
      if (red !== undefined) throw new Error(`${file} fails without a mutation: ${red}\n${message}`);
      observations.set(file, { digest, milliseconds, tests, reached });
      this.observed.add(file, { milliseconds, tests, reached });
    });
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(`${files.length} test files, observed in ${seconds} s`);
  }

  /** Runs the most promising tests of a mutant until one fails. */
  private async first(process: Process, mutant: Mutant): Promise<Verdict> {
    let milliseconds = 0;
    for (const choice of this.observed.testsOf(mutant)) {
      if (milliseconds >= FIRST_ROUND) break;
      if (this.observed.cost(choice.file, choice.tests) > 2 * FIRST_ROUND) continue;
      const outcome = await this.runTests(process, choice.file)(choice.tests, [mutant]);
      milliseconds += outcome.milliseconds;
      this.observed.learn(mutant, choice, outcome.red !== undefined);
      if (outcome.red !== undefined) return { state: 'red', red: [choice.file, outcome.red] };
    }
    return { state: 'undecided' };
  }

  /** Runs all tests of a group. */
  private async second(process: Process, group: readonly Mutant[]): Promise<void> {
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

  private runTests(process: Process, file: string): (...parameters: Parameters<RunTests>) => Promise<Outcome> {
    const { root } = this.context;
    return (tests, mutants) => {
      const sources = [...new Set(mutants.map((mutant) => mutant.file))].map((source) => [
        join(root, source),
        mutated(
          this.read(source),
          mutants.filter((mutant) => mutant.file === source),
        ),
      ]);
      return process.run({
        path: join(root, file),
        skipped: this.observed.others(file, tests),
        sources: Object.fromEntries(sources),
        limit: LOADING + SLOWER * this.observed.cost(file, tests),
      });
    };
  }

  private read(file: string): string {
    return readFileSync(join(this.context.root, file), 'utf8');
  }

  private add(mutant: Mutant, verdict: Verdict): void {
    this.context.results.add(mutant, verdict);
    const { state, red } = verdict;
    const outcome = red === undefined ? state : `red (${red.join(': ')})`;
    console.log(`${++this.count} ${nameOf(mutant)} ${outcome}`);
  }
}

/** Each process takes the next item when it is idle. */
async function inTurns<T>(
  processes: readonly Process[],
  items: readonly T[],
  work: (process: Process, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    processes.map(async (process) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(process, next);
    }),
  );
}
