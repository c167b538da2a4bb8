import type { Mutant } from './mutants';
import type { Digests, Store } from './store';

/** What is known of a mutant. One without a red test has survived all tests, or only those of the first round. */
export interface Verdict {
  readonly state: 'red' | 'survived' | 'undecided';
  /** The test that failed: its file and its name. */
  readonly red?: readonly [file: string, test: string];
}

/** A verdict on disk. */
export interface Result extends Verdict {
  readonly mutant: Mutant;
  /** The digest of the source. */
  readonly source: string;
  /** The digest of the test file that failed, or of all. */
  readonly tests: string;
}

/**
 * The results of all runs.
 *
 * A result is valid while the source of the mutant is unchanged, and with it the test file that failed, or all test
 * files if none did. Changes of other sources and of `test/support` do not invalidate it.
 */
export class Results {
  private readonly reopened = new Set<string>();

  constructor(
    private readonly store: Store<Result>,
    private readonly digests: Digests,
    private readonly tests: readonly string[],
  ) {}

  add(mutant: Mutant, verdict: Verdict): void {
    this.reopened.delete(keyOf(mutant));
    const source = this.digests.of([mutant.file]);
    this.store.set(keyOf(mutant), { ...verdict, mutant, source, tests: this.testsOf(verdict) });
  }

  /** Lets this run decide on a mutant again. */
  reopen(mutant: Mutant): void {
    this.reopened.add(keyOf(mutant));
  }

  /** The valid result of a mutant. */
  of(mutant: Mutant): Verdict | undefined {
    if (this.reopened.has(keyOf(mutant))) return { state: 'undecided' };
    const result = this.store.get(keyOf(mutant));
    if (result === undefined || result.source !== this.digests.of([mutant.file])) return undefined;
    return result.tests === this.testsOf(result) ? result : undefined;
  }

  /** Whether a mutant survived the last time, at any line and with any tests. */
  survived({ file, change }: Mutant): boolean {
    return this.store
      .all()
      .some(({ state, mutant }) => state === 'survived' && mutant.file === file && mutant.change === change);
  }

  private testsOf({ red }: Verdict): string {
    return this.digests.of(red === undefined ? this.tests : [red[0]]);
  }
}

const keyOf = ({ file, start, change }: Mutant) => `${file}:${start} ${change}`;
