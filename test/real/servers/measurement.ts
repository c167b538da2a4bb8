import type { ProbeName } from './subject';

/** How long the server left a connection open. */
export interface Lifetime {
  /** Seconds until the server ended it; without a value it was still open at the end of the observation. */
  readonly seconds?: number;
  /** The maximum time of the observation, in seconds. */
  readonly watched: number;
  /** The status that was sent without a request. */
  readonly status?: number;
}

/** The outcome of a request. */
export interface Outcome {
  /** The status; without a value the connection ended before there was a response. */
  readonly status?: number;
  /** Seconds from the signal, or from the request if there was no signal. */
  readonly seconds: number;
}

/** The reception of a connection that was opened after the signal. */
export type Reception = 'refused' | 'reset' | 'served' | 'hang';

/** How a server exited after SIGTERM. */
export interface Exit {
  /** Seconds from the signal; without a value it had to be killed. */
  readonly seconds?: number;
  /** When it was killed, in seconds from the signal. */
  readonly watched: number;
  /** The exit code; without a value it had to be killed. */
  readonly code?: number;
}

/** The metrics of a server, with the names of its descriptor that are missing. */
export interface MetricsPage {
  readonly status: number;
  readonly missing: readonly string[];
}

/** The measurement of one server in one version, in seconds. `TIMES` has the times that each probe sets. */
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
    /** Whether the response of the running request announced that its connection is closed. */
    readonly announcesClose?: boolean;
    /** Whether the stream was complete. */
    readonly stream?: 'complete' | 'cut';
    readonly idle: Lifetime;
    /** Connections that were opened after the signal, at the times of the probe. */
    readonly newConnections: readonly Reception[];
    readonly exit: Exit;
  };
  readonly idleStop?: { readonly exit: Exit };
  readonly bound?: { readonly running: Outcome; readonly exit: Exit };
  readonly defaults?: {
    /** Whether the first established connection got a successful response at once. */
    readonly listensWhenReady: boolean;
    readonly idle: Lifetime;
    /** The status of each path of the descriptor. */
    readonly paths: Readonly<Record<string, number>>;
  };
  readonly defaultBound?: { readonly running: Outcome };
  readonly load?: {
    /** The number of requests by status; `lost` without one. */
    readonly statuses: Readonly<Record<string, number>>;
    readonly seconds: number;
    readonly metrics?: MetricsPage;
  };
  readonly without?: Partial<Readonly<Record<ProbeName, string>>>;
}
