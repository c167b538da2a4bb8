import type { Duration } from '../units/duration';

/** Service level objectives of an endpoint, of which there is one for each goal that is set. */
export interface ServiceLevelObjectiveOptions {
  /**
   * The percentage of requests that the servers must not answer with a 5xx status.
   *
   * @default 99.9
   */
  readonly availabilityGoal?: number;

  /**
   * The time within which a response must start.
   *
   * @default - there is no objective for the response time
   */
  readonly latency?: Duration;

  /**
   * The percentage of responses that must start within `latency`, which it requires.
   *
   * @default 99
   */
  readonly latencyGoal?: number;

  /**
   * The number of days over which the percentages are computed.
   *
   * @default 28
   */
  readonly intervalDays?: number;
}
