/** The batches that a server forms of concurrent requests. */
export interface BatchingIntent {
  /** The largest batch. */
  readonly maxBatchSize: number;
  /** How long the first request of a batch waits for others, in seconds. @default - batches do not wait */
  readonly delaySeconds?: number;
}
