import { SupportLevel } from '../../plan/target-profile';
import type { GatewayFeatures, GatewaySupport } from '../gateway-features';
import type { GatewayProfileOptions } from '../gateway-profile-options';

const ALGORITHM = left(
  'a portable route cannot configure the algorithm; many gateways choose replicas at random or prefer the least busy',
);

/** The support of every feature for which a profile has no other entry. */
export const PORTABLE_FEATURES: Required<GatewayFeatures> = {
  weights: {
    level: SupportLevel.APPROXIMATED,
    detail:
      'weights of an HTTPRoute; most gateways choose a backend at random by weight, so shares converge over many requests',
  },
  stickyBackends: refused(
    'a gateway applies the weights of a route to each request; send a header and use a header rule, or use the built-in router',
  ),
  stickyReplicas: refused(
    'session persistence is not part of the standard channel of Gateway API; use GatewayProfile.ENVOY_GATEWAY or the built-in router, or keep the state outside of the replicas',
  ),
  methodMatch: {
    level: SupportLevel.NATIVE,
    detail: 'method matches of an HTTPRoute, which every gateway except that of GKE supports',
  },
  stripPrefix: {
    level: SupportLevel.NATIVE,
    detail: 'a URLRewrite filter of an HTTPRoute, which every gateway except those of GKE and AWS supports',
  },
  forwardedPrefix: {
    level: SupportLevel.NATIVE,
    detail: 'X-Forwarded-Prefix by a RequestHeaderModifier filter of an HTTPRoute, which replaces one of the client',
  },
  headerMatch: {
    level: SupportLevel.APPROXIMATED,
    detail:
      'header matches of an HTTPRoute; between endpoints with the same path, methods take precedence over headers; the gateway decides which value of a repeated header counts',
  },
  pathByHeader: {
    level: SupportLevel.NATIVE,
    detail: 'a URLRewrite filter of an HTTPRoute, which every gateway except those of GKE and AWS supports',
  },
  ownAddress: { level: SupportLevel.NATIVE, detail: 'rules of the HTTPRoute, also for every header rule' },
  maxConcurrency: {
    level: SupportLevel.APPLICATION,
    detail: 'a gateway has no limit per replica; the server must enforce it',
  },
  queue: {
    level: SupportLevel.APPLICATION,
    detail:
      'a gateway has no queue for a backend; the server must limit its own, and answer further requests with 429 or 503',
  },
  cancellation: left('most gateways close the connection to the server when the client closes its own'),
  webSocket: left('most gateways upgrade connections; the gateway decides how long both sides may be silent'),
  http2: left('`appProtocol` of the Services is kubernetes.io/h2c, which most gateways follow'),
  grpc: {
    level: SupportLevel.APPROXIMATED,
    detail: 'a GRPCRoute, which cannot set a timeout, and `appProtocol` kubernetes.io/h2c of the Services',
  },
  roundRobin: ALGORITHM,
  leastOutstanding: ALGORITHM,
  requestTimeout: left(
    'some gateways reject routes with timeouts; those based on Envoy end a request after 15 s by default, which a profile with request timeouts changes',
  ),
  pathTimeout: left('a portable route cannot have a request timeout; the gateway applies its own to every path'),
  methodNotAllowed: left('a request with another method matches no rule; most gateways answer it with 404'),
  allowHeader: left('the gateway answers requests that match no rule'),
  cors: refused(
    "not every gateway supports the CORS filter of an HTTPRoute; use GatewayProfile.ENVOY_GATEWAY or the built-in router, or remove 'cors' and let the server answer",
  ),
  keepAlive: left('the gateway must close idle connections before the server does'),
  failover: left('many gateways answer the share of a backend without a ready replica with 503'),
};

/** Every conformant implementation of Gateway API. */
export const PORTABLE: GatewayProfileOptions = { name: 'a portable gateway' };

function refused(detail: string): GatewaySupport {
  return { level: SupportLevel.REFUSED, detail };
}

function left(detail: string): GatewaySupport {
  return { level: SupportLevel.GATEWAY, detail };
}
