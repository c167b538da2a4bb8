import type { ServingPlan } from '../../../plan/plan';
import { MARGIN_SECONDS } from '../../../plan/rules';
import { longestOf } from '../../../plan/timeouts/demand';
import { renderBuffers } from './buffers';
import { renderFrontend } from './frontend';
import { MAX_CONNECTIONS } from './guards';
import { addresses, CONNECT_RETRIES, CONNECT_SECONDS, type HaproxyOptions, HEALTH_PATH, METRICS_PATH } from './options';
import { poolsOf, queueSeconds, renderPoolDefaults, renderPools, servesCalls } from './pools';
import { renderProblemParts, renderProblems } from './problems';
import { renderResolvers } from './resolvers';
import { routeTable } from './route-table';
import { renderServices } from './services';

/** The maximum time that an accepted request can take, in seconds. */
export function longestRequest(plan: ServingPlan): number {
  const queued = poolsOf(plan).map((pool) => (pool.intent.maxConcurrency === undefined ? 0 : queueSeconds(plan, pool)));
  const longest = plan.endpoints.map(({ intent }) => longestOf(intent));
  return Math.ceil(Math.max(0, ...longest)) + Math.ceil(Math.max(0, ...queued)) + MARGIN_SECONDS;
}

/** The name of the file that HAProxy is started with. */
export const CONFIG_FILE = 'haproxy.cfg';

/** The maximum size of a part of the configuration in characters, so that it fits into a ConfigMap with others. */
const MAX_PART = 150_000;

/** The files of the router by name: the parts of the configuration in their order, and the maps that it reads. */
export type RouterFiles = { readonly [name: string]: string };

/** Whether HAProxy is started with a file, rather than reads it as a map. */
export function isConfiguration(file: string): boolean {
  return file.endsWith('.cfg');
}

/**
 * The files of the router: a pure function of the plan, in the syntax of HAProxy 2.6 and newer.
 *
 * Routes are data: maps contain the states of a request by its host, path, method and headers, and for each final state the
 * pools of servers with their shares. There is one pool per backend, even if several endpoints use it.
 */
export function renderHaproxy(plan: ServingPlan, options: HaproxyOptions): RouterFiles {
  const pools = poolsOf(plan);
  const table = routeTable(plan);
  const first = [
    ...renderGlobal(plan),
    ...renderResolvers(pools.length),
    ...renderBase(plan),
    '# A frontend notices that a client has closed its connection only through its defaults; pools decide what follows.',
    'defaults client from base',
    '  option abortonclose',
    '',
    ...renderAdmin(options),
    ...renderFrontend(plan, table, options),
    ...renderServices(plan, pools, options),
    ...renderPoolDefaults(),
  ];
  const [sections, ...more] = joined(renderPools(plan, pools, options));
  return {
    [CONFIG_FILE]: [...first, sections].join('\n'),
    ...Object.fromEntries(more.map((text, index) => [`pools-${index + 2}.cfg`, text])),
    ...Object.fromEntries(table.maps),
  };
}

/** Joins sections to texts of a limited size. */
function joined(sections: string[][]): string[] {
  const texts = [''];
  for (const section of sections.map((lines) => `${lines.join('\n')}\n`)) {
    if ((texts.at(-1) as string).length + section.length > MAX_PART) texts.push('');
    texts.push(`${texts.pop()}${section}`);
  }
  return texts;
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
    ...renderProblemParts(),
    '',
  ];
}

function renderBase(plan: ServingPlan): string[] {
  const longest = Math.max(MARGIN_SECONDS, ...plan.endpoints.map(({ silenceSeconds }) => Math.ceil(silenceSeconds)));
  return [
    'defaults base',
    '  mode http',
    '  log global',
    '  option httplog',
    '  option dontlog-normal',
    '  option dontlognull',
    '  option idle-close-on-response',
    '  no option abortonclose',
    ...(servesCalls(plan)
      ? []
      : ['  # Clients use HTTP/1.1; refuse unencrypted HTTP/2.', '  option disable-h2-upgrade']),
    '  timeout http-request 10s',
    `  timeout http-keep-alive ${plan.balancer.clientIdle}s`,
    // A client that waits is as silent as its server, whose timeout decides.
    `  timeout client ${longest + MARGIN_SECONDS}s`,
    `  timeout server ${longest}s`,
    `  timeout tunnel ${longest}s`,
    '  # Retry a request only if none of it was sent, so that it never reaches two servers.',
    `  timeout connect ${CONNECT_SECONDS}s`,
    `  retries ${CONNECT_RETRIES}`,
    '  retry-on conn-failure',
    '  option redispatch 1',
    '  http-reuse safe',
    ...renderProblems(),
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
