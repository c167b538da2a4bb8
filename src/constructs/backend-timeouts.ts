import type { Duration } from '../units/duration';

/**
 * Times of a backend that are set by hand. Each is held against the rules of the timeout chain, and one that breaks a rule
 * or cannot be told is an error.
 */
export interface BackendTimeouts {
  /**
   * How long the server keeps an idle connection.
   *
   * @default - computed: longer than whatever stands in front of the server
   */
  readonly keepAlive?: Duration;

  /**
   * How long a worker of the server may show no life.
   *
   * @default - computed: longer than the load and the longest request
   */
  readonly watchdog?: Duration;

  /**
   * How long the load balancer waits for the requests of a leaving replica. Only on AWS.
   *
   * @default - computed: longer than the longest request
   */
  readonly deregistrationDelay?: Duration;

  /**
   * How long a replica that leaves waits for the signal. Only on Kubernetes.
   *
   * @default - computed: until nobody sends to it any more
   */
  readonly preStop?: Duration;

  /**
   * How long the server finishes requests after the signal.
   *
   * @default - computed: the longest request, as far as the compute allows
   */
  readonly drain?: Duration;

  /**
   * How long after the signal the server is killed.
   *
   * AWS: the stop timeout. Kubernetes: the grace period without the wait before the signal.
   *
   * @default - computed: the drain, and time to exit
   */
  readonly stop?: Duration;
}
