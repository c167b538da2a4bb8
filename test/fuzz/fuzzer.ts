/** The result of a number of runs. */
export interface Tally {
  readonly runs: number;
  /** How many runs ended in each way. */
  readonly ends: { readonly [end: string]: number };
  /** The smallest input that fails. @default - no run failed */
  readonly failure?: string;
}

/** Runs code with many hostile inputs. The same seed generates the same inputs. */
export interface Fuzzer {
  readonly name: string;
  /** What the number of runs counts. */
  readonly what: string;
  run(options: { readonly runs: number; readonly seed: number }): Promise<Tally>;
}

export const NOTHING: Tally = { runs: 0, ends: {} };

export function merge(a: Tally, b: Tally): Tally {
  const ends = { ...a.ends };
  for (const [end, count] of Object.entries(b.ends)) ends[end] = (ends[end] ?? 0) + count;
  return { runs: a.runs + b.runs, ends, failure: a.failure ?? b.failure };
}
