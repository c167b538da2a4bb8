import type { Duration } from '../units/duration';

/**
 * Times of a backend that are set explicitly. Each is validated against the rules of the timeout chain. A time that breaks
 * a rule, or that the server or the target cannot configure, is an error.
 */
export interface BackendTimeouts {
  /**
   * How long the server keeps an idle connection.
   *
   * @default - computed: longer than the idle timeout of the hop in front of the server
   */
  readonly keepAlive?: Duration;

  /**
   * How long a worker of the server may be unresponsive.
   *
   * @default - computed: longer than the load of the model and the longest request
   */
  readonly watchdog?: Duration;

  /**
   * How long the load balancer waits for the requests of a deregistering replica. Only on AWS.
   *
   * @default - computed: longer than the longest request
   */
  readonly deregistrationDelay?: Duration;

  /**
   * The preStop delay of a terminating replica. Only on Kubernetes.
   *
   * @default - computed: until no client sends further requests to it
   */
  readonly preStop?: Duration;

  /**
   * How long the server finishes requests after the stop signal.
   *
   * @default - computed: the longest request, within the limits of the compute
   */
  readonly drain?: Duration;

  /**
   * The time between the stop signal and the kill.
   *
   * AWS: the stop timeout. Kubernetes: the termination grace period without the preStop delay.
   *
   * @default - computed: the drain plus time to exit
   */
  readonly stop?: Duration;
}
