import {
  BalancerAccess,
  type Capability,
  DrainOrder,
  Feature,
  SupportLevel,
  type TargetProfile,
} from '../../plan/target-profile';
import { type Gateway, GatewayProfile } from '../gateway';
import { DEFAULT_VERSION, minorVersion } from './version';

/** What a backend's own objects do, whatever carries its requests. */
const WORKLOAD_CAPABILITIES: Capability[] = [
  row(
    Feature.DEFAULT_READINESS,
    SupportLevel.EMULATED,
    'an open port where the server listens only when it is ready or has no interpreter, else a request by the interpreter of the server in its own container',
  ),
  row(Feature.DRAIN, SupportLevel.NATIVE, 'a sleep before the signal, then the grace period'),
  row(Feature.AUTOSCALING, SupportLevel.NATIVE, 'a HorizontalPodAutoscaler'),
  row(
    Feature.REQUEST_SCALING,
    SupportLevel.REFUSED,
    'it needs KEDA, which this platform does not render yet; use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization',
  ),
  row(Feature.SCALING_DELAY, SupportLevel.NATIVE, 'the stabilization windows of the HorizontalPodAutoscaler'),
  row(
    Feature.MODEL_FETCH,
    SupportLevel.NATIVE,
    'a container that runs before the server; the ServiceAccount or variables that start with AWS_ give it access',
  ),
  row(
    Feature.MODEL_COPY,
    SupportLevel.NATIVE,
    'an init container of the image of the model, which copies its files into a volume',
  ),
  row(Feature.MODEL_BAKED, SupportLevel.NATIVE, 'the image of the pod'),
  row(Feature.MODEL_VOLUME, SupportLevel.NATIVE, 'a PersistentVolumeClaim, mounted read-only'),
  row(
    Feature.MODEL_PUBLISH,
    SupportLevel.REFUSED,
    "manifests are applied by others; run 'serving publish' before they are, and leave 'publishOnDeploy' out",
  ),
  row(
    Feature.TOKENS,
    SupportLevel.APPROXIMATED,
    "CDK fills them in where the Chart is given to 'cluster.addCdk8sChart'; 'cdk8s synth' writes them out as they are",
  ),
  row(Feature.GPU, SupportLevel.NATIVE, 'an extended resource, and a toleration of the taint of that name'),
];

/** The first release of Kubernetes that mounts images without a feature gate: https://kep.k8s.io/4639. */
const IMAGE_VOLUME_MINOR = 35;

/** What a backend's own objects do in a cluster of this minor version. */
function workloadCapabilities(minor: number): Capability[] {
  const imageVolume =
    minor >= IMAGE_VOLUME_MINOR
      ? row(
          Feature.MODEL_IMAGE_VOLUME,
          SupportLevel.NATIVE,
          'an image volume, which containerd 2.1 or CRI-O 1.31 mount',
        )
      : row(
          Feature.MODEL_IMAGE_VOLUME,
          SupportLevel.REFUSED,
          `image volumes are on from Kubernetes 1.${IMAGE_VOLUME_MINOR}, and 'kubernetesVersion' says 1.${minor}; leave 'delivery' out or use ModelDelivery.copy()`,
        );
  return [...WORKLOAD_CAPABILITIES, imageVolume];
}

/** Gateway API: what both profiles can say. */
const ROUTE_CAPABILITIES: Capability[] = [
  row(
    Feature.WEIGHTS,
    SupportLevel.APPROXIMATED,
    'weights of an HTTPRoute; most gateways draw by them, so that shares converge',
  ),
  row(
    Feature.METHOD_MATCH,
    SupportLevel.NATIVE,
    'method matches of an HTTPRoute, which all gateways but that of GKE know',
  ),
  row(
    Feature.STRIP_PREFIX,
    SupportLevel.NATIVE,
    'a URLRewrite filter of an HTTPRoute, which all gateways but those of GKE and of AWS know',
  ),
  row(
    Feature.HEADER_MATCH,
    SupportLevel.APPROXIMATED,
    'header matches of an HTTPRoute; between endpoints at one path methods count before headers, and where a client sends a header twice the gateway decides which value counts',
  ),
  row(
    Feature.PATH_BY_HEADER,
    SupportLevel.NATIVE,
    'a URLRewrite filter of an HTTPRoute, which all gateways but those of GKE and of AWS know',
  ),
  row(Feature.OWN_ADDRESS, SupportLevel.NATIVE, 'rules of the HTTPRoute, for every header rule too'),
  row(
    Feature.GRPC,
    SupportLevel.REFUSED,
    'it needs a GRPCRoute and HTTP/2 to the server, which this platform does not render yet; stream over HTTP/1.1, or use WebSocket',
  ),
  row(
    Feature.MAX_CONCURRENCY,
    SupportLevel.APPLICATION,
    'a gateway has no limit for each replica; the server must hold it',
  ),
];

