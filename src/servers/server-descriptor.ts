/** What a server does with requests when it is told to stop. */
export enum DrainClass {
  /** Finishes running requests, closes idle connections and exits early. */
  A = 'A',
  /** Drops running requests; what sends to it has to stop first. */
  B = 'B',
  /** Finishes running requests but always uses its whole drain time when connections are kept. */
  C = 'C',
  /** Finishes running requests without a bound unless one is set. */
  D = 'D',
}

/** What a server does with a connection on which nothing happens. */
export enum KeepAliveKind {
  /** The time is settable without a cap. */
  SETTABLE = 'settable',
  /** The time is what it is. */
  FIXED = 'fixed',
  /** Idle connections stay open. */
  NEVER_CLOSES = 'never closes',
  /** Every response ends its connection. */
  CLOSES_EACH = 'closes after each response',
  /** Nobody said. */
  UNKNOWN = 'unknown',
}

/** A server's behaviour, as data: what the plan has to know to compute its timeouts. */
export interface ServerDescriptor {
  /** The server's name in messages. */
  readonly name: string;
  /** What it does when it is told to stop. */
  readonly drain: DrainClass;
  /** What it does with idle connections. */
  readonly keepAlive: KeepAliveKind;
  /** The idle time in seconds where it is fixed. */
  readonly keepAliveSeconds?: number;
  /** Whether it listens only once it can answer, so that an open port means ready. */
  readonly listensWhenReady: boolean;
  /** A command that asks the server over HTTP from inside the container, given host, port and path by the plan. */
  readonly interpreter?: string;
  /** The version whose behaviour this is. */
  readonly verifiedVersion?: string;
  /** What the user should know of how it is started. */
  readonly note?: string;
  /** Where the behaviour was read or measured. */
  readonly source?: string;
  /** Whether anyone declared the behaviour at all. */
  readonly declared: boolean;
}
