/**
 * A balancer or proxy that requests pass, by its times. One that is left out has no limit.
 *
 * A connection has two ends, so a hop has times towards the client and towards the server.
 */
export interface HopIntent {
  /** The name in messages, such as `Amazon CloudFront`. */
  readonly name: string;
  /** How long it keeps an idle connection of the client's side, in seconds. @default - it never ends one */
  readonly clientIdleSeconds?: number;
  /** How long it keeps an idle connection to the server's side for the next request, in seconds; 0 keeps none. @default - it never ends one */
  readonly serverIdleSeconds?: number;
  /** After how long it gives up on a request on which nothing comes, in seconds. @default - never */
  readonly silenceSeconds?: number;
  /** After how long it ends a request, whatever comes, in seconds. @default - never */
  readonly requestSeconds?: number;
  /** Whether its silence is that of the connection, in both directions, as on a load balancer. @default false */
  readonly cutsConnections?: boolean;
  /** Whether it hands bytes on without knowing requests, so that connections are those of its neighbours. @default false */
  readonly passesThrough?: boolean;
  /** Where the numbers come from. @default - whoever declared the hop */
  readonly source?: string;
}
