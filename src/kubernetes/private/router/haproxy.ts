import type { ServingPlan } from '../../../plan/plan';
import { MARGIN_SECONDS } from '../../../plan/rules';
import { longestOf } from '../../../plan/timeouts/demand';
import { renderFrontend } from './frontend';
import { MAX_CONNECTIONS } from './guards';
import { addresses, type HaproxyOptions, HEALTH_PATH, METRICS_PATH } from './options';
import { poolsOf, queueSeconds, renderPoolDefaults, renderPools } from './pools';
import { renderResolvers } from './resolvers';

/** The longest that the router may have to work on a request it has accepted, in seconds. */
export function longestRequest(plan: ServingPlan): number {
  const queued = poolsOf(plan).map((pool) => (pool.intent.maxConcurrency === undefined ? 0 : queueSeconds(plan, pool)));
  const longest = plan.endpoints.map(({ intent }) => longestOf(intent));
  return Math.ceil(Math.max(0, ...longest)) + Math.max(0, ...queued) + MARGIN_SECONDS;
}

/**
 * The configuration of the router: a pure function of the plan, in words that HAProxy 2.6 and 3.0 know.
 *
 * A request gets the first route that its host, path, method and headers match; the route names the pools of servers with
 * their shares. There is one pool for each backend, whatever the number of endpoints that use it.
 */
export function renderHaproxy(plan: ServingPlan, options: HaproxyOptions): string {
  const pools = poolsOf(plan);
  return [
    ...renderGlobal(plan),
    ...renderResolvers(pools.length),
    ...renderBase(plan),
    ...renderAdmin(options),
    ...renderFrontend(plan, options),
    ...renderPoolDefaults(),
    ...renderPools(plan, pools, options),
    '',
  ].join('\n');
}

function renderGlobal(plan: ServingPlan): string[] {
  return [
    'global',
    '  log stdout format raw daemon',
    `  maxconn ${MAX_CONNECTIONS}`,
    '  # A node that allows fewer open files serves fewer connections.',
    '  no strict-limits',
    '  nbthread 2',
    `  hard-stop-after ${longestRequest(plan)}s`,
    '',
  ];
}

function renderBase(plan: ServingPlan): string[] {
  const timeout = plan.endpoints.reduce(
    (longest, endpoint) => Math.max(longest, endpoint.silenceSeconds),
    MARGIN_SECONDS,
  );
  return [
    'defaults base',
    '  mode http',
    '  log global',
    '  option httplog',
    '  option dontlog-normal',
    '  option dontlognull',
    '  option idle-close-on-response',
    '  # Clients speak HTTP/1.1: what could pass as HTTP/2 without encryption is refused.',
    '  option disable-h2-upgrade',
    '  timeout http-request 10s',
    `  timeout http-keep-alive ${plan.balancer.clientIdle}s`,
    `  timeout client ${timeout}s`,
    `  timeout server ${timeout}s`,
    `  timeout tunnel ${timeout}s`,
    '  # Only what was not sent yet is tried again, so that no request reaches two servers.',
    '  timeout connect 1s',
    '  retries 3',
    '  retry-on conn-failure',
    '  option redispatch 1',
    '  http-reuse safe',
    '',
  ];
}

function renderAdmin(options: HaproxyOptions): string[] {
  return [
    'frontend _admin from base',
    `  bind ${addresses(options.adminPort)}`,
    `  monitor-uri ${HEALTH_PATH}`,
    `  http-request use-service prometheus-exporter if { path ${METRICS_PATH} }`,
    '  http-request return status 404',
    '',
  ];
}
