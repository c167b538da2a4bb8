import { PREFIX_HEADER } from '../../../plan/path-prefix';
import type { ServingPlan } from '../../../plan/plan';
import type { RoutePlan } from '../../../plan/serving-plan';
import {
  renderConnectionGuard,
  renderHeaderGuard,
  renderMessageGuard,
  renderSources,
  renderUpgradeGuard,
} from './guards';
import { renderLookups } from './lookups';
import { addresses, type HaproxyOptions, ROUTER_PORT } from './options';
import { poolsOf, servesCalls } from './pools';
import { answer, renderProblemForm, renderServed } from './problems';
import { MapFile, type RouteTable } from './route-table';
import { Column, CUT_ALL, cutDepths, hasNewPrefix, poolColumn, sharing, uptoColumn } from './routes';
import { SERVICE } from './services';
import { isSticky, renderKeeping, renderKept, renderSecure } from './sticky-sessions';

/** The table of the counters. The underscore avoids conflicts with the names of backends. */
const COUNTERS = '_counters';

/**
 * The part of the configuration that chooses a route for each request, and a pool of that route. Its number of lines does not
 * depend on the number of endpoints.
 */
export function renderFrontend(plan: ServingPlan, table: RouteTable, options: HaproxyOptions): string[] {
  const { routes } = plan;
  const pools = routes.map((route) => sharing(route).length);
  const sticky = routes.some(isSticky);
  const counted = new Set(routes.filter((_, index) => (pools[index] as number) > 1).map((route) => route.endpoint));
  return [
    'frontend _router from client',
    `  bind ${addresses(options.port)}`,
    ...renderConnectionGuard(options),
    ...renderProblemForm(),
    ...renderMessageGuard(routes, servesCalls(plan)),
    ...renderHeaderGuard(options, ROUTER_PORT, routes),
    '',
    ...renderLookups(table),
    '',
    ...renderUpgradeGuard(),
    ...renderServed(),
    '',
    ...renderRewrite(routes),
    ...renderPrefix(routes),
    ...(sticky ? [...renderKept(), ...renderKeeping()] : []),
    ...(sticky || plan.backends.some(({ intent }) => intent.stickySeconds !== undefined)
      ? renderSecure(options.trustedProxies)
      : []),
    ...(poolsOf(plan).length === 0
      ? []
      : renderChoice(table, Math.max(...pools), { counted: counted.size > 0, sticky })),
    '',
    ...(counted.size === 0
      ? []
      : [`backend ${COUNTERS} from base`, `  stick-table type string len 64 size ${counted.size} store gpc0`, '']),
    ...renderSources(),
  ];
}

function column(number: number): string {
  return `var(txn.route),field(${number},|)`;
}

function renderRewrite(routes: RoutePlan[]): string[] {
  const depths = cutDepths(routes);
  const whole = routes.some((route) => route.replacePath !== undefined);
  const puts = routes.some(hasNewPrefix);
  if (depths.length === 0 && !whole) return [];
  return [
    `  http-request set-var(txn.cut) ${column(Column.CUT)}`,
    ...(puts ? [`  http-request set-var(txn.put) ${column(Column.PUT)},url_dec`] : []),
    ...(whole ? [`  http-request set-path %[var(txn.put)] if { var(txn.cut) -m str ${CUT_ALL} }`] : []),
    // The first field is the empty one in front of the first slash.
    // The removed segments must be those that the route matched, so none may be empty or contain an encoded slash.
    ...depths.map((depth) =>
      answer(
        400,
        'ambiguous path',
        `if { var(txn.cut) -m str ${depth} } { path,field(2,/,${depth}) -m reg -i -- '%2f|//|/$' }`,
      ),
    ),
    ...depths.map(
      (depth) => `  http-request set-var(txn.rest) path,field(${depth + 2},/,0) if { var(txn.cut) -m str ${depth} }`,
    ),
    ...(depths.length === 0
      ? []
      : [
          // The rest must not begin with an empty segment: a server could interpret the next segment as a host.
          answer(400, 'ambiguous path', 'if { var(txn.rest) -m beg -i / %2f }'),
          '  acl cut var(txn.cut) -m int gt 0',
          ...(puts
            ? [
                '  acl rest var(txn.rest) -m found',
                '  acl put var(txn.put) -m len gt 0',
                '  http-request set-path %[var(txn.put)]/%[var(txn.rest)] if cut rest',
                '  http-request set-path %[var(txn.put)] if cut !rest put',
                '  http-request set-path / if cut !rest !put',
              ]
            : ['  http-request set-path /%[var(txn.rest)] if cut']),
        ]),
  ];
}

