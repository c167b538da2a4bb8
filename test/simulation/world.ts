/**
 * What stands between a client and a replica, by what each part does. Nothing here knows the rules that give the times.
 *
 * All times are in seconds; what never happens happens at infinity.
 */

/** Whoever passes requests on: a client, a proxy, a balancer. */
export interface Hop {
  readonly name: string;
  /** How long it keeps an idle connection of who is in front of it. */
  readonly clientIdle: number;
  /** How long it keeps an idle connection to who is behind it for another request; 0 for a connection each. */
  readonly serverIdle: number;
  /** After how long it gives up on a request on which nothing comes. */
  readonly silence: number;
  /** After how long it ends a request, whatever comes. */
  readonly request: number;
  /** Whether its silence is one of connections, which it cuts without an answer. */
  readonly cutsConnections: boolean;
  /** Whether it hands packets on, so that connections are those of its neighbours. It forgets one that is silent. */
  readonly passesThrough: boolean;
  /** Whether it is a part of the replica, beside the server. */
  readonly inReplica: boolean;
  /** Whether it tries another replica where a connection is refused, which is safe for any request. */
  readonly triesAgain: boolean;
}

/** What becomes of a connection that is opened after the signal. */
export type Newcomer = 'refused' | 'hangs' | 'reset' | 'served';

/** The server in a replica. */
export interface Server {
  readonly name: string;
  /** How long it keeps an idle connection; 0 where each response says that it is the last of its connection. */
  readonly keepAlive: number;
  /** How long it keeps a connection that has not sent anything. */
  readonly firstByte: number;
  /** After how long it ends a request. */
  readonly request: number;
  /** Whether it finishes running requests after the signal. */
  readonly drains: boolean;
  /** For how long after the signal it does. */
  readonly drain: number;
  /** Whether it ends its idle connections at the signal. */
  readonly closesIdle: boolean;
  readonly newcomer: Newcomer;
  /** Whether it works on what reaches it after the signal on a connection that it has kept. */
  readonly servesLate: boolean;
}

/** The way of requests: the client, the hops from the outermost to the balancer and a proxy beside the server. */
export interface Way {
  readonly hops: readonly Hop[];
  readonly server: Server;
}

/** How a replica is taken away. */
export interface Leaving {
  /** When that begins. */
  readonly at: number;
  /** After how long the last request of the balancer has reached it. */
  readonly lastSent: number;
  /** The same of those who call it around the balancer. */
  readonly lastDirect: number;
  /** After how long the balancer ends what still runs there. @default - never */
  readonly letsGo?: number;
  /** How long after the beginning the server gets the signal. */
  readonly signal: number;
  /** How long after the signal the server is killed. */
  readonly kill: number;
}

/** A request. */
export interface Call {
  readonly at: number;
  readonly seconds: number;
  /** The longest time in which it says nothing. */
  readonly silence: number;
  /** Whether it may be cut when its replica is taken away. */
  readonly mayBeCut?: boolean;
  /** Whether it goes around every hop. */
  readonly direct?: boolean;
}

/** What a run leaves to chance, and what a proof has to try. */
export interface Chance {
  /** How much earlier than another timer one may end that should end at the same time. */
  readonly early: number;
  /** When a connection to the server is opened on which nothing is sent at first. @default - never */
  readonly opensAhead?: number;
}

/**
 * How far the timers at both ends of a connection may be apart: one end believes that a response has ended while it is
 * still on its way to the other, servers look at their timers every few seconds, and most count in whole ones.
 */
export const APART = 9.9;

/** How long a packet takes from one party to the next. */
export const LATENCY = 0.001;
