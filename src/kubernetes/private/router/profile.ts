import { approximated, type CapabilityTable, capabilitiesOf, native } from '../../../plan/capabilities';
import { DrainOrder, Feature, type TargetProfile } from '../../../plan/target-profile';
import { purgesOf } from '../../../private/haproxy-idle';
import { MATCHING, MAX_SCALING_DELAY_SECONDS } from '../limits';
import type { RoutingFeature } from '../workload-capabilities';
import { CONNECT_RETRIES, CONNECT_SECONDS, MAX_IDLE_CONNECTIONS, PURGE_SECONDS } from './options';

/** How long the router may take to apply an answer of the cluster's DNS, in seconds. */
const DISCOVERY_SECONDS = 5;

/** How long an idle connection to a server can stay open, in seconds. */
const IDLE_SECONDS = PURGE_SECONDS * purgesOf(MAX_IDLE_CONNECTIONS);

/** The target profile of the built-in router. */
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
    // HAProxy has no such setting per server.
    idle: {
      min: IDLE_SECONDS,
      max: IDLE_SECONDS,
      defaultSeconds: IDLE_SECONDS,
      cutsSilence: false,
      settable: false,
      canCloseEach: true,
    },
    // Longer than the idle timeout of any load balancer or client pool in front.
    clientIdleSeconds: 4010,
    nodes: replicas,
    replacesForwarded: trustedProxies.length === 0,
    // https://docs.haproxy.org/3.0/configuration.html#1.3.1
    statuses: { closed: 502, silent: 504, unavailable: 503 },
    drainOrder: DrainOrder.TOGETHER,
    propagationSeconds: dnsTtlSeconds + DISCOVERY_SECONDS,
    requestTimeout: true,
    requestMarginSeconds: 1,
    connectSeconds: CONNECT_SECONDS * (CONNECT_RETRIES + 1),
    capabilities: CAPABILITIES,
  };
}

/** What the router supports; what the objects of backends support is added to it. */
const CAPABILITIES = capabilitiesOf({
  [Feature.WEIGHTS]: native('counted per request, exactly in each replica of the router'),
  [Feature.STICKY_BACKENDS]: native(
    'a cookie with the name of the backend; clients of a backend without a ready replica get another one',
  ),
  [Feature.STICKY_REPLICAS]: native(
    '`cookie` of the pool, whose value is a hash of the address; clients of a replica that stops get another one',
  ),
  [Feature.ROUND_ROBIN]: native('`balance roundrobin`, in each replica of the router'),
  [Feature.LEAST_OUTSTANDING]: native('`balance leastconn`; each replica of the router counts its own requests'),
  [Feature.REQUEST_TIMEOUT]: approximated(
    'a request whose server is silent for longer is answered with 504 within a second; a response that keeps sending data is not cut off',
  ),
  [Feature.PATH_TIMEOUT]: approximated(
    'a route of its own, with the silence timeout of its requests; a response that keeps sending data is not cut off',
  ),
  [Feature.METHOD_MATCH]: native('a condition of the route; CONNECT and TRACE are answered with 501'),
  [Feature.METHOD_NOT_ALLOWED]: native('answered by the router after the routes of the path'),
  [Feature.ALLOW_HEADER]: native('the methods of the path'),
  [Feature.CORS]: native(
    'the router answers preflight requests with 204, and sets the headers of all responses of the endpoint instead of the server',
  ),
  [Feature.STRIP_PREFIX]: native(
    'the router rewrites the path and removes empty segments; a path that servers could interpret differently is answered with 400',
  ),
  [Feature.FORWARDED_PREFIX]: native(
    'X-Forwarded-Prefix, after the prefix of a trusted proxy; one that a client sends is removed',
  ),
  [Feature.HEADER_MATCH]: native('a condition of the route; a request that has the header twice is answered with 400'),
  [Feature.PATH_BY_HEADER]: native('the router rewrites the path'),
  [Feature.WEB_SOCKET]: native(
    'an upgraded connection, which `timeout tunnel` of the route closes when both sides are silent; other endpoints refuse WebSocket, and upgrades to other protocols, such as HTTP/2, are ignored',
  ),
  [Feature.HTTP2]: approximated(
    'the router and its health checks use HTTP/2 without TLS; probes of the kubelet use HTTP/1.1, which the server must accept too',
  ),
  [Feature.GRPC]: native(
    'HTTP/2 without TLS from clients that start with it (prior knowledge) and to servers; the router checks that the port accepts connections, the kubelet that the server is ready',
  ),
  [Feature.OWN_ADDRESS]: native('a route that takes precedence over the shares'),
  [Feature.FAILOVER]: native(
    'the share of a backend without a ready replica goes to the next backend with a share; without any, to the Service of the backend, which includes new replicas before DNS does; if it has none either, 503 after about 4 s',
  ),
  [Feature.MAX_CONCURRENCY]: approximated(
    'each replica of the router enforces its part of the limit, at least one request at a time, and queues the rest',
  ),
  [Feature.QUEUE]: approximated(
    'the queue of the pool; each replica of the router has its part of the limit, and answers further requests at once',
  ),
  [Feature.CANCELLATION]: native('`option abortonclose` of the pool'),
  [Feature.KEEP_ALIVE]: native('idle connections are closed after a fixed time, before any server closes them'),
} satisfies CapabilityTable<RoutingFeature>);
