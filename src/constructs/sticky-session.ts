import type { Duration } from '../units/duration';

/**
 * How long a client comes back to the same place, by a cookie of the balancer. Clients without cookies are distributed as
 * if no session were sticky.
 */
export interface StickySession {
  /**
   * How long the cookie is valid, in whole seconds. The built-in router renews it while the client sends requests.
   *
   * AWS: at most 7 days. Kubernetes: at most 400 days, the longest time that browsers keep a cookie; Envoy Gateway does
   * not renew it.
   *
   * @default Duration.days(1)
   */
  readonly maxAge?: Duration;
}
