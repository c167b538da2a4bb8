/** What a plan promises for a request, from the order of its routes alone: the first one that matches wins. */
import type { ServingPlan } from '../../src/plan/plan';
import { PREFLIGHT_HEADER } from '../../src/plan/routes';
import { RouteKind, type RoutePlan } from '../../src/plan/serving-plan';
import { headerOf, matchesHost, matchesPrefix } from './observation';
import type { Request } from './request';

export type Planned =
  | { readonly status: number; readonly allow?: string }
  | {
      readonly route: RoutePlan;
      /** The names of the backends that can get the request, with their shares. */
      readonly shares: Readonly<Record<string, number>>;
      readonly path: string;
      readonly forwardedPrefix?: string;
      /** In seconds. */
      readonly timeout: number;
    };

/** The path without empty segments, except those of a URL. */
function merged(path: string): string {
  return path.replace(/(?<!:)\/\/+/g, '/');
}

/** What happens to a request that no guard of the router refuses, except for empty segments of its decoded path. */
export function plannedRoute(plan: ServingPlan, request: Request): Planned {
  const [raw = '/'] = (request.path ?? '/').split('?');
  const path = merged(raw);
  const text = decodeURIComponent(path);
  if (/(?<!:)\/\//.test(text)) return { status: 400 };
  const decoded = text.replace(/\/\/+/g, '/');
  const route = plan.routes.find((candidate) => matches(candidate, request, decoded));
  if (route === undefined) return { status: 404 };
  if (route.kind === RouteKind.PREFLIGHT) return { status: 204 };
  if (route.kind === RouteKind.METHOD_NOT_ALLOWED) return { status: 405, allow: route.allow.join(', ') };
  const seen = rewritten(route, path);
  if (seen === undefined) return { status: 400 };
  const shares = route.shares.filter(({ weight }) => weight > 0);
  return {
    route,
    shares: Object.fromEntries(shares.map(({ backend, weight }) => [plan.backend(backend).slug, weight])),
    path: seen,
    ...(route.removedPrefix ? { forwardedPrefix: route.removedPrefix } : {}),
    timeout: route.silenceSeconds,
  };
}

function matches(route: RoutePlan, request: Request, path: string): boolean {
  const host = (request.host ?? '').replace(/:\d+$/, '').toLowerCase().replace(/\.+$/, '');
  return (
    (route.hosts.length === 0 || route.hosts.some((pattern) => matchesHost(pattern, host))) &&
    matchesPrefix(decodeURIComponent(route.prefix), path) &&
    (route.methods.length === 0 || route.methods.includes(request.method ?? 'GET')) &&
    (route.kind !== RouteKind.PREFLIGHT || headerOf(request, PREFLIGHT_HEADER) !== undefined) &&
    route.headers.every(({ name, values }) => values.includes(headerOf(request, name) ?? ''))
  );
}

/** The path that the server gets; undefined if the removed segments are ambiguous. */
function rewritten({ prefix, replacePrefix, replacePath }: RoutePlan, path: string): string | undefined {
  if (replacePath !== undefined) return replacePath;
  if (replacePrefix === undefined || prefix === '/') return path;
  const depth = prefix.split('/').length - 1;
  const segments = path.slice(1).split('/');
  const rest = segments.slice(depth).join('/');
  if (/%2f|\/\/|\/$/i.test(segments.slice(0, depth).join('/')) || /^(?:\/|%2f)/i.test(rest)) return undefined;
  const base = replacePrefix === '/' ? '' : replacePrefix;
  return segments.length > depth ? `${base}/${rest}` : base || '/';
}
