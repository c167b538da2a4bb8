import type { ServingPlan } from '../../../plan/plan';
import { PREFLIGHT_METHOD } from '../../../plan/routes';
import { type EndpointPlan, RouteKind, type RoutePlan } from '../../../plan/serving-plan';
import { CORS_COLUMNS, corsLines, hasCors, originLines } from './cors';
import { type Aspect, type Candidate, Decisions, type Leaf } from './decisions';
import { type Places, placesOf } from './places';
import { poolsOf } from './pools';
import { COLUMNS, PREFLIGHT, renderRoute } from './routes';
import { SERVICE, serviceSection } from './services';
import { encode } from './words';

/** The maps of the router, by the name of their file. */
export type Maps = ReadonlyMap<MapFile, string>;

/** The files with the routes. */
export enum MapFile {
  /** Exact hosts. */
  HOSTS = 'hosts.map',
  /** Hosts with a wildcard, without it. */
  WILDCARDS = 'wildcards.map',
  PATHS = 'paths.map',
  HEADERS = 'headers.map',
  METHODS = 'methods.map',
  ROUTES = 'routes.map',
  ALLOW = 'allow.map',
  /** The headers of endpoints that accept cross-origin requests. */
  CORS = 'cors.map',
  /** The origins that these accept. */
  ORIGINS = 'origins.map',
  /** The sections of pools without ready servers, except for the usual one. */
  SERVICES = 'services.map',
}

/** The first line of each file. */
const HEADINGS: { readonly [file in MapFile]: string } = {
  [MapFile.HOSTS]: 'host -> site',
  [MapFile.WILDCARDS]: 'end of a host, below which a site begins -> site',
  [MapFile.PATHS]:
    'site and path -> state; the longest path wins. A state that ends with ? needs a method or a header.',
  [MapFile.HEADERS]: 'value|header|state -> next state; others keep the state',
  [MapFile.METHODS]: 'method|state -> next state; others keep the state',
  [MapFile.ROUTES]: `state -> ${COLUMNS}`,
  [MapFile.ALLOW]: 'state -> methods that are accepted instead',
  [MapFile.CORS]: `endpoint -> ${CORS_COLUMNS}`,
  [MapFile.ORIGINS]: 'origin|endpoint -> origin',
  [MapFile.SERVICES]: `backend -> section while none of its replicas is ready; the others have ${SERVICE}`,
};

/** The routes of a plan as data: the maps, and what the lines that read them depend on. */
export interface RouteTable extends Places {
  readonly maps: Maps;
  /** The aspects in the order of their lookups. */
  readonly aspects: readonly Aspect[];
  /** The numbers of labels of wildcards, the longest first. */
  readonly wildcardLabels: readonly number[];
}

/** Arranges the routes of a plan as maps. */
export function routeTable(plan: ServingPlan): RouteTable {
  const { routes } = plan;
  const aspects = new Aspects(routes);
  const leaves = new Leaves(plan);
  const candidates = new Map(
    routes.map((route): [RoutePlan, Candidate] => [
      route,
      { leaf: leaves.of(route), conditions: aspects.conditionsOf(route) },
    ]),
  );
  const places = placesOf(routes, new Decisions(aspects.ordered), (route) => candidates.get(route) as Candidate);
  const used = new Set(places.decisions.steps.map(({ aspect }) => aspect));
  const wildcards = hostsOf(places, 'wildcard').map(([host]) => host.slice(2).split('.').length);
  return {
    ...places,
    aspects: aspects.ordered.filter((aspect) => used.has(aspect)),
    wildcardLabels: [...new Set(wildcards)].sort((a, b) => b - a),
    maps: mapsOf(places, plan),
  };
}

/** Whether the values of a header are encoded in keys, because a key ends at the first space. */
export function isEncoded({ decisions }: Places, aspect: Aspect): boolean {
  return decisions.steps.some((step) => step.aspect === aspect && !PLAIN.test(step.value));
}

