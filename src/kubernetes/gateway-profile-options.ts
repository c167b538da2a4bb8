import type { BalancerAccess, BalancerStatuses } from '../plan/target-profile';
import type { Duration } from '../units/duration';
import type { GatewayFeatures } from './gateway-features';
import type { GatewayPolicy } from './gateway-policy';

/** What a gateway supports, and how it is configured. Every default is that of `GatewayProfile.PORTABLE`. */
export interface GatewayProfileOptions {
  /** The name in messages, such as `Envoy Gateway`. */
  readonly name: string;

  /**
   * The features that differ from those of a portable gateway. An entry here overrides that of a policy.
   *
   * @default - those of a portable gateway, `policies` and `methodNotAllowed`
   */
  readonly features?: GatewayFeatures;

  /**
   * Whether the gateway supports `timeouts` of an HTTPRoute. Some gateways reject a route that has them.
   *
   * @default false - the request timeout is left to the gateway
   */
  readonly requestTimeouts?: boolean;

  /**
   * Whether an endpoint with gRPC backends and one with others can have the same host. Gateway API permits implementations
   * to reject a GRPCRoute next to an HTTPRoute of the same host.
   *
   * @default false - it is an error
   */
  readonly grpcSharesHosts?: boolean;

  /**
   * How long the gateway keeps an idle connection to a server, unless the Gateway specifies it.
   *
   * @default Duration.hours(1)
   */
  readonly idleTimeout?: Duration;

  /**
   * How long the gateway keeps an idle client connection.
   *
   * @default - unknown
   */
  readonly clientIdleTimeout?: Duration;

  /**
   * How long the gateway may still send requests to a replica that is being stopped, unless the Gateway specifies it.
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
   * The status codes of the gateway's responses to requests that no server answers.
   *
   * @default - unknown
   */
  readonly statuses?: BalancerStatuses;

  /**
   * The largest weight of a backend.
   *
   * @default 999 - the limit of an Application Load Balancer, so that definitions work on both
   */
  readonly maxWeight?: number;

  /**
   * The maximum number of backends of an endpoint, at most 16.
   *
   * @default 16 - the maximum for a rule of an HTTPRoute
   */
  readonly maxBackends?: number;

  /**
   * The objects that configure the gateway for endpoints and backends: algorithm, idle timeout and limits.
   *
   * @default - none; algorithm and timeouts are left to the gateway
   */
  readonly policies?: GatewayPolicy[];

  /**
   * The filter that answers with 405. Routes reference it in a rule after the rules of the path.
   *
   * @default - none; a request with another method matches no rule
   */
  readonly methodNotAllowed?: GatewayPolicy;
}
