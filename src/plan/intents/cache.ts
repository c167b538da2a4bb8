/** A directory whose files outlive the replica, and that all replicas share. */
export interface CacheIntent {
  /** The absolute path. */
  readonly path: string;
  /** The name of the volume in messages. */
  readonly volume: string;
  /** The variables that place the caches of libraries in it. */
  readonly variables: Record<string, string>;
}
