/** Every time field of routes and policies, and its origin. */
import type { GatewayProfile } from '../../src/kubernetes';
import { never, planned, ROUTE_SILENCE, type Row } from './rows';

/** The fields of every gateway. */
const GATEWAY_ROWS: readonly Row[] = [
  ...never('a response header that only the application can set', [
    'HTTPRoute.spec.rules.filters.cors.maxAge',
    'HTTPRoute.spec.rules.backendRefs.filters.cors.maxAge',
  ]),
  ...never('a second limit in addition to that of the route', ['HTTPRoute.spec.rules.timeouts.backendRequest']),
];

const TIMEOUT_ROWS: readonly Row[] = [
  {
    field: 'HTTPRoute.spec.rules.timeouts.request',
    of: 'endpoint',
    origin: planned('route timeout', ({ endpoint }) => endpoint?.routes[0]?.timeoutSeconds as number),
  },
];

const NO_TIMEOUT_ROWS = never('some gateways refuse a route with a timeout', ['HTTPRoute.spec.rules.timeouts.request']);

const BACKEND_TRAFFIC_POLICY_ROWS: readonly Row[] = [
  {
    field: 'BackendTrafficPolicy.spec.timeout.http.connectionIdleTimeout',
    of: 'endpoint',
    // Without kept connections the ladder has no such row, but the policy sets the value anyway.
    origin: planned('balancer idle', ({ plan }) => plan.balancer.idle),
  },
  {
    field: 'BackendTrafficPolicy.spec.timeout.http.streamIdleTimeout',
    of: 'endpoint',
    origin: ROUTE_SILENCE,
  },
  {
    field: 'BackendTrafficPolicy.spec.loadBalancer.consistentHash.cookie.ttl',
    of: 'endpoint',
    origin: {
      kind: 'definition',
      what: 'stickySession of the only backend',
      seconds: ({ plan, endpoint }) =>
        endpoint?.shares.flatMap(({ backend }) => plan.backend(backend).intent.stickySeconds ?? []) ?? [],
    },
    when: ({ plan, endpoint }) =>
      endpoint?.shares.some(({ backend }) => plan.backend(backend).intent.stickySeconds !== undefined) ?? false,
  },
  ...never('a second limit in addition to that of the route', [
    'BackendTrafficPolicy.spec.timeout.http.requestTimeout',
    'BackendTrafficPolicy.spec.timeout.http.maxStreamDuration',
    'BackendTrafficPolicy.spec.retry.perRetry.timeout',
  ]),
  ...never('connections end by their idle timeout, so that none ends during a request', [
    'BackendTrafficPolicy.spec.timeout.http.maxConnectionDuration',
  ]),
  ...never('a connection is opened or refused within the default of 10 s', [
    'BackendTrafficPolicy.spec.timeout.tcp.connectTimeout',
  ]),
  ...never('the cluster determines which replicas are ready', [
    'BackendTrafficPolicy.spec.healthCheck.active.initialJitter',
    'BackendTrafficPolicy.spec.healthCheck.active.interval',
    'BackendTrafficPolicy.spec.healthCheck.active.timeout',
    'BackendTrafficPolicy.spec.healthCheck.passive.baseEjectionTime',
    'BackendTrafficPolicy.spec.healthCheck.passive.interval',
    'BackendTrafficPolicy.spec.admissionControl.samplingWindow',
    'BackendTrafficPolicy.spec.dns.dnsRefreshRate',
  ]),
  ...never('connections to servers use HTTP/1.1', [
    'BackendTrafficPolicy.spec.http2.connectionKeepalive.idleInterval',
    'BackendTrafficPolicy.spec.http2.connectionKeepalive.interval',
    'BackendTrafficPolicy.spec.http2.connectionKeepalive.intervalJitter',
    'BackendTrafficPolicy.spec.http2.connectionKeepalive.timeout',
  ]),
  ...never('idle connections end by their idle timeout, long before the network drops them', [
    'BackendTrafficPolicy.spec.tcpKeepalive.idleTime',
    'BackendTrafficPolicy.spec.tcpKeepalive.interval',
  ]),
  ...never('the algorithms are round robin and least requests', [
    'BackendTrafficPolicy.spec.loadBalancer.backendUtilization.blackoutPeriod',
    'BackendTrafficPolicy.spec.loadBalancer.backendUtilization.outOfBand.reportingPeriod',
    'BackendTrafficPolicy.spec.loadBalancer.backendUtilization.weightExpirationPeriod',
    'BackendTrafficPolicy.spec.loadBalancer.backendUtilization.weightUpdatePeriod',
    'BackendTrafficPolicy.spec.loadBalancer.slowStart.window',
  ]),
  ...never('a request that may have reached a server is not retried', [
    'BackendTrafficPolicy.spec.retry.perRetry.backOff.baseInterval',
    'BackendTrafficPolicy.spec.retry.perRetry.backOff.maxInterval',
  ]),
  ...never('no faults are injected', ['BackendTrafficPolicy.spec.faultInjection.delay.fixedDelay']),
];

/** The fields of the objects that profiles render, by kind. */
const OBJECT_ROWS: { readonly [kind: string]: readonly Row[] } = {
  BackendTrafficPolicy: BACKEND_TRAFFIC_POLICY_ROWS,
  HTTPRouteFilter: [],
};

/** The fields of the routes and policies of a profile. */
export function gatewayRows({ options: { requestTimeouts, policies = [], methodNotAllowed } }: GatewayProfile): Row[] {
  const kinds = [...policies, ...(methodNotAllowed === undefined ? [] : [methodNotAllowed])].map(
    ({ props }) => props.kind,
  );
  const unknown = kinds.filter((kind) => !Object.hasOwn(OBJECT_ROWS, kind));
  if (unknown.length > 0) throw new Error(`no rows for the times of ${unknown.join(' and ')}`);
  return [
    ...GATEWAY_ROWS,
    ...(requestTimeouts ? TIMEOUT_ROWS : NO_TIMEOUT_ROWS),
    ...kinds.flatMap((kind) => OBJECT_ROWS[kind] ?? []),
  ];
}
