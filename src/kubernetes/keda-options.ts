import type { Duration } from '../units/duration';

/** Options of KEDA in the cluster, version 2.17 or newer. */
export interface KedaOptions {
  /**
   * The address of the Prometheus that evaluates the queries of `PrometheusTarget`, as KEDA reaches it, such as
   * `http://prometheus.monitoring:9090`. It can end with the path prefix of the API, such as `/prometheus`.
   *
   * @default - queries are an error
   */
  readonly prometheusAddress?: string;

  /**
   * How often KEDA evaluates queries and schedules, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly pollingInterval?: Duration;
}
