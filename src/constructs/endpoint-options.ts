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

/** Responses that are streamed. */
export interface Streaming {
  /** The maximum duration of a stream. */
  readonly maxDuration: Duration;

  /** The longest pause in a stream. The server must send data at least this often. */
  readonly heartbeat: Duration;

  /**
   * The protocol of the streams. Every backend of the endpoint must support it.
   *
   * AWS: gRPC requires a certificate. Kubernetes: clients of gRPC use HTTP/2 without TLS at the router.
   *
   * @default StreamProtocol.SERVER_SENT_EVENTS
   */
  readonly protocol?: StreamProtocol;

  /**
   * Whether a stream may be interrupted when its replica stops. A stop then waits for `requestTimeout` only.
   *
   * @default false
   */
  readonly cutOnStop?: boolean;
}

/** A path below an endpoint whose requests may take longer, or less long, than the others. */
export interface EndpointPath {
  /**
   * The path below that of the endpoint, matched by segment: with the path `/v1` of the endpoint, `/batch` matches
   * `/v1/batch` and everything below it.
   */
  readonly path: string;

  /** The longest time that a request for it may take. */
  readonly requestTimeout: Duration;
}

/**
 * The cross-origin requests of browsers that an endpoint accepts (CORS).
 *
 * The balancer answers preflight requests, without a server, and adds the headers to all responses of the endpoint, instead
 * of those of the server.
 */
export interface CorsOptions {
  /**
   * The origins of the pages that may call the endpoint, such as `https://app.example.com`, or `*` alone for every origin.
   *
   * AWS: one, because the header is the same in every response. Kubernetes: any number.
   */
  readonly allowOrigins: string[];

  /**
   * The methods that these pages may use.
   *
   * @default - `methods` of the endpoint; GET, HEAD, POST, PUT, PATCH and DELETE if it accepts every method
   */
  readonly allowMethods?: HttpMethod[];

  /**
   * The names of the request headers that these pages may set, in addition to those that browsers always allow.
   *
   * @default - `Content-Type`, which requests with JSON need
   */
  readonly allowHeaders?: string[];

  /**
   * Whether browsers send cookies and other credentials. It requires a list of origins instead of `*`.
   *
   * @default false
   */
  readonly allowCredentials?: boolean;

  /**
   * The names of the response headers that these pages may read, in addition to those that browsers always allow.
   *
   * @default - none
   */
  readonly exposeHeaders?: string[];

  /**
   * How long browsers may keep the answer to a preflight request: at least one second with a gateway.
   *
   * @default Duration.seconds(5), like browsers
   */
  readonly maxAge?: Duration;
}

/** Properties of an endpoint. */
export interface ServingEndpointProps {
  /**
   * The platform that serves the endpoint.
   *
   * @default - the nearest platform in the enclosing scopes, otherwise the built-in platform of the Stack or Chart
   */
  readonly platform?: ServingPlatform;

  /**
   * The name of the endpoint, from which resource names derive: a change of it creates new resources, like a change of the
   * construct id.
   *
   * @default - the construct id
   */
  readonly endpointName?: string;

  /**
   * A description of the endpoint.
   *
   * AWS: the description of the URL output. Kubernetes: an annotation.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * The path prefix, matched by segment: `/classify` matches `/classify` and everything below it.
   *
   * It may contain escapes in UTF-8 of characters that need one, such as `%20` for a space. AWS: an error, because an Application
   * Load Balancer cannot match them. Kubernetes: the router compares paths after decoding; gateways compare them as clients send
   * them, with digits of escapes in capitals.
   *
   * @default '/'
   */
  readonly path?: string;

  /**
   * The hosts that the endpoint serves, such as `models.example.com` or `*.example.com`. An Application Load Balancer requires
   * a dot in each, and a gateway refuses IP addresses.
   *
   * @default - every host
   */
  readonly hosts?: string[];

  /**
   * The HTTP methods that the endpoint accepts. Requests for its path with other methods are answered with 405. GET includes
   * HEAD.
   *
   * @default - every method
   */
  readonly methods?: HttpMethod[];

  /**
   * Headers that a request must have.
   *
   * @default - none
   */
  readonly headers?: HeaderMatch[];

  /**
   * Whether the prefix is removed from the path before a request is sent to the server.
   *
   * The container gets the prefix in the variable `SERVING_PATH_PREFIX`, and a server with a setting for it, such as
   * `--root-path` of uvicorn, gets it there, so that links and redirects of the application start with it. If a backend
   * has endpoints that remove different prefixes, the variable is empty. A change of the prefix, or another endpoint that
   * removes a different one, is therefore a rollout of the backend.
   *
   * Kubernetes: the server also gets it in the header `X-Forwarded-Prefix`. AWS: the load balancer cannot set headers.
   *
   * @default false
   */
  readonly stripPrefix?: boolean;

  /**
   * The longest time that a request may take. Every other timeout is computed from it.
   *
   * @default Duration.seconds(60)
   */
  readonly requestTimeout?: Duration;

  /**
   * Paths below the endpoint with a `requestTimeout` of their own. Backends, shares, methods and headers are those of the
   * endpoint.
   *
   * The longest time of all counts where a time cannot depend on the path: for the server, for its drain and for the stop
   * of a replica. A change of the longest time can therefore be a rollout of the backends.
   *
   * AWS: also for the idle timeout of the load balancer, so that a shorter time of a path is not enforced. Kubernetes:
   * routes of the router or of the gateway, unless request timeouts are left to the gateway. No other endpoint may match
   * requests for these paths.
   *
   * @default - every request has the `requestTimeout` of the endpoint
   */
  readonly paths?: EndpointPath[];

  /**
   * Streamed responses, which may take longer than `requestTimeout`.
   *
   * @default - responses are not streamed
   */
  readonly streaming?: Streaming;

  /**
   * The cross-origin requests of browsers that the endpoint accepts.
   *
   * AWS: attributes of the listener, so that all endpoints of a platform have the same, and a rule that answers preflight
   * requests; an error with an existing listener. Kubernetes: the router answers them and adds the headers; Envoy Gateway has
   * the CORS filter of HTTPRoutes, and it is an error with other gateways.
   *
   * @default - none; preflight requests are requests with the method OPTIONS, and the server adds the headers
   */
  readonly cors?: CorsOptions;

  /**
   * The first of the 100 priorities that the endpoint reserves for its rules. It applies only to targets that number their
   * rules.
   *
   * AWS: 1 to 43,021; lower numbers are evaluated first. Addresses of backends have the numbers from here, header rules those
   * from 40 after it, shares from 68 and the 405 from 84, so that a rule that is added moves no other. Kubernetes: no effect.
   *
   * @default - derived from the specificity of the route and the construct path of the endpoint
   */
  readonly priority?: number;
}

/** Options for attaching a backend to an endpoint. */
export interface AttachBackendOptions {
  /**
   * How clients can address the backend directly at this endpoint.
   *
   * @default - `ownAddress` of the backend
   */
  readonly ownAddress?: OwnAddress;
}

/** The address of one backend of an endpoint. */
export interface BackendAddress {
  /** The URL. */
  readonly url: string;
  /** The name of the required header. @default - no header is required */
  readonly header?: string;
  /** The value of that header. @default - none */
  readonly value?: string;
}
