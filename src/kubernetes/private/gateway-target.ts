import {
  BalancerAccess,
  type Capability,
  DrainOrder,
  Feature,
  SupportLevel,
  type TargetProfile,
} from '../../plan/target-profile';
import type { GatewayFeatures } from '../gateway-features';
import type { GatewayProfileOptions } from '../gateway-profile-options';
import { PORTABLE_FEATURES } from '../gateway-profiles/portable';

/** What every gateway supports, an Application Load Balancer included. */
const MAX_WEIGHT = 999;

/** https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule */
export const MAX_BACKENDS = 16;

/** The feature of a plan that each member stands for. */
const FEATURE_OF: { readonly [member in keyof Required<GatewayFeatures>]: Feature } = {
  weights: Feature.WEIGHTS,
  methodMatch: Feature.METHOD_MATCH,
  headerMatch: Feature.HEADER_MATCH,
  stripPrefix: Feature.STRIP_PREFIX,
  pathByHeader: Feature.PATH_BY_HEADER,
  ownAddress: Feature.OWN_ADDRESS,
  webSocket: Feature.WEB_SOCKET,
  roundRobin: Feature.ROUND_ROBIN,
  leastOutstanding: Feature.LEAST_OUTSTANDING,
  requestTimeout: Feature.REQUEST_TIMEOUT,
  methodNotAllowed: Feature.METHOD_NOT_ALLOWED,
  allowHeader: Feature.ALLOW_HEADER,
  keepAlive: Feature.KEEP_ALIVE,
  failover: Feature.FAILOVER,
  maxConcurrency: Feature.MAX_CONCURRENCY,
};

/** What no profile can change, because this platform renders it for no gateway. */
const NOT_RENDERED: Capability[] = [
  {
    feature: Feature.GRPC,
    level: SupportLevel.REFUSED,
    detail:
      'it needs a GRPCRoute and HTTP/2 to the server, which this platform does not render yet; stream over HTTP/1.1, or use WebSocket',
  },
];

/** A gateway with this profile as a row of the capability table. */
export function gatewayTarget(
  profile: GatewayProfileOptions,
  idleSeconds: number,
  propagationSeconds: number,
): TargetProfile {
  const objects = objectsOf(profile);
  const setsIdle = objects.some(({ setsIdleTimeout = false }) => setsIdleTimeout);
  const canCloseEach = objects.some(({ closesConnections = false }) => closesConnections);
  const { name, requestTimeouts = false, access = BalancerAccess.UNKNOWN, clientIdleTimeout, statuses } = profile;
  return {
    name,
    maxWeight: profile.maxWeight ?? MAX_WEIGHT,
    maxBackendsPerEndpoint: profile.maxBackends ?? MAX_BACKENDS,
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds,
    access,
    idle: {
      min: 1,
      max: setsIdle ? 86_400 : idleSeconds,
      standard: idleSeconds,
      cutsSilence: false,
      ...(!setsIdle && { settable: false }),
      ...(canCloseEach && { canCloseEach }),
    },
    ...(clientIdleTimeout !== undefined && { clientIdleSeconds: clientIdleTimeout.toSeconds() }),
    ...(statuses !== undefined && { statuses }),
    requestTimeout: requestTimeouts,
    capabilities: [...capabilitiesOf(profile), ...NOT_RENDERED],
  };
}

/** The profile's own entries count first, then those of the objects that it renders, then those of every gateway. */
function capabilitiesOf(profile: GatewayProfileOptions): Capability[] {
  const known: Required<GatewayFeatures> = { ...PORTABLE_FEATURES };
  const timeouts: GatewayFeatures = {
    requestTimeout: { level: SupportLevel.NATIVE, detail: 'the request timeout of the HTTPRoute' },
  };
  const parts = [
    ...(profile.requestTimeouts === true ? [timeouts] : []),
    ...objectsOf(profile).map(({ features = {} }) => features),
    profile.features ?? {},
  ];
  for (const part of parts) Object.assign(known, defined(part));
  return Object.entries(FEATURE_OF).map(([member, feature]) => ({
    feature,
    ...known[member as keyof GatewayFeatures],
  }));
}

function objectsOf({ policies = [], methodNotAllowed }: GatewayProfileOptions) {
  return [...policies, ...(methodNotAllowed === undefined ? [] : [methodNotAllowed])].map(({ props }) => props);
}

/** A member that a caller without types set to nothing is one that was left out. */
function defined(features: GatewayFeatures): GatewayFeatures {
  return Object.fromEntries(Object.entries(features).filter(([, support]) => support !== undefined));
}
