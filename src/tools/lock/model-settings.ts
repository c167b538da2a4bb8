/** How to lock a model. */
export interface ModelSettings {
  readonly key: string;
  readonly directory: string;
  readonly variant: string;
  readonly base?: string;
  readonly to?: string;
  readonly owner?: string;
  readonly source?: string;
  /** Files that look like credentials but are published anyway. @default - none */
  readonly allowed?: readonly string[];
  /** Access the registry of the base without TLS. @default - on this machine only */
  readonly plainHttp?: boolean;
}
