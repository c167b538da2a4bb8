import type { SupportLevel } from '../plan/target-profile';

/** How well a gateway supports a feature. */
export interface GatewaySupport {
  /** The level of support. */
  readonly level: SupportLevel;
  /** How the gateway implements it, its limits, or what to do instead, in one line. */
  readonly detail: string;
}

/**
 * The features of routes, and how well a gateway supports each.
 *
 * An omitted feature has the entry of `GatewayProfile.PORTABLE`. Features of backends that do not depend on the gateway,
 * such as autoscaling and models, are not listed here.
 */
export interface GatewayFeatures {
  /** Weighted shares between backends. @default - weights of an HTTPRoute; shares converge over many requests */
  readonly weights?: GatewaySupport;
  /** A client keeps the backend that the shares gave it. @default - not supported */
  readonly stickyBackends?: GatewaySupport;
  /** A client keeps its replica of the only backend of an endpoint. @default - not supported */
  readonly stickyReplicas?: GatewaySupport;
  /** Requests are matched by method. @default - method matches of an HTTPRoute */
  readonly methodMatch?: GatewaySupport;
  /** Requests are matched by header. @default - header matches of an HTTPRoute */
  readonly headerMatch?: GatewaySupport;
  /** The path of the endpoint is removed before forwarding. @default - a URLRewrite filter */
  readonly stripPrefix?: GatewaySupport;
  /** Servers get the removed path in `X-Forwarded-Prefix`. @default - a RequestHeaderModifier filter */
  readonly forwardedPrefix?: GatewaySupport;
  /** A header selects the path that the server gets. @default - a URLRewrite filter */
  readonly pathByHeader?: GatewaySupport;
  /** A backend has its own address. @default - rules of the HTTPRoute */
  readonly ownAddress?: GatewaySupport;
  /** Upgraded connections. @default - left to the gateway */
  readonly webSocket?: GatewaySupport;
  /** HTTP/2 without TLS to the servers. @default - left to the gateway, which reads `appProtocol` of the Services */
  readonly http2?: GatewaySupport;
  /** gRPC calls. @default - a GRPCRoute */
  readonly grpc?: GatewaySupport;
  /** Replicas take turns. @default - left to the gateway */
  readonly roundRobin?: GatewaySupport;
  /** The replica with the fewest outstanding requests is next. @default - left to the gateway */
  readonly leastOutstanding?: GatewaySupport;
  /** A limit on the duration of a request. @default - native with `requestTimeouts`, otherwise left to the gateway */
  readonly requestTimeout?: GatewaySupport;
  /** Such a limit for a path below an endpoint. @default - native with `requestTimeouts`, otherwise left to the gateway */
  readonly pathTimeout?: GatewaySupport;
  /** Requests with a method that the path does not allow are answered with 405. @default - left to the gateway */
  readonly methodNotAllowed?: GatewaySupport;
  /** The `Allow` header of a 405. @default - left to the gateway */
  readonly allowHeader?: GatewaySupport;
  /** Cross-origin requests, by the CORS filter of an HTTPRoute. @default - not supported */
  readonly cors?: GatewaySupport;
  /** Keep-alive between the gateway and the servers. @default - left to the gateway */
  readonly keepAlive?: GatewaySupport;
  /** A backend without a ready replica gets no requests. @default - left to the gateway */
  readonly failover?: GatewaySupport;
  /** A limit on the concurrent requests of each replica. @default - left to the application */
  readonly maxConcurrency?: GatewaySupport;
  /** A limited queue in front of the replicas. @default - left to the application */
  readonly queue?: GatewaySupport;
  /** Requests end with the connection of their client. @default - left to the gateway */
  readonly cancellation?: GatewaySupport;
}
