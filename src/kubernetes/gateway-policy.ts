import type { LoadBalancing } from '../plan/choices';
import { tagClass } from '../private/package-copy';
import type { GatewayFeatures } from './gateway-features';

/** What a gateway policy belongs to. */
export enum GatewayPolicyScope {
  /** One object for each endpoint, in addition to its HTTPRoutes. */
  ENDPOINT = 'endpoint',
  /** One object for each backend of an endpoint, in addition to its Service. */
  BACKEND = 'backend',
}

/** The parts of a gateway policy that do not depend on a definition. */
export interface GatewayPolicyProps {
  /** The id of the construct within the endpoint or backend, such as `BackendTrafficPolicy`. */
  readonly id: string;

  /** The API version of the object, such as `gateway.envoyproxy.io/v1alpha1`. */
  readonly apiVersion: string;

  /** The kind of the object, such as `BackendTrafficPolicy`. */
  readonly kind: string;

  /**
   * What the object belongs to.
   *
   * @default GatewayPolicyScope.ENDPOINT
   */
  readonly scope?: GatewayPolicyScope;

  /**
   * The suffix of the object's name, after the name of the endpoint or backend, such as `-405`.
   *
   * @default - nothing
   */
  readonly nameSuffix?: string;

  /**
   * The features that the gateway supports with this object.
   *
   * @default - none
   */
  readonly features?: GatewayFeatures;

  /**
   * Whether the object sets how long the gateway keeps idle connections to servers.
   *
   * @default false - servers are checked against the idle timeout of the gateway
   */
  readonly setsIdleTimeout?: boolean;

  /**
   * Whether the object makes the gateway end requests on which no data arrives for `silenceSeconds`.
   *
   * @default false - `serving explain` lists no such limit
   */
  readonly setsSilenceTimeout?: boolean;

  /**
   * Whether the object can configure the gateway to close the connection to a server after each response.
   *
   * @default false
   */
  readonly closesConnections?: boolean;
}

/** A cookie that the gateway sets. */
export interface StickyCookie {
  /** The name of the cookie. */
  readonly cookie: string;
  /** How long it is valid, in whole seconds. */
  readonly seconds: number;
}

/** The values of a definition that a gateway policy can render. Times are in whole seconds. */
export interface GatewayPolicyValues {
  /** The names of the routes of the endpoint, in the order of their rules; empty for a backend. */
  readonly routes: string[];
  /** The kind of these routes: `HTTPRoute`, or `GRPCRoute` if the backends serve gRPC. */
  readonly routeKind: string;
  /** The names of the Services of the backends. For an endpoint they can be in other namespaces. */
  readonly services: string[];
  /** How replicas are chosen. For an endpoint, least outstanding requests if one of its backends uses it. */
  readonly loadBalancing: LoadBalancing;
  /** The cookie by which a client keeps its replica of the only backend. @default - any replica */
  readonly stickyReplica?: StickyCookie;
  /** How long an idle connection to a server is kept. */
  readonly idleSeconds: number;
  /** How long a request may go without data before the gateway ends it. */
  readonly silenceSeconds: number;
  /** The maximum duration of a request; 0 means no limit. */
  readonly requestSeconds: number;
  /** Whether a server closes idle connections earlier than the gateway, so that the gateway must not keep any. */
  readonly closeConnections: boolean;
  /** The methods of the `Allow` header of a 405; empty for a backend, and for an endpoint that accepts every method. */
  readonly allow: string[];
}

/**
 * An object that configures a gateway for an endpoint or a backend, such as a BackendTrafficPolicy of Envoy Gateway.
 *
 * To configure a gateway of your own, subclass this and pass an instance in `policies` of `GatewayProfile.custom`.
 */
export abstract class GatewayPolicy {
  /** The parts that do not depend on a definition. */
  public readonly props: GatewayPolicyProps;

  constructor(props: GatewayPolicyProps) {
    this.props = Object.freeze({ ...props });
  }

  /** The `spec` of the object. It is called at synthesis, when every value is final. */
  // biome-ignore lint/suspicious/noExplicitAny: jsii has no other type for arbitrary values.
  public abstract specOf(values: GatewayPolicyValues): { [field: string]: any };
}

tagClass('GatewayPolicy', GatewayPolicy);
