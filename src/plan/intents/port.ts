/** A named port in addition to the one that serves requests. */
export interface AdditionalPortIntent {
  /** The name, such as `metrics`. */
  readonly name: string;
  /** The number of the TCP port. */
  readonly port: number;
}
