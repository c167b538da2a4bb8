/** What was found out in a number of runs. */
export interface Tally {
  readonly runs: number;
  /** How often each kind of end was met. */
  readonly ends: { readonly [end: string]: number };
  /** The smallest input for which something does not hold. @default - everything holds */
  readonly failure?: string;
}

/** One thing that is tried with many hostile inputs. The same seed gives the same inputs. */
export interface Fuzzer {
  readonly name: string;
  /** What there are so many of. */
  readonly what: string;
  run(options: { readonly runs: number; readonly seed: number }): Promise<Tally>;
}

export const NOTHING: Tally = { runs: 0, ends: {} };

export function merge(a: Tally, b: Tally): Tally {
  const ends = { ...a.ends };
  for (const [end, count] of Object.entries(b.ends)) ends[end] = (ends[end] ?? 0) + count;
  return { runs: a.runs + b.runs, ends, failure: a.failure ?? b.failure };
}
