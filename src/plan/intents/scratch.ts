/** A directory that is empty when a replica starts, and that its container can write to. */
export interface ScratchIntent {
  /** The absolute path. */
  readonly path: string;
  /** The size in MiB. @default - the target's */
  readonly sizeMib?: number;
  /** Whether its files are in memory. */
  readonly inMemory: boolean;
}