/** Text that can begin a line of a map, without spaces. */
const PLAIN = /^[!"$-~][!-~]*$/;

/** The aspects of the routes: headers of endpoints first, then the method, then headers that pick a route of an endpoint. */
class Aspects {
  public readonly ordered: readonly Aspect[];

  private readonly method: Aspect = {};
  private readonly headers = new Map<string, Aspect>();
  private readonly hasCors: boolean;

  constructor(routes: readonly RoutePlan[]) {
    this.hasCors = hasCors(routes);
    const required = routes.flatMap(({ headers, pickedByHeader }) => (pickedByHeader ? headers.slice(0, -1) : headers));
    for (const { name } of required) this.headers.set(name, this.headers.get(name) ?? { header: name });
    const first = [...this.headers.values()];
    for (const { name } of routes.flatMap(({ headers }) => headers))
      this.headers.set(name, this.headers.get(name) ?? { header: name });
    const hasMethods = routes.some(({ methods }) => methods.length > 0);
    this.ordered = [...first, ...(hasMethods ? [this.method] : []), ...[...this.headers.values()].slice(first.length)];
  }

  public conditionsOf({ kind, methods, headers }: RoutePlan): Candidate['conditions'] {
    const conditions = new Map<Aspect, ReadonlySet<string>>();
    if (kind === RouteKind.PREFLIGHT) conditions.set(this.method, new Set([PREFLIGHT]));
    else if (methods.length > 0) {
      const also = this.hasCors && methods.includes(PREFLIGHT_METHOD) ? [PREFLIGHT] : [];
      conditions.set(this.method, new Set([...methods, ...also]));
    }
    for (const { name, values } of headers) {
      const aspect = this.headers.get(name) as Aspect;
      const before = conditions.get(aspect);
      conditions.set(aspect, new Set(values.filter((value) => before?.has(value) ?? true)));
    }
    return conditions;
  }
}

/** The results of routes, with names such as `chat`, `chat@v1`, `chat#1` for a header rule, and `chat?` for a 405. */
class Leaves {
  private readonly endpoints: ReadonlyMap<string, EndpointPlan>;
  private readonly slugs: ReadonlyMap<string, string>;
  private readonly rules = new Map<string, number>();

  constructor({ endpoints, backends }: ServingPlan) {
    this.endpoints = new Map(endpoints.map((endpoint) => [endpoint.path, endpoint]));
    this.slugs = new Map(backends.map((backend) => [backend.path, backend.slug]));
  }

  public of(route: RoutePlan): Leaf {
    const endpoint = this.endpoints.get(route.endpoint) as EndpointPlan;
    const { prefix } = endpoint.intent;
    const below = prefix === '/' ? route.prefix.replace(/\/$/, '') : route.prefix.slice(prefix.length);
    const name = `${endpoint.slug}${encode(below)}`;
    const slugOf = (backend: string): string => this.slugs.get(backend) as string;
    const row = () => renderRoute(route, endpoint, slugOf);
    switch (route.kind) {
      case RouteKind.OWN_ADDRESS: {
        const [value = ''] = route.headers.at(-1)?.values ?? [];
        return { name: route.pickedByHeader ? `${name}@${encode(value)}` : name, row: row() };
      }
      case RouteKind.HEADER_RULE:
        return { name: `${name}#${this.nextRule(route, name)}`, row: row() };
      case RouteKind.SHARES:
        return { name, row: row() };
      case RouteKind.PREFLIGHT:
        return { name: `${name}!`, row: row() };
      case RouteKind.METHOD_NOT_ALLOWED:
        return { name: `${name}?`, allow: route.allow.join(', ') };
    }
  }

  private nextRule({ hosts }: RoutePlan, name: string): number {
    const key = `${name} ${hosts.join(' ')}`;
    const next = (this.rules.get(key) ?? 0) + 1;
    this.rules.set(key, next);
    return next;
  }
}

/** The hosts of a kind with the names of their sites. */
function hostsOf({ stages }: Places, kind: 'host' | 'wildcard'): [host: string, site: string][] {
  const stage = stages.find((one) => one.kind === kind);
  return (stage?.sites ?? []).flatMap(({ name, hosts }) => hosts.map((host): [string, string] => [host, name]));
}

function mapsOf(places: Places, plan: ServingPlan): Maps {
  const { paths, decisions } = places;
  const { steps, leaves, aspects } = decisions;
  const encoded = new Set(aspects.filter((aspect) => isEncoded(places, aspect)));
  const keyOf = (value: string, aspect: Aspect): string => (encoded.has(aspect) ? encodeValue(value) : value);
  const lines: { readonly [file in MapFile]: [key: string, value: string][] } = {
    [MapFile.HOSTS]: hostsOf(places, 'host'),
    [MapFile.WILDCARDS]: hostsOf(places, 'wildcard').map(([host, site]) => [host.slice(2), site]),
    [MapFile.PATHS]: [...paths].map(([path, state]) => [path.replaceAll(' ', SPACE), state]),
    [MapFile.HEADERS]: steps
      .filter(({ aspect }) => aspect.header !== undefined)
      .map(({ aspect, value, from, to }) => [`${keyOf(value, aspect)}|${aspect.header}|${from}`, to]),
    [MapFile.METHODS]: steps
      .filter(({ aspect }) => aspect.header === undefined)
      .map(({ value, from, to }) => [`${value}|${from}`, to]),
    [MapFile.ROUTES]: [...leaves].flatMap(([state, { row }]) => (row === undefined ? [] : [[state, row]])),
    [MapFile.ALLOW]: [...leaves].flatMap(([state, { allow }]) => (allow === undefined ? [] : [[state, allow]])),
    [MapFile.CORS]: corsLines(plan.endpoints),
    [MapFile.ORIGINS]: originLines(plan.endpoints),
    [MapFile.SERVICES]: poolsOf(plan)
      .map((pool): [string, string] => [pool.slug, serviceSection(pool)])
      .filter(([, section]) => section !== SERVICE),
  };
  return new Map(
    Object.values(MapFile)
      .filter((file) => lines[file].length > 0)
      .map((file) => [file, render(HEADINGS[file], lines[file])]),
  );
}

/** What stands for a space in the keys of paths; a request with it in its path is refused. */
export const SPACE = '\\';

function render(heading: string, lines: readonly [key: string, value: string][]): string {
  const sorted = lines.map(([key, value]) => `${key} ${value}\n`).sort();
  return [`# ${heading}\n`, ...sorted].join('');
}

/** Encodes a value in the same way as the converter `url_enc`. */
function encodeValue(value: string): string {
  return encode(value).replaceAll('/', '%2F').replaceAll('%7E', '~');
}
