import type { Explanation } from '../plan/explanation';
import type { ServingPlan } from '../plan/plan';
import { type EndpointPlan, RouteKind, type RoutePlan } from '../plan/serving-plan';
import type { Section } from './sections';

/** The routes of every endpoint, in matching order. */
export function routeSections({ plan }: Explanation): Section[] {
  return plan.endpoints.map((endpoint) => routeSection(plan, endpoint));
}

function routeSection(plan: ServingPlan, endpoint: EndpointPlan): Section {
  const numbered = endpoint.routes.some((route) => route.rules.length > 0);
  const headings = [...(numbered ? ['priority'] : []), 'kind', 'hosts', 'path', 'methods', 'headers', 'destination'];
  const rows = inOrder(endpoint.routes).map((route) => [
    ...(numbered ? [prioritiesOf(route)] : []),
    ...routeCells(plan, route),
  ]);
  // Columns without any condition are left out.
  const isUsed = headings.map((_, column) => rows.some((row) => row[column] !== 'any' && row[column] !== '-'));
  const used = (cells: string[]): string[] => cells.filter((_, column) => isUsed[column]);
  return {
    level: 1,
    title: `routes of ${endpoint.name} (${endpoint.path})`,
    table: { headings: used(headings), rows: rows.map(used), numbers: ['priority'] },
  };
}

/** Routes in matching order: by the priority of their first rule if rules are numbered. */
function inOrder(routes: readonly RoutePlan[]): RoutePlan[] {
  const first = ({ rules }: RoutePlan): number => Math.min(...rules.map(({ priority }) => priority));
  return routes.every(({ rules }) => rules.length === 0)
    ? [...routes]
    : [...routes].sort((a, b) => first(a) - first(b));
}

function routeCells(plan: ServingPlan, route: RoutePlan): string[] {
  const headers = route.headers.map(({ name, values }) => `${name}: ${values.join(' or ')}`);
  return [
    route.kind,
    anyOf(route.hosts),
    route.prefix,
    anyOf(route.methods),
    headers.join(', ') || '-',
    destination(plan, route),
  ];
}

function destination(plan: ServingPlan, route: RoutePlan): string {
  if (route.kind === RouteKind.PREFLIGHT)
    return `answered, for ${plan.endpoint(route.endpoint).cors?.origins.join(', ')}`;
  if (route.shares.length === 0) return `405, allowed: ${route.allow.join(', ')}`;
  const names = new Map(plan.backends.map((backend) => [backend.path, backend.name]));
  const total = route.shares.reduce((sum, share) => sum + share.weight, 0);
  const shares = route.shares.map(({ backend, weight }) => `${names.get(backend)} ${weight}/${total}`);
  const path = route.replacePath ?? route.replacePrefix;
  const among = route.stickySeconds === undefined ? '' : ' of new clients';
  return `${shares.join(', ')}${among}${path === undefined || path === route.prefix ? '' : ` as ${path}`}`;
}

/** The priorities of a route. If other rules prefer the same priority, it is added in parentheses. */
function prioritiesOf(route: RoutePlan): string {
  return route.rules
    .map(({ priority, movedFrom }) =>
      movedFrom === undefined ? `${priority}` : `${priority} (${movedFrom} is contested)`,
    )
    .join(', ');
}

function anyOf(values: string[]): string {
  return values.length === 0 ? 'any' : values.join(', ');
}
