import type { OwnAddress, StreamProtocol } from '../plan/choices';
import type { Duration } from '../units/duration';
import type { ServingPlatform } from './serving-platform';

/** A method of an HTTP request. */
export enum HttpMethod {
  /** CONNECT. The built-in router of Kubernetes does not support it. */
  CONNECT = 'CONNECT',
  /** DELETE */
  DELETE = 'DELETE',
  /** GET */
  GET = 'GET',
  /** HEAD */
  HEAD = 'HEAD',
  /** OPTIONS */
  OPTIONS = 'OPTIONS',
  /** PATCH */
  PATCH = 'PATCH',
  /** POST */
  POST = 'POST',
  /** PUT */
  PUT = 'PUT',
  /** TRACE. The built-in router of Kubernetes does not support it. */
  TRACE = 'TRACE',
}

/** A header that a request must have. */
export interface HeaderMatch {
  /** The name of the header. */
  readonly name: string;
  /** The values, any of which matches. */
  readonly values: string[];
}

/** Answers that come in parts. */
export interface Streaming {
  /** The longest that a stream may last. */
  readonly maxDuration: Duration;

  /** The longest silence in a stream, which the server must keep by sending something. */
  readonly heartbeat: Duration;

  /**
   * What streams are made of. Every backend of the endpoint must speak it.
   *
   * AWS and Kubernetes: gRPC is not rendered yet and refused.
   *
   * @default StreamProtocol.SERVER_SENT_EVENTS
   */
  readonly protocol?: StreamProtocol;

  /**
   * Whether a stream may be cut when its replica is stopped, so that a stop waits for `requestTimeout` only.
   *
   * @default false
   */
  readonly cutOnStop?: boolean;
}

/** Properties of an endpoint. */
export interface ServingEndpointProps {
  /**
   * The platform that serves it.
   *
   * @default - the nearest platform around the scope, else the built-in one of the Stack or Chart
   */
  readonly platform?: ServingPlatform;

  /**
   * The name for people.
   *
   * @default - the construct id
   */
  readonly endpointName?: string;

  /**
   * What the endpoint is for.
   *
   * AWS: the description of the URL output. Kubernetes: an annotation.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The path prefix of its requests, by whole segments: `/classify` means `/classify` and all below it.
   *
   * @default '/'
   */
  readonly path?: string;

  /**
   * The hosts of its requests, such as `models.example.com` or `*.example.com`.
   *
   * @default - every host
   */
  readonly hosts?: string[];

  /**
   * The methods of its requests. Another method for the same path is answered with 405.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * Headers that its requests must have.
   *
   * @default - none
   */
  readonly headers?: HeaderMatch[];

  /**
   * Whether the server sees the path without the endpoint's.
   *
   * @default false
   */
  readonly stripPrefix?: boolean;

  /**
   * The longest that a request may take: the one number behind every timeout.
   *
   * @default Duration.seconds(60)
   */
  readonly requestTimeout?: Duration;

  /**
   * Answers that come in parts and may take longer than `requestTimeout`.
   *
   * @default - every answer comes whole
   */
  readonly streaming?: Streaming;

  /**
   * The priority of the endpoint's first rule; the others follow it. Only for targets that number their rules.
   *
   * AWS: 1 to 43,120, lower is tried first. Kubernetes: has no effect, the order of matching decides.
   *
   * @default - derived from host, path, methods and headers
   */
  readonly priority?: number;
}

/** How a backend is given to an endpoint. */
export interface AttachBackendOptions {
  /**
   * The address that the backend has at this endpoint beside the shares.
   *
   * @default - as the backend, which by default has none where the platform is public
   */
  readonly ownAddress?: OwnAddress;
}

/** The address that a backend has beside the endpoint's shares. */
export interface BackendAddress {
  /** The URL. */
  readonly url: string;
  /** The name of the header that a request needs. @default - none, the URL is enough */
  readonly header?: string;
  /** The value of that header. @default - none */
  readonly value?: string;
}
