import { basename } from 'node:path';
import type { Mutant } from './mutants';
import type { Outcome } from './test-process';

/** A run of a test file without changes, and what it reaches. */
export interface Observation extends Pick<Outcome, 'milliseconds' | 'tests' | 'reached'> {
  /** The digest of the test file and of all sources that mutants change. */
  readonly digest?: string;
}

interface File {
  readonly outcome: Observation;
  /** The mutants that the whole file reaches, for example when it loads the source. */
  readonly always: ReadonlySet<number>;
  readonly byTest: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Tests of one file. */
export interface Choice {
  readonly file: string;
  readonly tests: readonly string[];
  /** Whether they include slow tests, which run separately from the others. */
  readonly slow: boolean;
  /** How many failures are expected per millisecond. */
  readonly rank: number;
}

/** The milliseconds from which a test is slow. */
const SLOW = 500;

/** The milliseconds to load a test file. */
const LOADING = 100;

/** Which tests reach which mutants, and how likely they are to fail. */
export class Observed {
  private readonly files = new Map<string, File>();
  private readonly experience = new Map<string, { runs: number; reds: number }>();
  private readonly indexes: ReadonlyMap<Mutant, number>;

  constructor(mutants: readonly Mutant[]) {
    this.indexes = new Map(mutants.map((mutant, index) => [mutant, index]));
  }

  get size(): number {
    return this.files.size;
  }

  /** The test files, fast ones first. */
  get names(): string[] {
    const byCost = [...this.files].sort(([, a], [, b]) => a.outcome.milliseconds - b.outcome.milliseconds);
    return byCost.map(([name]) => name);
  }

  /** Records the observation of a file. */
  add(file: string, observation: Observation): void {
    const outcome = withoutWaiting(observation);
    const byTest = new Map(outcome.reached.map(([test, mutants]) => [test, new Set(mutants)]));
    this.files.set(file, { outcome, always: byTest.get('') ?? new Set(), byTest });
  }

  /** Records whether tests failed for a mutant. */
  learn(mutant: Mutant, choice: Choice, red: boolean): void {
    const key = keyOf(mutant, choice);
    const { runs, reds } = this.experience.get(key) ?? { runs: 0, reds: 0 };
    this.experience.set(key, { runs: runs + 1, reds: reds + (red ? 1 : 0) });
  }

  /** The tests that reach a mutant, those first that find most in the least time. */
  testsOf(mutant: Mutant): Choice[] {
    const choices = [...this.files.keys()].flatMap((file) => {
      const reaching = this.reaching(file, mutant);
      const slow = reaching.filter(({ milliseconds }) => milliseconds >= SLOW);
      const fast = reaching.filter(({ milliseconds }) => milliseconds < SLOW);
      return [fast, slow].flatMap((part) => (part.length === 0 ? [] : [this.choice(mutant, file, part)]));
    });
    return choices.sort((a, b) => b.rank - a.rank);
  }

  /** The names of the tests of a file that reach a mutant. */
  reachedBy(file: string, mutant: Mutant): string[] {
    return this.reaching(file, mutant).map(({ name }) => name);
  }

  /** The tests of a file that do not run if only the given ones do. */
  others(file: string, tests: readonly string[]): string[] {
    const names = new Set(tests);
    return this.testsIn(file).flatMap(({ name }) => (names.has(name) ? [] : [name]));
  }

  /** The expected milliseconds of a run of some tests. */
  cost(file: string, tests: readonly string[]): number {
    const names = new Set(tests);
    const chosen = this.testsIn(file).filter(({ name }) => names.has(name));
    return LOADING + chosen.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  }

  private testsIn(file: string): Outcome['tests'] {
    return this.files.get(file)?.outcome.tests ?? [];
  }

  private reaching(file: string, mutant: Mutant): Outcome['tests'] {
    const index = this.indexes.get(mutant) as number;
    const { always, byTest } = this.files.get(file) as File;
    return this.testsIn(file).filter(({ name }) => always.has(index) || byTest.get(name)?.has(index) === true);
  }

  /**
   * The choice of some tests of a file. Without experience, tests of the same part of the package are promising, and most of
   * all those of a file with a similar name.
   */
  private choice(mutant: Mutant, file: string, chosen: Outcome['tests']): Choice {
    const tests = chosen.map(({ name }) => name);
    const slow = chosen.some(({ milliseconds }) => milliseconds >= SLOW);
    const { runs, reds } = this.experience.get(keyOf(mutant, { file, slow })) ?? { runs: 0, reds: 0 };
    const isOfPart = file.split('/')[1] === mutant.file.split('/')[1];
    const prior = !isOfPart ? 0.1 : wordsOf(file).some((word) => wordsOf(mutant.file).includes(word)) ? 10 : 1;
    return { file, tests, slow, rank: (reds + prior) / (runs + 2) / this.cost(file, tests) };
  }
}

const keyOf = (mutant: Mutant, { file, slow }: Pick<Choice, 'file' | 'slow'>) => `${mutant.file} ${file} ${slow}`;

/** The tests measure their time with a clock, which on a busy machine is longer than that of the processor. */
function withoutWaiting(observation: Observation): Observation {
  const { milliseconds, tests } = observation;
  const measured = tests.reduce((sum, test) => sum + test.milliseconds, 0);
  const factor = Math.min(1, milliseconds / Math.max(1, measured));
  return {
    ...observation,
    tests: tests.map(({ name, ...test }) => ({ name, milliseconds: test.milliseconds * factor })),
  };
}

/** The words of the name of a file, in the singular. */
function wordsOf(file: string): string[] {
  const [name = ''] = basename(file).split('.');
  return name.split('-').map((word) => word.replace(/s$/, ''));
}
