import type { ServingPlan } from '../../../plan/plan';
import { MARGIN_SECONDS } from '../../../plan/rules';
import { longestOf } from '../../../plan/timeouts/demand';
import { renderBuffers } from './buffers';
import { renderFrontend } from './frontend';
import { MAX_CONNECTIONS } from './guards';
import { addresses, type HaproxyOptions, HEALTH_PATH, METRICS_PATH } from './options';
import { poolsOf, queueSeconds, renderPoolDefaults, renderPools, servesCalls } from './pools';
import { renderResolvers } from './resolvers';
import { routeTable } from './route-table';

/** The maximum time that an accepted request can take, in seconds. */
export function longestRequest(plan: ServingPlan): number {
  const queued = poolsOf(plan).map((pool) => (pool.intent.maxConcurrency === undefined ? 0 : queueSeconds(plan, pool)));
  const longest = plan.endpoints.map(({ intent }) => longestOf(intent));
  return Math.ceil(Math.max(0, ...longest)) + Math.max(0, ...queued) + MARGIN_SECONDS;
}

/** The name of the file that HAProxy is started with. */
export const CONFIG_FILE = 'haproxy.cfg';

/** The files of the router by name: the configuration and the maps that it reads. */
export type RouterFiles = { readonly [name: string]: string };

/**
 * The files of the router: a pure function of the plan, in the syntax of HAProxy 2.6 and newer.
 *
 * Routes are data: maps contain the states of a request by its host, path, method and headers, and for each final state the
 * pools of servers with their shares. There is one pool per backend, even if several endpoints use it.
 */
export function renderHaproxy(plan: ServingPlan, options: HaproxyOptions): RouterFiles {
  const pools = poolsOf(plan);
  const table = routeTable(plan);
  const configuration = [
    ...renderGlobal(plan),
    ...renderResolvers(pools.length),
    ...renderBase(plan),
    ...renderAdmin(options),
    ...renderFrontend(plan, table, options),
    ...renderPoolDefaults(),
    ...renderPools(plan, pools, options),
    '',
  ].join('\n');
  return { [CONFIG_FILE]: configuration, ...Object.fromEntries(table.maps) };
}

function renderGlobal(plan: ServingPlan): string[] {
  return [
    'global',
    '  # Maps are in the folder of this file.',
    '  default-path config',
    '  log stdout format raw daemon',
    `  maxconn ${MAX_CONNECTIONS}`,
    '  # On nodes with a lower limit of open files, serve fewer connections instead of failing.',
    '  no strict-limits',
    '  nbthread 2',
    ...renderBuffers(),
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
    ...(servesCalls(plan)
      ? []
      : ['  # Clients use HTTP/1.1; refuse unencrypted HTTP/2.', '  option disable-h2-upgrade']),
    '  timeout http-request 10s',
    `  timeout http-keep-alive ${plan.balancer.clientIdle}s`,
    `  timeout client ${timeout}s`,
    `  timeout server ${timeout}s`,
    `  timeout tunnel ${timeout}s`,
    '  # Retry a request only if none of it was sent, so that it never reaches two servers.',
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