/** The header with the removed prefix, after that of a trusted proxy. Those of other clients are removed already. */
function renderPrefix(routes: RoutePlan[]): string[] {
  if (!routes.some(({ removedPrefix }) => removedPrefix)) return [];
  return [
    `  http-request set-var(txn.prefix) ${column(Column.PREFIX)},url_dec`,
    `  http-request set-header ${PREFIX_HEADER} %[req.fhdr(${PREFIX_HEADER}),rtrim(/)]%[var(txn.prefix)] if { var(txn.prefix) -m len gt 0 }`,
  ];
}

/** What decides among the pools of a route. */
interface Choice {
  /** Whether an endpoint has a counter. */
  readonly counted: boolean;
  /** Whether clients of an endpoint keep their pool. */
  readonly sticky: boolean;
}

/**
 * The section for a request: the pool that its client keeps, otherwise the one that is chosen by a counter of its endpoint and
 * the cumulative shares, otherwise the next one with a ready server, otherwise the first. If that one has no ready server, its
 * Service.
 */
function renderChoice({ maps }: RouteTable, pools: number, { counted, sticky }: Choice): string[] {
  const first = poolAt(0);
  const service = maps.has(MapFile.SERVICES) ? `${first},map_str(${MapFile.SERVICES},${SERVICE})` : `str(${SERVICE})`;
  return [
    '  acl chosen var(txn.pool) -m found',
    ...(counted ? renderShares(pools, sticky) : []),
    // A stopping process counts no server as ready, and still uses them.
    `  http-request set-var(txn.service) ${service} if !chosen !{ stopping } { ${first},nbsrv eq 0 }`,
    choose(0),
    '  use_backend %[var(txn.service)] if { var(txn.service) -m found }',
    '  use_backend %[var(txn.pool)] if { var(txn.pool) -m found }',
  ];
}

/** Chooses among several pools: the one that the client keeps, then by the counter, then the next one that is ready. */
function renderShares(pools: number, sticky: boolean): string[] {
  const indices = Array.from({ length: pools }, (_, index) => index);
  const isReady = (index: number): string => `{ ${poolAt(index)},nbsrv gt 0 }`;
  const isKept = (index: number): string => `{ ${poolAt(index)},strcmp(txn.kept) eq 0 }`;
  const isDue = (index: number): string => `{ ${column(uptoColumn(index))},sub(txn.slot) gt 0 }`;
  const among = sticky ? 'counted !chosen' : 'counted';
  return [
    `  http-request set-var(txn.step) ${column(Column.MULTIPLIER)}`,
    `  http-request set-var(txn.total) ${column(Column.TOTAL)}`,
    '  acl counted var(txn.total) -m int gt 1',
    ...(sticky ? indices.map((index) => choose(index, 'keeps', isKept(index), isReady(index))) : []),
    `  http-request track-sc0 ${column(Column.ENDPOINT)} table ${COUNTERS} if ${among}`,
    `  http-request set-var(txn.slot) sc0_inc_gpc0(${COUNTERS}),mul(txn.step),mod(txn.total) if ${among}`,
    ...indices.map((index) => choose(index, isDue(index), isReady(index))),
    ...indices.map((index) => choose(index, 'counted', isReady(index))),
  ];
}

/** The name of a pool of the route. */
function poolAt(index: number): string {
  return column(poolColumn(index));
}

/** Chooses a pool of the route, if none is chosen yet and the conditions are met. */
function choose(index: number, ...conditions: string[]): string {
  return `  http-request set-var(txn.pool) ${poolAt(index)} if ${['!chosen', ...conditions].join(' ')}`;
}
