import type { EndpointIntent, HeaderIntent } from '../../plan/intents';
import { PREFIX_HEADER } from '../../plan/path-prefix';
import { RouteKind, type RoutePlan } from '../../plan/serving-plan';
import { durationOf } from './gateway-durations';
import { SERVICE_PORT } from './ports';

/** https://gateway-api.sigs.k8s.io/reference/spec/#httproutespec */
const MAX_HOSTS = 16;
const MAX_RULES = 16;
const MAX_MATCHES_PER_RULE = 64;
const MAX_MATCHES = 128;

/** The maximum number of headers in one match. */
export const MAX_HEADERS = 16;

export interface HttpRouteMatch {
  readonly path: { readonly type: 'PathPrefix'; readonly value: string };
  readonly method?: string;
  readonly headers?: { readonly type: 'Exact'; readonly name: string; readonly value: string }[];
}

interface UrlRewrite {
  readonly type: 'URLRewrite';
  readonly urlRewrite: {
    readonly path:
      | { readonly type: 'ReplacePrefixMatch'; readonly replacePrefixMatch: string }
      | { readonly type: 'ReplaceFullPath'; readonly replaceFullPath: string };
  };
}

interface RequestHeaders {
  readonly type: 'RequestHeaderModifier';
  readonly requestHeaderModifier:
    | { readonly set: { readonly name: string; readonly value: string }[] }
    | { readonly remove: string[] };
}

interface Cors {
  readonly type: 'CORS';
  readonly cors: {
    readonly allowOrigins: string[];
    readonly allowMethods: string[];
    readonly allowHeaders: string[];
    readonly allowCredentials?: boolean;
    readonly exposeHeaders?: string[];
    readonly maxAge: number;
  };
}

interface Extension {
  readonly type: 'ExtensionRef';
  readonly extensionRef: { readonly group: string; readonly kind: string; readonly name: string };
}

export interface HttpRouteRule {
  readonly matches: HttpRouteMatch[];
  readonly filters?: (UrlRewrite | RequestHeaders | Cors | Extension)[];
  readonly backendRefs?: {
    readonly name: string;
    readonly namespace?: string;
    readonly port: number;
    readonly weight: number;
  }[];
  readonly timeouts?: { readonly request: string };
}

/** The hosts and rules of one HTTPRoute. */
export interface HttpRoutePart {
  readonly hostnames?: string[];
  readonly rules: HttpRouteRule[];
}

/** What the routes of an endpoint need in addition to the plan. */
export interface HttpRouteOptions {
  /** The Service of a backend, with its namespace if that differs from the route's. */
  readonly serviceOf: (backend: string) => { readonly name: string; readonly namespace?: string };
  /** Whether the gateway supports request timeouts. */
  readonly timeouts: boolean;
  /** The filter that answers with 405. @default - none; the gateway answers requests without a rule */
  readonly methodNotAllowed?: Extension;
}

/** These options with the filter of an endpoint that accepts cross-origin requests. */
type RuleOptions = HttpRouteOptions & { readonly cors?: Cors };

/**
 * The HTTPRoutes of one endpoint, split where one would exceed the limits. Their number depends only on the endpoint, its
 * backends and its split, so that the objects can be created before there is a plan.
 */
export function httpRouteParts(
  endpoint: EndpointIntent,
  routes: RoutePlan[],
  options: HttpRouteOptions,
): HttpRoutePart[] {
  const cors = corsOf(endpoint);
  const rules = routes.flatMap((route, index) => rulesOf(route, outranking(routes, index), { ...options, cors }));
  const hosts = endpoint.hosts.length === 0 ? [undefined] : chunks(endpoint.hosts, MAX_HOSTS);
  return hosts.flatMap((hostnames) => pack(rules).map((part) => ({ hostnames, rules: part })));
}

function rulesOf(route: RoutePlan, more: HeaderIntent[], options: RuleOptions): HttpRouteRule[] {
  const matches = matchesOf(route, more);
  switch (route.kind) {
    case RouteKind.OWN_ADDRESS:
    case RouteKind.HEADER_RULE:
    case RouteKind.SHARES:
      return forwardingRules(route, matches, options);
    case RouteKind.PREFLIGHT:
      // The filter of the other rules makes the gateway answer them.
      return [];
    case RouteKind.METHOD_NOT_ALLOWED: {
      const filter = options.methodNotAllowed;
      if (filter === undefined) return [];
      return chunks(matches, MAX_MATCHES_PER_RULE).map((part) => ({ matches: part, filters: [filter] }));
    }
  }
}

