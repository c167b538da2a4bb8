import type { ProbeName } from './subject';

/** How long the server left a connection open. */
export interface Lifetime {
  /** Seconds until the server ended it; without a value it was still open when it was watched no longer. */
  readonly seconds?: number;
  /** How long it was watched at most, in seconds. */
  readonly watched: number;
  /** The status that was sent without a request. */
  readonly status?: number;
}

/** What a request got. */
export interface Outcome {
  /** The status; without a value the connection ended before there was a response. */
  readonly status?: number;
  /** Seconds from the signal, or from the request where there was none. */
  readonly seconds: number;
}

/** What a connection got that was opened after the signal. */
export type Reception = 'refused' | 'reset' | 'served' | 'hang';

/** How a server ended after SIGTERM. */
export interface Exit {
  /** Seconds from the signal; without a value it had to be killed. */
  readonly seconds?: number;
  /** When it was killed, in seconds from the signal. */
  readonly watched: number;
  /** The exit code; without a value it had to be killed. */
  readonly code?: number;
}

/** The metrics of a server, with the names of its descriptor that they lack. */
export interface MetricsPage {
  readonly status: number;
  readonly missing: readonly string[];
}

/** What was measured of one server in one version. Times are seconds; each probe says the times that were set. */
export interface Measurement {
  readonly server: string;
  readonly version: string;
  readonly connections?: {
    readonly idle: Lifetime;
    readonly silent: Lifetime;
    readonly halfHeader: Lifetime;
    /** A request that outlasts the watchdog and the request limit. */
    readonly late: Outcome;
  };
  readonly stop?: {
    readonly running: Outcome;
    /** Whether the response of the running request said that its connection ends. */
    readonly announcesClose?: boolean;
    /** Whether the stream came in whole. */
    readonly stream?: 'complete' | 'cut';
    readonly idle: Lifetime;
    /** Connections that were opened after the signal, at the times of the probe. */
    readonly newConnections: readonly Reception[];
    readonly exit: Exit;
  };
  readonly idleStop?: { readonly exit: Exit };
  readonly bound?: { readonly running: Outcome; readonly exit: Exit };
  readonly defaults?: {
    /** Whether the first connection that came about got a good answer at once. */
    readonly listensWhenReady: boolean;
    readonly idle: Lifetime;
    /** The status of each path of the descriptor. */
    readonly paths: Readonly<Record<string, number>>;
  };
  readonly defaultBound?: { readonly running: Outcome };
  readonly load?: {
    /** How many requests got each status; `lost` without one. */
    readonly statuses: Readonly<Record<string, number>>;
    readonly seconds: number;
    readonly metrics?: MetricsPage;
  };
  readonly without?: Partial<Readonly<Record<ProbeName, string>>>;
}
