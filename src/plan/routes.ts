import { OwnAddress } from './choices';
import type {
  AttachmentIntent,
  BackendIntent,
  EndpointIntent,
  HeaderIntent,
  PathTimeIntent,
  SplitIntent,
} from './intents';
import { pathBelow, routedTimes } from './path-times';
import { RouteKind, type RoutePlan, type SharePlan } from './serving-plan';
import type { TargetProfile } from './target-profile';
import { limitAfter, routeSilenceOf } from './timeouts/demand';
import { wholeWeights } from './weights';

/** The header that selects the backend of a request. */
export const BACKEND_HEADER = 'x-serving-backend';

/** The path segment in front of a backend's own path. */
export const OWN_PATH = '_b';

/** Names that are valid header values; others are replaced by the legal name. */
const PLAIN_HEADER_VALUE = /^[A-Za-z0-9._:-]{1,128}$/;

/** The conditions of a route, without its destination. */
export type RouteConditions = Pick<RoutePlan, 'kind' | 'hosts' | 'prefix' | 'methods' | 'headers' | 'pickedByHeader'>;

/** The value of the backend header that selects this backend. */
export function headerValueOf(backend: Pick<BackendIntent, 'name' | 'slug'>): string {
  return PLAIN_HEADER_VALUE.test(backend.name) ? backend.name : backend.slug;
}

/** The own path of a backend below that of the endpoint. */
export function ownPrefix(endpoint: Pick<EndpointIntent, 'prefix'>, segment: string): string {
  return `${endpoint.prefix === '/' ? '' : endpoint.prefix}/${OWN_PATH}/${segment}`;
}

/** A backend that serves an endpoint. */
interface Attached {
  readonly endpoint: EndpointIntent;
  readonly attachment: AttachmentIntent;
  readonly backend: Pick<BackendIntent, 'name' | 'slug'>;
}

/** The prefix that replaces the one of the endpoint, if any. */
function strippedPrefix({ stripPrefix, prefix }: EndpointIntent): string | undefined {
  return stripPrefix && prefix !== '/' ? '/' : undefined;
}

/** The prefix that a route removes, rather than replaces with another. */
function removedPrefixOf({ prefix, replacePrefix }: Pick<RoutePlan, 'prefix' | 'replacePrefix'>): string | undefined {
  return replacePrefix === '/' && prefix !== '/' ? prefix : undefined;
}

/** The route of an own address, as far as it differs from the one of the shares. */
type OwnRoute = Partial<RouteConditions> & Pick<RoutePlan, 'replacePrefix'>;

/** By kind of address; undefined for none. */
const OWN_ROUTES: { readonly [address in OwnAddress]: ((attached: Attached) => OwnRoute) | undefined } = {
  [OwnAddress.HEADER]: ({ endpoint, backend }) => ({
    headers: [...endpoint.headers, { name: BACKEND_HEADER, values: [headerValueOf(backend)] }],
    pickedByHeader: true,
    replacePrefix: strippedPrefix(endpoint),
  }),
  [OwnAddress.PATH]: ({ endpoint, attachment }) => ({
    prefix: ownPrefix(endpoint, attachment.segment),
    replacePrefix: endpoint.stripPrefix ? '/' : endpoint.prefix,
  }),
  [OwnAddress.NONE]: undefined,
};

/** The conditions and the rewrite of requests to the own address of a backend; undefined if it has none. */
export function ownRoute(attached: Attached): (RouteConditions & OwnRoute) | undefined {
  const own = OWN_ROUTES[attached.attachment.address]?.(attached);
  return own && { ...shareConditions(attached.endpoint), kind: RouteKind.OWN_ADDRESS, ...own };
}

/** The conditions for requests that match a header rule. */
export function headerRuleConditions(endpoint: EndpointIntent, header: HeaderIntent): RouteConditions {
  return {
    ...shareConditions(endpoint),
    kind: RouteKind.HEADER_RULE,
    headers: [...endpoint.headers, header],
    pickedByHeader: true,
  };
}

/** The conditions for all other requests of the endpoint. */
export function shareConditions(endpoint: EndpointIntent): RouteConditions {
  return {
    kind: RouteKind.SHARES,
    hosts: endpoint.hosts,
    prefix: endpoint.prefix,
    methods: endpoint.methods,
    headers: endpoint.headers,
    pickedByHeader: false,
  };
}

/** The method of a preflight request. */
export const PREFLIGHT_METHOD = 'OPTIONS';

/** The header that a preflight request has, in addition to its method. */
export const PREFLIGHT_HEADER = 'access-control-request-method';