function forwardingRules(route: RoutePlan, matches: HttpRouteMatch[], options: RuleOptions): HttpRouteRule[] {
  const rewrite = rewriteOf(route);
  const filters = [rewrite, prefixHeaderOf(route), options.cors].filter((filter) => filter !== undefined);
  const rule: Omit<HttpRouteRule, 'matches'> = {
    filters: filters.length === 0 ? undefined : filters,
    backendRefs: route.shares.map(({ backend, weight }) => ({
      ...options.serviceOf(backend),
      port: SERVICE_PORT,
      weight,
    })),
    timeouts: options.timeouts ? { request: durationOf(route.timeoutSeconds) } : undefined,
  };
  // Gateway API allows a ReplacePrefixMatch only in a rule with a single match.
  const size = rewrite?.urlRewrite.path.type === 'ReplacePrefixMatch' ? 1 : MAX_MATCHES_PER_RULE;
  return chunks(matches, size).map((part) => ({ matches: part, ...rule }));
}

function corsOf({ cors }: EndpointIntent): Cors | undefined {
  if (cors === undefined) return undefined;
  return {
    type: 'CORS',
    cors: {
      allowOrigins: cors.origins,
      allowMethods: cors.methods,
      allowHeaders: cors.headers,
      ...(cors.credentials && { allowCredentials: true }),
      ...(cors.exposedHeaders.length > 0 && { exposeHeaders: cors.exposedHeaders }),
      maxAge: cors.maxAgeSeconds,
    },
  };
}

function rewriteOf(route: RoutePlan): UrlRewrite | undefined {
  if (route.replacePath !== undefined) {
    return {
      type: 'URLRewrite',
      urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: route.replacePath } },
    };
  }
  if (route.replacePrefix === undefined) return undefined;
  return {
    type: 'URLRewrite',
    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: route.replacePrefix } },
  };
}

/** Sets the header with the removed path, or removes that of the client where the server would trust it. */
function prefixHeaderOf({ removedPrefix }: RoutePlan): RequestHeaders | undefined {
  if (removedPrefix === undefined) return undefined;
  return {
    type: 'RequestHeaderModifier',
    requestHeaderModifier:
      removedPrefix === '' ? { remove: [PREFIX_HEADER] } : { set: [{ name: PREFIX_HEADER, value: removedPrefix }] },
  };
}

/**
 * The headers of later routes with at least as many headers as this one. The match with more headers wins regardless of
 * the order of rules, so an earlier route gets an additional match with each of these headers.
 */
function outranking(routes: RoutePlan[], index: number): HeaderIntent[] {
  const { kind, headers, pickedByHeader } = routes[index] as RoutePlan;
  const isMerged = new Set(headers.map(({ name }) => name)).size < headers.length;
  if (!pickedByHeader || (kind === RouteKind.HEADER_RULE && !isMerged)) return [];
  const later = routes.slice(index + 1).filter((route) => route.kind === RouteKind.HEADER_RULE);
  return later.map((route) => route.headers.at(-1) as HeaderIntent);
}

/** The matches of a route: one for each method, each combination of header values and each additional header. */
function matchesOf(route: RoutePlan, more: HeaderIntent[]): HttpRouteMatch[] {
  const headers = [route.headers, ...more.map((header) => [...route.headers, header])].flatMap(combinations);
  const methods = route.methods.length === 0 ? [undefined] : route.methods;
  return methods.flatMap((method) =>
    headers.map((list) => ({
      path: { type: 'PathPrefix' as const, value: route.prefix },
      method,
      headers: list.length === 0 ? undefined : list.map(({ name, value }) => ({ type: 'Exact' as const, name, value })),
    })),
  );
}

/** One list of headers for each combination of values. A name that appears twice keeps the values that both have. */
function combinations(headers: HeaderIntent[]): { readonly name: string; readonly value: string }[][] {
  const values = new Map<string, string[]>();
  for (const header of headers) {
    const known = values.get(header.name);
    values.set(
      header.name,
      known === undefined ? header.values : known.filter((value) => header.values.includes(value)),
    );
  }
  let lists: { name: string; value: string }[][] = [[]];
  for (const [name, choices] of values)
    lists = lists.flatMap((list) => choices.map((value) => [...list, { name, value }]));
  return lists;
}

function pack(rules: HttpRouteRule[]): HttpRouteRule[][] {
  const parts: HttpRouteRule[][] = [];
  let matches = 0;
  for (const rule of rules) {
    const last = parts.at(-1);
    matches += rule.matches.length;
    if (last !== undefined && last.length < MAX_RULES && matches <= MAX_MATCHES) {
      last.push(rule);
    } else {
      parts.push([rule]);
      matches = rule.matches.length;
    }
  }
  return parts;
}

function chunks<T>(items: T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}
