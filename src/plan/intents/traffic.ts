import type { OwnAddress } from '../choices';
import type { HeaderIntent } from './endpoint';

/** The attachment of a backend to an endpoint. */
export interface AttachmentIntent {
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The backend's key. */
  readonly backend: string;
  /** The address of the backend in addition to the endpoint's shares. */
  readonly address: OwnAddress;
  /** The segment of the backend in its own path. */
  readonly segment: string;
}

/** A backend's share. */
export interface ShareIntent {
  /** The backend's key. */
  readonly backend: string;
  /** The weight as the user set it. */
  readonly weight: number;
}

/** A rule for requests with a header. */
export interface HeaderRuleIntent {
  /** The header. */
  readonly header: HeaderIntent;
  /** The backend's key. @default - the shares apply */
  readonly backend?: string;
  /** The path of the forwarded request. @default - the path is kept */
  readonly rewritePath?: string;
}

/** The split of an endpoint's requests. */
export interface SplitIntent {
  /** The construct path. */
  readonly path: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The shares; none means equal shares. */
  readonly shares: ShareIntent[];
  /** The header rules, in order. */
  readonly headerRules: HeaderRuleIntent[];
  /** How long a client keeps the backend that the shares gave it, in seconds. @default - it does not */
  readonly stickySeconds?: number;
}
