import type { RoutePlan } from '../../../plan/serving-plan';
import type { Candidate, Decisions } from './decisions';
import { hasControls } from './words';

/** Hosts with the same routes; the site without hosts has the others. */
export interface Site {
  /** The first of its hosts; empty for the site without hosts. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly routes: readonly RoutePlan[];
}

/** The sites of the hosts of one kind, in the order in which a request looks for its own. */
export interface Stage {
  readonly kind: 'host' | 'wildcard' | 'any';
  readonly sites: readonly Site[];
  /** Whether requests of these sites can leave without a result, although there is a place for their path. */
  readonly hasGaps: boolean;
}

/** The places that requests can begin at, by host and path, and the decisions from there. */
export interface Places {
  readonly stages: readonly Stage[];
  /** The first state of requests by site and path. */
  readonly paths: ReadonlyMap<string, string>;
  readonly decisions: Decisions;
}

/** Arranges routes in matching order by host and path. */
export function placesOf(
  routes: readonly RoutePlan[],
  decisions: Decisions,
  candidateOf: (route: RoutePlan) => Candidate,
): Places {
  const paths = new Map<string, string>();
  // A request with a backslash in its path is refused.
  const reachable = routes.filter(({ prefix }) => !decoded(prefix).includes('\\'));
  const stages = (['host', 'wildcard', 'any'] as const).flatMap((kind): Stage[] => {
    const sites = sitesOf(kind, reachable);
    let hasGaps = false;
    for (const site of sites) {
      for (const [path, routesThere] of routesByPath(site)) {
        const candidates = routesThere.map(candidateOf);
        paths.set(`${site.name}${path === '/' ? '' : path}/`, decisions.stateOf(candidates));
        hasGaps ||= candidates.every(({ conditions }) => conditions.size > 0);
      }
    }
    return sites.length === 0 ? [] : [{ kind, sites, hasGaps }];
  });
  return { stages, paths, decisions };
}

function sitesOf(kind: Stage['kind'], routes: readonly RoutePlan[]): Site[] {
  const own = routes.filter(({ hosts }) => kindOf(hosts) === kind);
  if (kind === 'any') return own.length === 0 ? [] : [{ name: '', hosts: [], routes: own }];
  const byHost = new Map<string, number[]>();
  own.forEach(({ hosts }, index) => {
    for (const host of hosts.filter(isMatchable)) byHost.set(host, [...(byHost.get(host) ?? []), index]);
  });
  const sites = new Map<string, { hosts: string[]; indices: number[] }>();
  for (const host of byHost.keys()) {
    const indices = [...new Set(widerHosts(host).flatMap((wider) => byHost.get(wider) ?? []))].sort((a, b) => a - b);
    const site = sites.get(indices.join(' ')) ?? { hosts: [], indices };
    site.hosts.push(host);
    sites.set(indices.join(' '), site);
  }
  return [...sites.values()].map(({ hosts, indices }) => ({
    name: hosts[0] as string,
    hosts,
    routes: indices.map((index) => own[index] as RoutePlan),
  }));
}

/** Whether a host can be a key of a map; requests with another one are refused. */
function isMatchable(host: string): boolean {
  return /^[^\s#]+$/.test(host);
}

function kindOf(hosts: readonly string[]): Stage['kind'] {
  if (hosts.length === 0) return 'any';
  return hosts.some((host) => host.startsWith('*.')) ? 'wildcard' : 'host';
}

/** The host and, for a wildcard, the wildcards that contain it, because a request takes the longest path of all of them. */
function widerHosts(host: string): string[] {
  if (!host.startsWith('*.')) return [host];
  const labels = host.slice(2).split('.');
  return labels.map((_, index) => `*.${labels.slice(index).join('.')}`);
}

/** The routes of a site by path, each with those of the paths above it, in matching order. */
function routesByPath({ routes }: Site): Map<string, readonly RoutePlan[]> {
  const order = new Map(routes.map((route, index) => [route, index]));
  const own = new Map<string, RoutePlan[]>();
  for (const route of routes) {
    const path = decoded(route.prefix);
    const there = own.get(path) ?? [];
    there.push(route);
    own.set(path, there);
  }
  const placeOf = (route: RoutePlan): number => order.get(route) as number;
  return new Map(
    [...own.keys()].map((path) => {
      const all = pathsAbove(path).flatMap((above) => own.get(above) ?? []);
      return [path, all.sort((a, b) => placeOf(a) - placeOf(b))];
    }),
  );
}

/** A path and the paths above it, the longest first. */
function pathsAbove(path: string): string[] {
  if (path === '/') return [path];
  return [path, ...pathsAbove(path.slice(0, path.lastIndexOf('/')) || '/')];
}

/** A prefix as it appears in decoded requests; unchanged if it does not decode to text. */
function decoded(prefix: string): string {
  try {
    const text = decodeURIComponent(prefix);
    return hasControls(text) ? prefix : text;
  } catch {
    return prefix;
  }
}
