import type { QueueStatus } from '../plan/choices';
import type { Duration } from '../units/duration';

/** The queue of a backend whose replicas are all at `maxConcurrency`. */
export interface QueueOptions {
  /**
   * The maximum number of requests that wait; 0 for none. Further ones are answered at once. Each replica of the router has
   * its part, rounded down. The limit applies while every replica is at `maxConcurrency`, so with `stickySession` clients can
   * wait for their own replica in addition.
   *
   * @default - no limit
   */
  readonly maxRequests?: number;

  /**
   * How long a request waits before it is answered with 503.
   *
   * @default - `requestTimeout` of the endpoint, and the longest if there are several
   */
  readonly timeout?: Duration;

  /**
   * The status of a request for which the queue has no place. It requires `maxRequests`.
   *
   * @default QueueStatus.SERVICE_UNAVAILABLE
   */
  readonly fullStatus?: QueueStatus;
}
