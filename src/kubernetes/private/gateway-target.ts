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
import { MATCHING, MAX_SCALING_DELAY_SECONDS } from './limits';
import type { RoutingFeature } from './workload-capabilities';

/** A maximum that every gateway supports, and an Application Load Balancer too. */
const MAX_WEIGHT = 999;

/** https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule */
export const MAX_BACKENDS = 16;

/** https://gateway-api.sigs.k8s.io/reference/spec/#httpcorsfilter */
const MIN_CORS_MAX_AGE = 1;

/** The member of a profile for each feature of a plan. */
const MEMBER_OF: { readonly [feature in RoutingFeature]: keyof GatewayFeatures } = {
  [Feature.WEIGHTS]: 'weights',
  [Feature.STICKY_BACKENDS]: 'stickyBackends',
  [Feature.STICKY_REPLICAS]: 'stickyReplicas',
  [Feature.METHOD_MATCH]: 'methodMatch',
  [Feature.HEADER_MATCH]: 'headerMatch',
  [Feature.STRIP_PREFIX]: 'stripPrefix',
  [Feature.FORWARDED_PREFIX]: 'forwardedPrefix',
  [Feature.PATH_BY_HEADER]: 'pathByHeader',
  [Feature.OWN_ADDRESS]: 'ownAddress',
  [Feature.WEB_SOCKET]: 'webSocket',
  [Feature.HTTP2]: 'http2',
  [Feature.GRPC]: 'grpc',
  [Feature.ROUND_ROBIN]: 'roundRobin',
  [Feature.LEAST_OUTSTANDING]: 'leastOutstanding',
  [Feature.REQUEST_TIMEOUT]: 'requestTimeout',
  [Feature.PATH_TIMEOUT]: 'pathTimeout',
  [Feature.METHOD_NOT_ALLOWED]: 'methodNotAllowed',
  [Feature.ALLOW_HEADER]: 'allowHeader',
  [Feature.CORS]: 'cors',
  [Feature.KEEP_ALIVE]: 'keepAlive',
  [Feature.FAILOVER]: 'failover',
  [Feature.MAX_CONCURRENCY]: 'maxConcurrency',
  [Feature.QUEUE]: 'queue',
  [Feature.CANCELLATION]: 'cancellation',
};

/** The target profile of a gateway with this profile. */
export function gatewayTarget(
  profile: GatewayProfileOptions,
  idleSeconds: number,
  propagationSeconds: number,
): TargetProfile {
  const objects = objectsOf(profile);
  const setsIdle = objects.some(({ setsIdleTimeout = false }) => setsIdleTimeout);
  const silenceTimeout = objects.some(({ setsSilenceTimeout = false }) => setsSilenceTimeout);
  const canCloseEach = objects.some(({ closesConnections = false }) => closesConnections);
  const { name, requestTimeouts = false, access = BalancerAccess.UNKNOWN, clientIdleTimeout, statuses } = profile;
  return {
    name,
    maxWeight: profile.maxWeight ?? MAX_WEIGHT,
    maxBackendsPerEndpoint: profile.maxBackends ?? MAX_BACKENDS,
    minCorsMaxAgeSeconds: MIN_CORS_MAX_AGE,
    matching: MATCHING,
    // The objects of a gateway apply to all backends of an endpoint.
    stickyReplicasNeedBackend: true,
    maxScalingDelaySeconds: MAX_SCALING_DELAY_SECONDS,
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds,
    access,
    idle: {
      min: 1,
      max: setsIdle ? 86_400 : idleSeconds,
      defaultSeconds: idleSeconds,
      cutsSilence: false,
      ...(!setsIdle && { settable: false }),
      ...(canCloseEach && { canCloseEach }),
    },
    ...(clientIdleTimeout !== undefined && { clientIdleSeconds: clientIdleTimeout.toSeconds() }),
    ...(statuses !== undefined && { statuses }),
    requestTimeout: requestTimeouts,
    silenceTimeout,
    capabilities: featuresOf(profile),
    separateHosts: !(profile.grpcSharesHosts ?? false),
  };
}

/** Entries of the profile take precedence over those of its objects, and these over those of a portable gateway. */
function featuresOf(profile: GatewayProfileOptions): Capability[] {
  const known: Required<GatewayFeatures> = { ...PORTABLE_FEATURES };
  const timeouts: GatewayFeatures = {
    requestTimeout: { level: SupportLevel.NATIVE, detail: 'the request timeout of the HTTPRoute' },
    pathTimeout: { level: SupportLevel.NATIVE, detail: 'a rule of the HTTPRoute with its own request timeout' },
  };
  const parts = [
    ...(profile.requestTimeouts === true ? [timeouts] : []),
    ...objectsOf(profile).map(({ features = {} }) => features),
    profile.features ?? {},
  ];
  for (const part of parts) Object.assign(known, defined(part));
  return (Object.entries(MEMBER_OF) as [Feature, keyof GatewayFeatures][]).map(([feature, member]) => ({
    feature,
    ...known[member],
  }));
}

function objectsOf({ policies = [], methodNotAllowed }: GatewayProfileOptions) {
  return [...policies, ...(methodNotAllowed === undefined ? [] : [methodNotAllowed])].map(({ props }) => props);
}

/** Treats a member that is set to undefined as omitted. */
function defined(features: GatewayFeatures): GatewayFeatures {
  return Object.fromEntries(Object.entries(features).filter(([, support]) => support !== undefined));
}
