import { LoadBalancing } from '../../plan/choices';
import { SupportLevel } from '../../plan/target-profile';
import { Duration } from '../../units/duration';
import { GatewayPolicy, type GatewayPolicyValues } from '../gateway-policy';
import type { GatewayProfileOptions } from '../gateway-profile-options';
import { durationOf } from '../private/gateway-durations';

const API_VERSION = 'gateway.envoyproxy.io/v1alpha1';

/** How Envoy sends the requests of one endpoint to its servers. Envoy Gateway does not retry unless a policy enables it. */
class BackendTrafficPolicy extends GatewayPolicy {
  constructor() {
    super({
      id: 'BackendTrafficPolicy',
      apiVersion: API_VERSION,
      kind: 'BackendTrafficPolicy',
      setsIdleTimeout: true,
      setsSilenceTimeout: true,
      closesConnections: true,
      features: {
        webSocket: {
          level: SupportLevel.NATIVE,
          detail:
            'an upgraded connection, which the stream idle timeout of a BackendTrafficPolicy closes when both sides are silent; other endpoints of the gateway also accept WebSocket',
        },
        http2: { level: SupportLevel.NATIVE, detail: '`appProtocol` of the Services' },
        grpc: {
          level: SupportLevel.NATIVE,
          detail: 'a GRPCRoute; its request timeout is that of the BackendTrafficPolicy',
        },
        roundRobin: {
          level: SupportLevel.NATIVE,
          detail:
            'the load balancer of a BackendTrafficPolicy, shared by all backends of an endpoint; each Envoy replica counts its own requests',
        },
        stickyReplicas: {
          level: SupportLevel.APPROXIMATED,
          detail:
            'consistent hashing of a cookie by a BackendTrafficPolicy, instead of the algorithm; the cookie is not renewed, some clients move when replicas are added or removed, and clients that share a connection of a proxy in front get the same replica',
        },
        leastOutstanding: {
          level: SupportLevel.APPROXIMATED,
          detail:
            'the load balancer of a BackendTrafficPolicy, for all backends of an endpoint if one of them uses it; Envoy picks the less busy of two random replicas',
        },
        keepAlive: { level: SupportLevel.NATIVE, detail: 'the idle timeout of a BackendTrafficPolicy' },
      },
    });
  }

  public specOf(values: GatewayPolicyValues): Record<string, unknown> {
    return {
      targetRefs: values.routes.map((name) => ({ group: 'gateway.networking.k8s.io', kind: values.routeKind, name })),
      loadBalancer: loadBalancerOf(values),
      timeout: {
        http: {
          connectionIdleTimeout: durationOf(values.idleSeconds),
          streamIdleTimeout: durationOf(values.silenceSeconds),
          // An HTTPRoute has its own.
          requestTimeout: values.routeKind === 'GRPCRoute' ? durationOf(values.requestSeconds) : undefined,
        },
      },
      circuitBreaker: values.closeConnections ? { maxRequestsPerConnection: 1 } : undefined,
    };
  }
}

/** Envoy chooses a replica by an algorithm, or by a hash of a cookie that it sets itself. */
function loadBalancerOf({ loadBalancing, stickyReplica }: GatewayPolicyValues): Record<string, unknown> {
  if (stickyReplica === undefined)
    return { type: loadBalancing === LoadBalancing.ROUND_ROBIN ? 'RoundRobin' : 'LeastRequest' };
  const cookie = { name: stickyReplica.cookie, ttl: durationOf(stickyReplica.seconds) };
  return { type: 'ConsistentHash', consistentHash: { type: 'Cookie', cookie } };
}

/** The 405 response of an endpoint, which Envoy sends itself. */
class MethodNotAllowed extends GatewayPolicy {
  constructor() {
    super({
      id: 'MethodNotAllowed',
      apiVersion: API_VERSION,
      kind: 'HTTPRouteFilter',
      nameSuffix: '-405',
      features: {
        methodNotAllowed: {
          level: SupportLevel.NATIVE,
          detail: 'a rule after those of the path, answered by an HTTPRouteFilter',
        },
        allowHeader: { level: SupportLevel.NATIVE, detail: 'a header of the HTTPRouteFilter' },
      },
    });
  }

  public specOf({ allow }: GatewayPolicyValues): Record<string, unknown> {
    return {
      directResponse: {
        statusCode: 405,
        contentType: 'text/plain',
        body: { type: 'Inline', inline: 'method not allowed' },
        header: { set: [{ name: 'Allow', value: allow.join(', ') }] },
      },
    };
  }
}

/** Envoy Gateway 1.9 or newer. */
export const ENVOY_GATEWAY: GatewayProfileOptions = {
  name: 'Envoy Gateway',
  requestTimeouts: true,
  idleTimeout: Duration.minutes(5),
  // Envoy's default, which this package does not change.
  clientIdleTimeout: Duration.hours(1),
  propagationDelay: Duration.seconds(5),
  // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
  statuses: { closed: 503, silent: 504, unavailable: 503 },
  policies: [new BackendTrafficPolicy()],
  methodNotAllowed: new MethodNotAllowed(),
  features: {
    cancellation: {
      level: SupportLevel.APPROXIMATED,
      detail:
        "Envoy closes the connection to every server when the client closes its own, regardless of 'cancelOnDisconnect'",
    },
    cors: {
      level: SupportLevel.NATIVE,
      detail:
        'the CORS filter of the HTTPRoute; a preflight request is answered with 200, without its origin if that is not allowed',
    },
    failover: {
      level: SupportLevel.APPROXIMATED,
      detail: 'the share of a backend without a ready replica is answered with 503',
    },
  },
};