/** The conditions for preflight requests, except that they have their header. They have none of the headers of an endpoint. */
export function preflightConditions(endpoint: EndpointIntent, prefix = endpoint.prefix): RouteConditions {
  return {
    ...shareConditions(endpoint),
    kind: RouteKind.PREFLIGHT,
    prefix,
    methods: [PREFLIGHT_METHOD],
    headers: [],
  };
}

/** The conditions for requests with a method that the endpoint does not accept. */
export function methodNotAllowedConditions(endpoint: EndpointIntent): RouteConditions {
  return { ...shareConditions(endpoint), kind: RouteKind.METHOD_NOT_ALLOWED, methods: [] };
}

/** The shares of an endpoint: those of its split, with 0 for other backends, or equal shares without a split. */
export function sharesOf(attachments: AttachmentIntent[], split: SplitIntent | undefined): SharePlan[] {
  const typed = split?.shares ?? [];
  if (typed.length === 0) return attachments.map(({ backend }) => ({ backend, weight: 1 }));
  const whole = wholeWeights(typed.map((share) => share.weight));
  const weights = new Map(typed.map((share, index) => [share.backend, whole[index] as number]));
  return attachments.map(({ backend }) => ({ backend, weight: weights.get(backend) ?? 0 }));
}

/** The destination of requests that the shares decide. A backend with weight 0 would keep the clients that have its cookie. */
function sharedBy(shares: SharePlan[], stickySeconds?: number): Pick<RoutePlan, 'shares' | 'stickySeconds'> {
  return stickySeconds === undefined
    ? { shares }
    : { shares: shares.filter(({ weight }) => weight > 0), stickySeconds };
}

/** The backends of an endpoint and the distribution of its requests. */
export interface Traffic {
  readonly attachments: AttachmentIntent[];
  readonly split?: SplitIntent;
  readonly backendOf: (key: string) => BackendIntent;
  /** The methods in the `Allow` header of a 405. */
  readonly allowed: string[];
  /** Whether paths below the endpoint with their own time get routes. @default false */
  readonly hasTimes?: boolean;
  /** How long its routes wait for a request. @default - the default */
  readonly target?: Pick<TargetProfile, 'requestMarginSeconds'>;
}

/** The timeouts of a route whose requests may take this long. */
function timesOf(
  endpoint: EndpointIntent,
  requestTimeoutSeconds: number,
  target: NonNullable<Traffic['target']>,
): Pick<RoutePlan, 'timeoutSeconds' | 'silenceSeconds'> {
  return {
    timeoutSeconds: endpoint.streamSeconds === undefined ? limitAfter(requestTimeoutSeconds, target) : 0,
    silenceSeconds: routeSilenceOf({ ...endpoint, requestTimeoutSeconds }, target),
  };
}

/** The parts of a route whose requests reach no server. */
const ANSWERED: Partial<RoutePlan> = {
  removedPrefix: undefined,
  replacePrefix: undefined,
  timeoutSeconds: 0,
  silenceSeconds: 0,
};

/** The part of a route for the requests of a path with its own time. */
function routeBelow(route: RoutePlan, time: PathTimeIntent, times: ReturnType<typeof timesOf>): RoutePlan {
  const { key, prefix, replacePrefix } = route;
  return {
    ...route,
    key: `${key}@${time.path}`,
    prefix: pathBelow(prefix, time.path),
    replacePrefix: replacePrefix === undefined ? undefined : pathBelow(replacePrefix, time.path),
    ...(route.kind === RouteKind.PREFLIGHT ? {} : times),
  };
}

