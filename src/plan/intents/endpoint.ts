import type { StreamProtocol } from '../choices';

/** A header and the values that a request may have in it. */
export interface HeaderIntent {
  /** The header's name, in small letters. */
  readonly name: string;
  /** The values, any of which matches. */
  readonly values: string[];
}

/** What an endpoint asks for, after defaults. */
export interface EndpointIntent {
  /** The construct path, which is the endpoint's key in a plan. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** What the endpoint is for. */
  readonly description?: string;
  /** The path prefix, such as `/` or `/classify`. */
  readonly prefix: string;
  /** The hosts; none means every host. */
  readonly hosts: string[];
  /** The methods; none means every method. */
  readonly methods: string[];
  /** The headers a request must have. */
  readonly headers: HeaderIntent[];
  /** Whether the prefix is taken off before the server sees the path. */
  readonly stripPrefix: boolean;
  /** The longest request in seconds. */
  readonly requestTimeoutSeconds: number;
  /** The longest stream in seconds. */
  readonly streamSeconds?: number;
  /** The longest silence in a stream in seconds. */
  readonly heartbeatSeconds?: number;
  /** What streams are made of. @default - it has no streams, or any kind over HTTP/1.1 */
  readonly protocol?: StreamProtocol;
  /** Whether a stream may be cut when its replica is stopped. @default false */
  readonly cutOnStop?: boolean;
  /** The priority of the endpoint's first rule where the target numbers its rules. */
  readonly priority?: number;
}
