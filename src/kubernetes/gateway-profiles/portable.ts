import { SupportLevel } from '../../plan/target-profile';
import type { GatewayFeatures, GatewaySupport } from '../gateway-features';
import type { GatewayProfileOptions } from '../gateway-profile-options';

const FEW_BALANCE = left('a portable route has no algorithm; many gateways draw replicas or prefer the least busy');

/** What every feature is where a profile has no other entry. */
export const PORTABLE_FEATURES: Required<GatewayFeatures> = {
  weights: {
    level: SupportLevel.APPROXIMATED,
    detail: 'weights of an HTTPRoute; most gateways draw by them, so that shares converge',
  },
  methodMatch: {
    level: SupportLevel.NATIVE,
    detail: 'method matches of an HTTPRoute, which all gateways but that of GKE know',
  },
  stripPrefix: {
    level: SupportLevel.NATIVE,
    detail: 'a URLRewrite filter of an HTTPRoute, which all gateways but those of GKE and of AWS know',
  },
  headerMatch: {
    level: SupportLevel.APPROXIMATED,
    detail:
      'header matches of an HTTPRoute; between endpoints at one path methods count before headers, and where a client sends a header twice the gateway decides which value counts',
  },
  pathByHeader: {
    level: SupportLevel.NATIVE,
    detail: 'a URLRewrite filter of an HTTPRoute, which all gateways but those of GKE and of AWS know',
  },
  ownAddress: { level: SupportLevel.NATIVE, detail: 'rules of the HTTPRoute, for every header rule too' },
  maxConcurrency: {
    level: SupportLevel.APPLICATION,
    detail: 'a gateway has no limit for each replica; the server must hold it',
  },
  webSocket: left('most gateways upgrade a connection; how long both sides may be silent is theirs'),
  roundRobin: FEW_BALANCE,
  leastOutstanding: FEW_BALANCE,
  requestTimeout: left(
    'some gateways reject a route with timeouts; those made of Envoy end a request after 15 s unless they are told otherwise, for which there is GatewayProfile.ENVOY_GATEWAY',
  ),
  methodNotAllowed: left('a request with another method finds no rule, which most gateways answer with 404'),
  allowHeader: left('the gateway answers a request that finds no rule'),
  keepAlive: left('the gateway must close idle connections before the server does'),
  failover: left('many gateways answer the share of a backend without a ready replica with 503'),
};

/** Every conformant implementation of Gateway API. */
export const PORTABLE: GatewayProfileOptions = { name: 'a portable gateway' };

function left(detail: string): GatewaySupport {
  return { level: SupportLevel.GATEWAY, detail };
}
