import type { Mutant } from './mutants';
import type { Outcome } from './test-process';

interface File {
  readonly outcome: Outcome;
  /** The mutants that the whole file reaches, for example when it loads the source. */
  readonly always: ReadonlySet<number>;
  readonly byTest: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Tests of one file. */
export interface Choice {
  readonly file: string;
  /** The tests of the file that do not run. */
  readonly skipped: readonly string[];
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

  /** Records a run of a file without changes, and what it reaches. */
  add(file: string, outcome: Outcome): void {
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
    const index = this.indexes.get(mutant) as number;
    const choices = [...this.files].flatMap(
      ([
        file,
        {
          outcome: { tests },
          always,
          byTest,
        },
      ]) => {
        const reaching = tests.filter(({ name }) => always.has(index) || byTest.get(name)?.has(index) === true);
        const slow = reaching.filter(({ milliseconds }) => milliseconds >= SLOW);
        const fast = reaching.filter(({ milliseconds }) => milliseconds < SLOW);
        return [fast, slow].flatMap((part) => (part.length === 0 ? [] : [this.choice(mutant, file, part)]));
      },
    );
    return choices.sort((a, b) => b.rank - a.rank);
  }

  /** The choice of some tests of a file. Without experience, tests of the same part of the package are the most promising. */
  private choice(mutant: Mutant, file: string, chosen: Outcome['tests']): Choice {
    const names = new Set(chosen.map(({ name }) => name));
    const tests = this.files.get(file)?.outcome.tests ?? [];
    const skipped = tests.flatMap(({ name }) => (names.has(name) ? [] : [name]));
    const slow = chosen.some(({ milliseconds }) => milliseconds >= SLOW);
    const cost = LOADING + chosen.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const { runs, reds } = this.experience.get(keyOf(mutant, { file, slow })) ?? { runs: 0, reds: 0 };
    const prior = file.split('/')[1] === mutant.file.split('/')[1] ? 1 : 0.1;
    return { file, skipped, slow, rank: (reds + prior) / (runs + 2) / cost };
  }
}

const keyOf = (mutant: Mutant, { file, slow }: Pick<Choice, 'file' | 'slow'>) => `${mutant.file} ${file} ${slow}`;
