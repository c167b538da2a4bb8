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
