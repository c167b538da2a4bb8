import type { OwnAddress } from '../choices';
import type { HeaderIntent } from './endpoint';

/** That a backend serves an endpoint. */
export interface AttachmentIntent {
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The backend's key. */
  readonly backend: string;
  /** How the backend is reached beside the endpoint's shares. */
  readonly address: OwnAddress;
  /** The backend's part of a path of its own. */
  readonly segment: string;
}

/** A backend's share. */
export interface ShareIntent {
  /** The backend's key. */
  readonly backend: string;
  /** The weight as typed. */
  readonly weight: number;
}

/** Requests picked by a header. */
export interface HeaderRuleIntent {
  /** The header. */
  readonly header: HeaderIntent;
  /** The backend's key; none keeps the shares. */
  readonly backend?: string;
  /** The path that the server sees. */
  readonly rewritePath?: string;
}

/** Who gets which share of an endpoint's requests. */
export interface SplitIntent {
  /** The construct path. */
  readonly path: string;
  /** The endpoint's key. */
  readonly endpoint: string;
  /** The shares; none means equal shares. */
  readonly shares: ShareIntent[];
  /** The header rules, in order. */
  readonly headerRules: HeaderRuleIntent[];
}
