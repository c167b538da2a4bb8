/**
 * The parties between a client and a replica, modeled by their behavior and independent of the rules behind the times.
 *
 * All times are in seconds. An event that never happens is at infinity.
 */

/** A party that sends or forwards requests: a client, a proxy, a balancer. */
export interface Hop {
  readonly name: string;
  /** How long it keeps an idle connection on the client side. */
  readonly clientIdle: number;
  /** How long it keeps an idle connection on the server side; 0 for a new connection per request. */
  readonly serverIdle: number;
  /** The timeout of a request without traffic. */
  readonly silence: number;
  /** The timeout of a request. */
  readonly request: number;
  /** How early both may end a request, other than a stream. @default - as early as any timer */
  readonly requestSkew?: number;
  /** Whether `silence` applies to connections, which it closes without a response. */
  readonly cutsConnections: boolean;
  /** Whether it only forwards packets, so that its neighbors share a connection. It drops a silent one. */
  readonly passesThrough: boolean;
  /** Whether it is part of the replica. */
  readonly inReplica: boolean;
  /** Whether it tries another replica if a connection is refused, which is safe for any request. */
  readonly retries: boolean;
}

/** How a server treats a connection that is opened after SIGTERM. */
export type LateConnection = 'refused' | 'hangs' | 'reset' | 'served';

/** The server in a replica. */
export interface Server {
  readonly name: string;
  /** How long it keeps an idle connection; 0 if each response announces the close. */
  readonly keepAlive: number;
  /** How long it keeps a connection that has not sent any data. */
  readonly firstByte: number;
  /** The timeout of a request. */
  readonly request: number;
  /** Whether it completes running requests after SIGTERM. */
  readonly drains: boolean;
  /** The drain time after SIGTERM. */
  readonly drain: number;
  /** Whether it closes idle connections on SIGTERM. */
  readonly closesIdle: boolean;
  readonly lateConnection: LateConnection;
  /** Whether it serves requests that arrive after SIGTERM on an open connection. */
  readonly servesLate: boolean;
}

/** The chain of a request: the client, the hops from the outermost to the balancer and a sidecar, and the server. */
export interface Chain {
  readonly hops: readonly Hop[];
  readonly server: Server;
}

/** How a replica is stopped. */
export interface Leaving {
  /** When the stop begins. */
  readonly at: number;
  /** After how long the last request from the balancer has reached it. */
  readonly lastSent: number;
  /** The same for callers that bypass the balancer. */
  readonly lastDirect: number;
  /** After how long the balancer ends the requests that still run. @default - never */
  readonly deregistered?: number;
  /** The time from the beginning to SIGTERM. */
  readonly signal: number;
  /** The time from SIGTERM to SIGKILL. */
  readonly kill: number;
}

/** A request. */
export interface Call {
  readonly at: number;
  readonly seconds: number;
  /** The longest time without data. */
  readonly silence: number;
  /** Whether it may be cut off when its replica stops. */
  readonly mayBeCut?: boolean;
  /** Whether it bypasses every hop. */
  readonly direct?: boolean;
}

/** The conditions that are random in production, and that a proof must try. */
export interface Chance {
  /** How much earlier one of two timers with the same end fires. */
  readonly early: number;
  /** When a connection to the server is opened in advance, without a request. @default - never */
  readonly preconnectAt?: number;
}

/**
 * The maximum skew between the timers at both ends of a connection. One end considers a response complete while it is still
 * in transit, servers check their timers every few seconds, and most count whole seconds.
 */
export const MAX_SKEW = 9.9;

/** The latency of a packet from one party to the next. */
export const LATENCY = 0.001;
