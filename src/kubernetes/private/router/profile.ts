import { approximated, type CapabilityTable, capabilitiesOf, native, refused } from '../../../plan/capabilities';
import { DrainOrder, Feature, type TargetProfile } from '../../../plan/target-profile';
import { purgesOf } from '../../../private/haproxy-idle';
import { MATCHING, MAX_SCALING_DELAY_SECONDS } from '../limits';
import type { CarrierFeature } from '../workload-capabilities';
import { MAX_IDLE_CONNECTIONS, PURGE_SECONDS } from './options';

/** How long the router may need to act on an answer of the cluster's DNS, in seconds. */
const DISCOVERY_SECONDS = 5;

/** The longest that an idle connection to a server lives, in seconds. */
const IDLE_SECONDS = PURGE_SECONDS * purgesOf(MAX_IDLE_CONNECTIONS);

/** The built-in router: its row of the capability table. */
export function routerProfile(
  dnsTtlSeconds: number,
  replicas = 2,
  trustedProxies: readonly string[] = [],
): TargetProfile {
  return {
    name: 'the built-in router',
    maxWeight: 10_000,
    maxTotalWeight: 10_000,
    // Those of a gateway without the characters that its rewriting may interpret.
    matching: { ...MATCHING, rewriteReserved: '' },
    maxScalingDelaySeconds: MAX_SCALING_DELAY_SECONDS,
    // Nothing sets it for one server.
    idle: {
      min: IDLE_SECONDS,
      max: IDLE_SECONDS,
      standard: IDLE_SECONDS,
      cutsSilence: false,
      settable: false,
      canCloseEach: true,
    },
    // Above the idle time of every balancer or client pool that may stand in front.
    clientIdleSeconds: 4010,
    nodes: replicas,
    replacesForwarded: trustedProxies.length === 0,
    // https://docs.haproxy.org/3.0/configuration.html#1.3.1
    statuses: { closed: 502, silent: 504, unavailable: 503 },
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds: dnsTtlSeconds + DISCOVERY_SECONDS,
    requestTimeout: true,
    capabilities: CAPABILITIES,
  };
}

/** What the router does; what a backend's own objects do stands beside them. */
const CAPABILITIES = capabilitiesOf({
  [Feature.WEIGHTS]: native('counted by request, exactly in each replica of the router'),
  [Feature.ROUND_ROBIN]: native('`balance roundrobin`, in each replica of the router'),
  [Feature.LEAST_OUTSTANDING]: native('`balance leastconn`; each replica of the router counts its own requests'),
  [Feature.REQUEST_TIMEOUT]: approximated(
    'a request whose server is silent for longer is answered with 504; nothing ends one that keeps sending',
  ),
  [Feature.METHOD_MATCH]: native('a condition of the route; CONNECT and TRACE are answered with 501'),
  [Feature.METHOD_NOT_ALLOWED]: native('answered by the router after the routes of the path'),
  [Feature.ALLOW_HEADER]: native('the methods of the path'),
  [Feature.STRIP_PREFIX]: native(
    'the router rewrites the path, without empty segments; a path that servers could resolve in another way is answered with 400',
  ),
  [Feature.HEADER_MATCH]: native('a condition of the route; a request that has the header twice is answered with 400'),
  [Feature.PATH_BY_HEADER]: native('the router rewrites the path'),
  [Feature.WEB_SOCKET]: native(
    'an upgraded connection, which `timeout tunnel` of the route ends when both sides are silent; no other endpoint accepts one, and no other protocol, such as HTTP/2, is upgraded to',
  ),
  [Feature.GRPC]: refused('the router speaks HTTP/1.1 to clients and servers; stream over that, or use WebSocket'),
  [Feature.OWN_ADDRESS]: native('a route in front of the shares'),
  [Feature.FAILOVER]: native('the share of a backend without a ready replica goes to the next one that has a share'),
  [Feature.MAX_CONCURRENCY]: approximated(
    'each replica of the router sends its part of it, at least one request at a time, and queues the rest',
  ),
  [Feature.KEEP_ALIVE]: native('idle connections are closed after a fixed time, before any server closes them'),
} satisfies CapabilityTable<CarrierFeature>);
