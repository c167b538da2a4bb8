import type { SupportLevel } from '../plan/target-profile';

/** How far a gateway supports a feature. */
export interface GatewaySupport {
  /** The level of support. */
  readonly level: SupportLevel;
  /** How it is done, how far, or what to do instead, in one line. */
  readonly detail: string;
}

/**
 * The features of routes, and how far a gateway supports each.
 *
 * A feature that is left out is as with `GatewayProfile.PORTABLE`. What backends do whatever the gateway is, such as
 * autoscaling and models, is not listed here.
 */
export interface GatewayFeatures {
  /** Weighted shares between backends. @default - weights of an HTTPRoute, to which shares converge */
  readonly weights?: GatewaySupport;
  /** Requests matched by method. @default - method matches of an HTTPRoute */
  readonly methodMatch?: GatewaySupport;
  /** Requests matched by header. @default - header matches of an HTTPRoute */
  readonly headerMatch?: GatewaySupport;
  /** Forwarding without the path of the endpoint. @default - a URLRewrite filter */
  readonly stripPrefix?: GatewaySupport;
  /** A path that a header selects. @default - a URLRewrite filter */
  readonly pathByHeader?: GatewaySupport;
  /** The address of a backend of its own. @default - rules of the HTTPRoute */
  readonly ownAddress?: GatewaySupport;
  /** Upgraded connections. @default - left to the gateway */
  readonly webSocket?: GatewaySupport;
  /** Replicas take turns. @default - left to the gateway */
  readonly roundRobin?: GatewaySupport;
  /** The replica with the fewest unfinished requests is next. @default - left to the gateway */
  readonly leastOutstanding?: GatewaySupport;
  /** A limit on the time of a request. @default - native with `requestTimeouts`, otherwise left to the gateway */
  readonly requestTimeout?: GatewaySupport;
  /** 405 for a known path with another method. @default - left to the gateway */
  readonly methodNotAllowed?: GatewaySupport;
  /** The `Allow` header of a 405. @default - left to the gateway */
  readonly allowHeader?: GatewaySupport;
  /** Keep-alive between the gateway and the servers. @default - left to the gateway */
  readonly keepAlive?: GatewaySupport;
  /** No requests for a backend without a ready replica. @default - left to the gateway */
  readonly failover?: GatewaySupport;
  /** A limit of concurrent requests for each replica. @default - left to the application */
  readonly maxConcurrency?: GatewaySupport;
}
