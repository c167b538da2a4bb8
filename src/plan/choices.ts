/** The address that a backend has at an endpoint beside the shares, so that a version can be tried before it has one. */
export enum OwnAddress {
  /** The address of the endpoint, with the header `x-serving-backend` and the backend's name. */
  HEADER = 'header',
  /** A path of its own, `<path of the endpoint>/_b/<name>`. */
  PATH = 'path',
  /** None: requests reach the backend by shares and header rules only. */
  NONE = 'none',
}

/** How the next replica of a backend is chosen. */
export enum LoadBalancing {
  /** Replicas take turns. */
  ROUND_ROBIN = 'round robin',
  /** The replica with the fewest unfinished requests is next. */
  LEAST_OUTSTANDING_REQUESTS = 'least outstanding requests',
}

/** What streams are made of. */
export enum StreamProtocol {
  /** An answer over HTTP that comes in parts, such as server-sent events. Comments and chunks are heartbeats. */
  SERVER_SENT_EVENTS = 'server-sent events',
  /**
   * WebSocket. Messages and pings are heartbeats. The built-in router of Kubernetes refuses a WebSocket on every endpoint
   * that does not stream by it.
   */
  WEB_SOCKET = 'web socket',
  /** gRPC. Messages are heartbeats, a PING of HTTP/2 is none. */
  GRPC = 'grpc',
}
