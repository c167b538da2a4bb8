/** A range of the priorities of listener rules. */
export interface PriorityRange {
  /** The first priority. */
  readonly first: number;

  /** The last priority. It must be at least 999 more than the first one. */
  readonly last: number;
}
