/** The address of a backend in addition to its share of an endpoint, so that a version can be tested without a share. */
export enum OwnAddress {
  /** The address of the endpoint with the header `x-serving-backend`, whose value is the name of the backend. */
  HEADER = 'header',
  /** A separate path, `<path of the endpoint>/_b/<name>`. */
  PATH = 'path',
  /** None: the backend gets requests by its share and by header rules only. */
  NONE = 'none',
}

/** How the replica of a backend is chosen for a request. */
export enum LoadBalancing {
  /** Replicas get requests in turn. */
  ROUND_ROBIN = 'round robin',
  /** The replica with the fewest outstanding requests gets the next one. */
  LEAST_OUTSTANDING_REQUESTS = 'least outstanding requests',
}

/** The protocol between the balancer and a server. */
export enum ServerProtocol {
  /** HTTP/1.1. */
  HTTP1 = 'HTTP/1.1',
  /** HTTP/2 without TLS, which the server must accept without an upgrade. */
  HTTP2 = 'HTTP/2',
  /** gRPC without TLS, with a unary or streaming call for each request. */
  GRPC = 'gRPC',
}

/** The protocol of streams. */
export enum StreamProtocol {
  /** An HTTP response in parts, such as server-sent events. Comments and chunks are heartbeats. */
  SERVER_SENT_EVENTS = 'server-sent events',
  /**
   * WebSocket. Messages and pings are heartbeats. The built-in router of Kubernetes refuses a WebSocket on every endpoint
   * with another protocol.
   */
  WEB_SOCKET = 'web socket',
  /** gRPC. Messages are heartbeats, HTTP/2 PING frames are not. The backends have the protocol `ServerProtocol.GRPC`. */
  GRPC = 'grpc',
}

/** The status of a request for which a queue has no place. */
export enum QueueStatus {
  /** 429 Too Many Requests. */
  TOO_MANY_REQUESTS = '429',
  /** 503 Service Unavailable. */
  SERVICE_UNAVAILABLE = '503',
}
