import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';

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

/** Goals after defaults. */
export interface Objectives {
  readonly availabilityGoal: number;
  readonly latency?: { readonly seconds: number; readonly goal: number };
  readonly days: number;
}

/** https://docs.aws.amazon.com/applicationsignals/latest/APIReference/API_Goal.html */
const GOAL = { min: 0.1, max: 99.999 };
const MAX_DAYS = 365;

/** Checks the goals, and applies the defaults. */
export function resolveObjectives(options: ServiceLevelObjectiveOptions): Objectives {
  const { availabilityGoal = 99.9, latency, latencyGoal, intervalDays = 28 } = options;
  if (latencyGoal !== undefined && latency === undefined)
    throw new ServingError(
      'ConflictingProps',
      `'latencyGoal' (${latencyGoal}) requires 'latency'; set both, or neither`,
    );
  return {
    availabilityGoal: requireNumber('availabilityGoal', availabilityGoal, GOAL),
    days: requireNumber('intervalDays', intervalDays, { min: 1, max: MAX_DAYS, integer: true }),
    ...(latency !== undefined && {
      latency: {
        seconds: requireSeconds('latency', latency, { min: 0.001, max: 4000, whole: false }),
        goal: requireNumber('latencyGoal', latencyGoal ?? 99, GOAL),
      },
    }),
  };
}
