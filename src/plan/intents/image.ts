/** What is known of an image. Defaults of its containers follow from it. */
export interface ImageFactsIntent {
  /** The repository, such as `rayproject/ray`. */
  readonly repository: string;
  /** The version of the image, or the date of its sources, that the facts were read from. */
  readonly version: string;
  /** Where they were read. */
  readonly source: string;
  /**
   * Whether they are those of the usual base of images for the server, because the image itself is not known. Its home then
   * does not apply.
   *
   * @default false
   */
  readonly isAssumed?: boolean;
  /** The numeric ID of its user. */
  readonly user: number;
  /** The name of its user. @default - unknown */
  readonly userName?: string;
  /** The home directory of its user. @default - unknown */
  readonly home?: string;
  /** The ENTRYPOINT. @default - none */
  readonly entryPoint?: string[];
  /** The port that its server listens on by default. @default - none */
  readonly port?: number;
  /** The Python interpreter of its server. @default - none, or unknown */
  readonly python?: string;
  /**
   * Variables of the image that place caches and other written files where only its own user can write, each with a
   * directory below `/tmp` instead.
   *
   * @default - none
   */
  readonly caches?: Record<string, string>;
  /** Directories outside `/tmp` that its server writes to, and that no variable moves. @default - none */
  readonly writtenPaths?: string[];
}
