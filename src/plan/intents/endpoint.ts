import type { StreamProtocol } from '../choices';

/** A header condition. */
export interface HeaderIntent {
  /** The name of the header, in lower case. */
  readonly name: string;
  /** The values, any of which matches. */
  readonly values: string[];
}

/** A path below an endpoint whose requests have their own time. */
export interface PathTimeIntent {
  /** The path below that of the endpoint, such as `/batch`. */
  readonly path: string;
  /** The longest request in seconds. */
  readonly requestTimeoutSeconds: number;
}

/** The cross-origin requests that an endpoint accepts. */
export interface CorsIntent {
  /** The origins, or `*` alone. */
  readonly origins: string[];
  /** The methods. */
  readonly methods: string[];
  /** The request headers, in lower case. */
  readonly headers: string[];
  /** Whether browsers send credentials. */
  readonly credentials: boolean;
  /** The response headers that pages may read, in lower case. */
  readonly exposedHeaders: string[];
  /** How long browsers may keep the answer to a preflight request, in seconds. */
  readonly maxAgeSeconds: number;
}

/** The options of an endpoint after defaults. */
export interface EndpointIntent {
  /** The construct path, which is the endpoint's key in a plan. */
  readonly path: string;
  /** The name the user gave. */
  readonly name: string;
  /** The legal name. */
  readonly slug: string;
  /** The description. @default - none */
  readonly description?: string;
  /** The path prefix, such as `/` or `/classify`. */
  readonly prefix: string;
  /** The hosts; none means every host. */
  readonly hosts: string[];
  /** The methods; none means every method. */
  readonly methods: string[];
  /** The headers a request must have. */
  readonly headers: HeaderIntent[];
  /** Whether the prefix is removed before the request is forwarded. */
  readonly stripPrefix: boolean;
  /** The longest request in seconds, those of `pathTimes` included. */
  readonly requestTimeoutSeconds: number;
  /** The longest request outside of `pathTimes` in seconds. @default - `requestTimeoutSeconds` */
  readonly ownTimeoutSeconds?: number;
  /** The paths whose requests have their own time. @default - none */
  readonly pathTimes?: PathTimeIntent[];
  /** The longest stream in seconds. @default - no streams */
  readonly streamSeconds?: number;
  /** The longest silence in a stream in seconds. @default - no heartbeat */
  readonly heartbeatSeconds?: number;
  /** The protocol of streams. @default - no streams, or any kind over HTTP/1.1 */
  readonly protocol?: StreamProtocol;
  /** Whether streams may be cut off when their replica stops. @default false */
  readonly cutOnStop?: boolean;
  /** The cross-origin requests of browsers that it accepts. @default - left to the server */
  readonly cors?: CorsIntent;
  /** The first of the priorities of the endpoint's rules, if the target numbers its rules. @default - computed */
  readonly priority?: number;
  /** What identifies its resources to the target, which priorities derive from. @default - the construct path */
  readonly identity?: string;
}
