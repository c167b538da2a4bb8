/** What the lab of `test/real/servers` has measured, as it is recorded in `docs/servers-measured.json`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DrainBehavior } from '../src/plan/server/descriptor';

export const RECORD = join(resolve(__dirname, '..'), 'docs/servers-measured.json');

/** For servers without a drain time: requests complete, and whether there is a limit was not measured. */
export const BOUND_UNKNOWN = 'completes requests, bound unknown';

/** Seconds, or such as '> 14' where nothing had happened when it was watched no longer. */
export type MeasuredSeconds = number | `> ${number}`;

/** A status, or 'closed' where the connection ended without one. */
export type MeasuredStatus = number | 'closed';

/** The measured behavior of one server in one version, with keep-alive 3 s and drain 20 s where they can be set. */
export interface Facts {
  readonly server: string;
  readonly version: string;
  /** How long a connection is kept after a response. */
  readonly idle?: MeasuredSeconds;
  /** How long a connection without any data is kept. */
  readonly silent?: MeasuredSeconds;
  /** How long a connection with an incomplete header is kept. */
  readonly halfHeader?: MeasuredSeconds;
  /** How long a connection is kept after a response if no time is set. */
  readonly defaultIdle?: MeasuredSeconds;
  /** The result of a request that exceeds every time limit of the server. */
  readonly late?: MeasuredStatus;
  /** How it handles running requests. */
  readonly drain?: `${DrainBehavior}` | typeof BOUND_UNKNOWN;
  /** The result of a running request. */
  readonly running?: MeasuredStatus;
  readonly announcesClose?: boolean;
  readonly stream?: 'complete' | 'cut';
  readonly newConnections?: 'refused' | 'reset' | 'served' | 'hang, then reset';
  /** When a connection that is idle at the signal is closed. */
  readonly idleAtStop?: MeasuredSeconds;
  /** From the last response to the exit; from the signal where only an idle connection is open. */
  readonly exitAfterResponse?: MeasuredSeconds;
  readonly exitIdle?: MeasuredSeconds;
  /** The exit code; 137 where the server had to be killed. */
  readonly exitCode?: number;
  readonly pastBound?: '500' | 'closed without a response' | 'no bound';
  readonly listensWhenReady?: boolean;
  /** The paths of the descriptor that did not answer successfully. */
  readonly badPaths?: readonly string[];
  /** The status of requests above the limit; 'wait' if all were answered. */
  readonly overflow?: MeasuredStatus | 'wait';
  /** The metric names of the descriptor that are missing from the metrics. */
  readonly missingMetrics?: readonly string[];
  /** Probes that were not made, each with the reason. */
  readonly without?: Readonly<Record<string, string>>;
}

/** The record, by subject. */
export type MeasuredRecord = Readonly<Record<string, Facts>>;

export function readRecord(): MeasuredRecord {
  return JSON.parse(readFileSync(RECORD, 'utf8'));
}
