import type { BalancerAccess, BalancerStatuses } from '../plan/target-profile';
import type { Duration } from '../units/duration';
import type { GatewayFeatures } from './gateway-features';
import type { GatewayPolicy } from './gateway-policy';

/** What is known of a gateway, and how it is configured. Every default is the one of `GatewayProfile.PORTABLE`. */
export interface GatewayProfileOptions {
  /** The name in messages, such as `Envoy Gateway`. */
  readonly name: string;

  /**
   * The features that differ from those of a portable gateway. A feature here replaces that of a policy.
   *
   * @default - those of a portable gateway, and of `policies` and `methodNotAllowed`
   */
  readonly features?: GatewayFeatures;

  /**
   * Whether the gateway supports `timeouts` of an HTTPRoute. Some gateways reject a route that has them.
   *
   * @default false - the request timeout is left to the gateway
   */
  readonly requestTimeouts?: boolean;

  /**
   * How long the gateway keeps an idle connection to a server, where the Gateway does not specify it.
   *
   * @default Duration.hours(1)
   */
  readonly idleTimeout?: Duration;

  /**
   * How long the gateway keeps an idle connection of a client.
   *
   * @default - unknown
   */
  readonly clientIdleTimeout?: Duration;

  /**
   * How long the gateway may still send requests to a replica that is being stopped, where the Gateway does not specify it.
   *
   * @default Duration.seconds(45)
   */
  readonly propagationDelay?: Duration;

  /**
   * Who can reach the gateway.
   *
   * @default BalancerAccess.UNKNOWN
   */
  readonly access?: BalancerAccess;

  /**
   * The statuses of a request that a server does not answer.
   *
   * @default - unknown
   */
  readonly statuses?: BalancerStatuses;

  /**
   * The largest weight of a backend.
   *
   * @default 999 - what an Application Load Balancer supports, too
   */
  readonly maxWeight?: number;

  /**
   * The most backends of an endpoint, at most 16.
   *
   * @default 16 - what a rule of an HTTPRoute can have
   */
  readonly maxBackends?: number;

  /**
   * The objects that configure the gateway for endpoints and backends: algorithm, idle time and limits.
   *
   * @default - none; algorithm and times are left to the gateway
   */
  readonly policies?: GatewayPolicy[];

  /**
   * The filter that answers 405. Routes reference it in a rule after the rules of the path.
   *
   * @default - none; a request with another method finds no rule
   */
  readonly methodNotAllowed?: GatewayPolicy;
}
