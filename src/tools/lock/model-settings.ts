/** A model as a user wants it locked. */
export interface ModelSettings {
  readonly key: string;
  readonly directory: string;
  readonly variant: string;
  readonly base?: string;
  readonly to?: string;
  readonly owner?: string;
  readonly source?: string;
  /** Files that look like credentials and are published all the same. @default - none */
  readonly allowed?: readonly string[];
  /** Speak to the registry of the base without TLS. @default - with this machine only */
  readonly plainHttp?: boolean;
}
