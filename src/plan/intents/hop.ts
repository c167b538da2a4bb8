/**
 * A balancer or proxy between client and server, with its times. A time that is left out has no limit.
 *
 * A hop has separate times for connections to the client side and to the server side.
 */
export interface HopIntent {
  /** The name in messages, such as `Amazon CloudFront`. */
  readonly name: string;
  /** How long it keeps an idle connection on the client side, in seconds. @default - no limit */
  readonly clientIdleSeconds?: number;
  /** How long it keeps an idle connection on the server side, in seconds; 0 keeps none. @default - no limit */
  readonly serverIdleSeconds?: number;
  /** The timeout of a request without traffic, in seconds. @default - no limit */
  readonly silenceSeconds?: number;
  /** The timeout of a request, in seconds. @default - no limit */
  readonly requestSeconds?: number;
  /** Whether `silenceSeconds` applies to the connection in both directions, as on a load balancer. @default false */
  readonly cutsConnections?: boolean;
  /** Whether it forwards bytes without parsing requests, so that its neighbors share a connection. @default false */
  readonly passesThrough?: boolean;
  /** The source of the times. @default - the definition */
  readonly source?: string;
}