/** All routes of one endpoint, in matching order. */
export function routesOf(endpoint: EndpointIntent, traffic: Traffic): RoutePlan[] {
  const { attachments, split, backendOf, allowed, hasTimes = false, target = {} } = traffic;
  const shares = sharesOf(attachments, split);
  const shared = sharedBy(shares, split?.stickySeconds);
  const replacePrefix = strippedPrefix(endpoint);
  const route = (id: string, conditions: RouteConditions & OwnRoute, change: Partial<RoutePlan>): RoutePlan => ({
    key: `${endpoint.path}#${id}`,
    endpoint: endpoint.path,
    shares: [],
    removedPrefix: removedPrefixOf({ replacePrefix, ...conditions }),
    replacePrefix,
    allow: [],
    rules: [],
    ...timesOf(endpoint, endpoint.ownTimeoutSeconds ?? endpoint.requestTimeoutSeconds, target),
    ...conditions,
    ...change,
  });
  const routes: RoutePlan[] = [];
  const preflight = (id: string, prefix?: string): void => {
    if (endpoint.cors !== undefined) routes.push(route(id, preflightConditions(endpoint, prefix), ANSWERED));
  };
  preflight(PREFLIGHT_KEY);
  for (const attachment of attachments) {
    const own = ownRoute({ endpoint, attachment, backend: backendOf(attachment.backend) });
    if (own === undefined) continue;
    routes.push(route(ownKey(attachment.backend), own, { shares: [{ backend: attachment.backend, weight: 1 }] }));
    if (attachment.address === OwnAddress.PATH) preflight(ownPreflightKey(attachment.backend), own.prefix);
  }
  split?.headerRules.forEach((rule, index) => {
    routes.push(
      route(headerRuleKey(index), headerRuleConditions(endpoint, rule.header), {
        ...(rule.backend === undefined ? shared : { shares: [{ backend: rule.backend, weight: 1 }] }),
        replacePath: rule.rewritePath,
      }),
    );
  });
  routes.push(route(SHARES_KEY, shareConditions(endpoint), shared));
  const below = routedTimes(endpoint, hasTimes).flatMap((time) => {
    const times = timesOf(endpoint, time.requestTimeoutSeconds, target);
    return routes.map((one) => routeBelow(one, time, times));
  });
  routes.push(...below);
  if (endpoint.methods.length > 0) {
    routes.push(route(METHOD_NOT_ALLOWED_KEY, methodNotAllowedConditions(endpoint), { ...ANSWERED, allow: allowed }));
  }
  return sortRoutes(routes);
}

/** The id of the route to a backend's own address, unique in its endpoint. */
export function ownKey(backend: string): string {
  return `own:${backend}`;
}

/** The id of the route of a header rule, unique in its endpoint. */
export function headerRuleKey(index: number): string {
  return `header:${index}`;
}

/** The id of the route for preflight requests, unique in its endpoint. */
export const PREFLIGHT_KEY = 'preflight';

/** The id of the route for preflight requests to a backend's own path, unique in its endpoint. */
export function ownPreflightKey(backend: string): string {
  return `${PREFLIGHT_KEY}:${backend}`;
}

/** The id of the route with the shares, unique in its endpoint. */
export const SHARES_KEY = 'shares';

/** The id of the 405 route, unique in its endpoint. */
export const METHOD_NOT_ALLOWED_KEY = '405';

/** The matching order of kinds with the same host and path. */
const KINDS: { readonly [kind in RouteKind]: number } = {
  // No request is both.
  [RouteKind.PREFLIGHT]: 0,
  [RouteKind.OWN_ADDRESS]: 0,
  [RouteKind.HEADER_RULE]: 1,
  [RouteKind.SHARES]: 2,
  [RouteKind.METHOD_NOT_ALLOWED]: 3,
};

/** The sort key of a route: host, longest path, kind, then headers and methods of the endpoint. */
export interface RouteOrder {
  /** 0 for a full host, 1 for one with a wildcard, 2 for none. */
  readonly host: number;
  /** The number of path segments. */
  readonly depth: number;
  /** The position of the kind. */
  readonly kind: number;
  /** 0 with headers and methods, 1 with headers, 2 with methods, 3 with neither. */
  readonly conditions: number;
}

/** The sort key of a route in matching order. */
export function orderOf(route: RouteConditions): RouteOrder {
  const headers = route.headers.length > (route.pickedByHeader ? 1 : 0);
  const methods = route.methods.length > 0;
  return {
    host: route.hosts.length === 0 ? 2 : route.hosts.some((host) => host.includes('*')) ? 1 : 0,
    depth: segmentsOf(route.prefix),
    kind: KINDS[route.kind],
    conditions: headers ? (methods ? 0 : 1) : methods ? 2 : 3,
  };
}

/** Splits a route by kind of host, because full names and wildcards have different positions in matching order. */
export function hostParts<T extends Pick<RouteConditions, 'hosts'>>(route: T): T[] {
  const wild = route.hosts.filter((host) => host.includes('*'));
  if (wild.length === 0 || wild.length === route.hosts.length) return [route];
  const full = route.hosts.filter((host) => !host.includes('*'));
  return [
    { ...route, hosts: full },
    { ...route, hosts: wild },
  ];
}

/** Compares two sort keys; the route that is matched first is smaller. */
export function compareOrder(a: RouteOrder, b: RouteOrder): number {
  return a.host - b.host || b.depth - a.depth || a.kind - b.kind || a.conditions - b.conditions;
}

/** The routes in matching order. The sort key of each is computed once, not at every comparison. */
export function sortRoutes(routes: RoutePlan[]): RoutePlan[] {
  return routes
    .map((route) => ({ route, order: orderOf(route) }))
    .sort((a, b) => compareOrder(a.order, b.order))
    .map(({ route }) => route);
}

function segmentsOf(prefix: string): number {
  return prefix === '/' ? 0 : prefix.split('/').length - 1;
}