const PORTABLE_CAPABILITIES: Capability[] = [
  ...ROUTE_CAPABILITIES,
  left(Feature.WEB_SOCKET, 'most gateways upgrade a connection; how long both sides may be silent is theirs'),
  left(Feature.ROUND_ROBIN, 'a portable route has no algorithm; many gateways draw replicas or prefer the least busy'),
  left(
    Feature.LEAST_OUTSTANDING,
    'a portable route has no algorithm; many gateways draw replicas or prefer the least busy',
  ),
  left(
    Feature.REQUEST_TIMEOUT,
    'some gateways reject a route with timeouts; those made of Envoy end a request after 15 s unless they are told otherwise, for which there is GatewayProfile.ENVOY_GATEWAY',
  ),
  left(Feature.METHOD_NOT_ALLOWED, 'a request with another method finds no rule, which most gateways answer with 404'),
  left(Feature.ALLOW_HEADER, 'the gateway answers a request that finds no rule'),
  left(Feature.KEEP_ALIVE, 'the gateway must close idle connections before the server does'),
  left(Feature.FAILOVER, 'many gateways answer the share of a backend without a ready replica with 503'),
];

const ENVOY_CAPABILITIES: Capability[] = [
  ...ROUTE_CAPABILITIES,
  row(
    Feature.WEB_SOCKET,
    SupportLevel.NATIVE,
    'an upgraded connection, which the stream idle timeout of a BackendTrafficPolicy ends when both sides are silent; other endpoints of the gateway accept WebSocket too',
  ),
  row(
    Feature.ROUND_ROBIN,
    SupportLevel.NATIVE,
    'the load balancer of a BackendTrafficPolicy, one for all backends of an endpoint; each Envoy counts for itself',
  ),
  row(
    Feature.LEAST_OUTSTANDING,
    SupportLevel.APPROXIMATED,
    'the load balancer of a BackendTrafficPolicy, for all backends of an endpoint where one wants it; the less busy of two drawn replicas is next',
  ),
  row(Feature.REQUEST_TIMEOUT, SupportLevel.NATIVE, 'the request timeout of the HTTPRoute'),
  row(
    Feature.METHOD_NOT_ALLOWED,
    SupportLevel.NATIVE,
    'a rule after those of the path, answered by an HTTPRouteFilter',
  ),
  row(Feature.ALLOW_HEADER, SupportLevel.NATIVE, 'a header of the HTTPRouteFilter'),
  row(Feature.KEEP_ALIVE, SupportLevel.NATIVE, 'the idle timeout of a BackendTrafficPolicy'),
  row(
    Feature.FAILOVER,
    SupportLevel.APPROXIMATED,
    'the share of a backend without a ready replica is answered with 503',
  ),
];

/** An existing Gateway: its row of the capability table. */
export function gatewayProfile(gateway: Gateway, minor: number): TargetProfile {
  const { idleSeconds, propagationSeconds } = gateway;
  const base = {
    maxWeight: 999,
    // https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
    maxBackendsPerEndpoint: 16,
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds,
    access: BalancerAccess.UNKNOWN,
  };
  if (gateway.profile === GatewayProfile.ENVOY_GATEWAY) {
    return {
      ...base,
      name: 'Envoy Gateway',
      idle: { min: 1, max: 86_400, standard: idleSeconds, cutsSilence: false, canCloseEach: true },
      // Envoy's own default, which nothing here changes.
      clientIdleSeconds: 3600,
      // https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
      statuses: { closed: 503, silent: 504, unavailable: 503 },
      requestTimeout: true,
      capabilities: [...ENVOY_CAPABILITIES, ...workloadCapabilities(minor)],
    };
  }
  return {
    ...base,
    name: 'a portable gateway',
    idle: { min: 1, max: idleSeconds, standard: idleSeconds, cutsSilence: false, settable: false },
    requestTimeout: false,
    capabilities: [...PORTABLE_CAPABILITIES, ...workloadCapabilities(minor)],
  };
}

/** A profile of what carries requests, with what every backend on Kubernetes can do. */
export function withWorkloads(profile: TargetProfile, minor = minorVersion(DEFAULT_VERSION)): TargetProfile {
  const workloads = workloadCapabilities(minor);
  const own = new Set(workloads.map(({ feature }) => feature));
  return {
    ...profile,
    capabilities: [...profile.capabilities.filter(({ feature }) => !own.has(feature)), ...workloads],
  };
}

function row(feature: Feature, level: SupportLevel, detail: string): Capability {
  return { feature, level, detail };
}

function left(feature: Feature, detail: string): Capability {
  return row(feature, SupportLevel.GATEWAY, detail);
}
