/**
 * Evaluates HTTPRoutes as a conformant gateway does.
 * Source of the order of matches: Gateway API v1.6, HTTPRouteSpec.hostnames and HTTPRouteRule.matches.
 */
import { type Data, list, object, objects, strings, text } from './data';
import { type Destination, hostName, lowerCased, type Outcome, type Request, splitPath } from './request';

/** The parts of a precedence: the first part that differs decides, and the greater one wins. */
type Rank = readonly number[];

interface Candidate {
  readonly route: Data;
  readonly index: number;
  readonly rule: Data;
  readonly match: Data;
  readonly rank: Rank;
}

const named = (route: Data): string => `${text(object(route.metadata).namespace)}/${text(object(route.metadata).name)}`;

/** The length of the matching hostname, with exact ones first; undefined if none matches. */
function hostRank(hostnames: readonly string[], host: string): Rank | undefined {
  if (hostnames.length === 0) return [0, 0];
  const ranks = hostnames
    .map((hostname) => hostname.toLowerCase())
    .filter((hostname) =>
      hostname.startsWith('*.')
        ? host.endsWith(hostname.slice(1)) && host.length >= hostname.length
        : host === hostname,
    )
    .map((hostname): Rank => (hostname.startsWith('*.') ? [0, hostname.length] : [hostname.length, hostname.length]));
  return ranks.sort(byRank)[0];
}

function byRank(a: Rank, b: Rank): number {
  for (const [i, part] of a.entries()) {
    const other = b[i] ?? 0;
    if (part !== other) return other - part;
  }
  return 0;
}

function pathRank(match: unknown, path: string): Rank | undefined {
  const { type = 'PathPrefix', value = '/' } = object(match);
  const pattern = text(value);
  if (type === 'Exact') return path === pattern ? [2, pattern.length] : undefined;
  if (type === 'RegularExpression') return new RegExp(`^(?:${pattern})$`).test(path) ? [0, pattern.length] : undefined;
  const prefix = pattern.replace(/\/+$/, '');
  return path === prefix || path.startsWith(`${prefix}/`) ? [1, prefix.length] : undefined;
}

/** Only the first of several entries with one name counts. */
function firstByName(entries: unknown, key: (name: string) => string): readonly Data[] {
  const seen = new Set<string>();
  return objects(entries).filter(({ name }) => {
    const known = seen.has(key(text(name)));
    seen.add(key(text(name)));
    return !known;
  });
}

function valueMatches({ type = 'Exact', value }: Data, actual: string | null | undefined): boolean {
  if (actual === undefined || actual === null) return false;
  return type === 'RegularExpression' ? new RegExp(`^(?:${text(value)})$`).test(actual) : actual === value;
}

function rankOf(match: Data, hostnames: readonly string[], request: Request): Rank | undefined {
  const { path, query } = splitPath(request.path ?? '/');
  const headers = lowerCased(request.headers);
  const byHost = hostRank(hostnames, hostName(request.host ?? 'localhost'));
  const byPath = pathRank(match.path, path);
  const expectedHeaders = firstByName(match.headers, (name) => name.toLowerCase());
  const expectedParams = firstByName(match.queryParams, (name) => name);
  const matches =
    (match.method === undefined || match.method === (request.method ?? 'GET')) &&
    expectedHeaders.every((header) => valueMatches(header, headers[text(header.name).toLowerCase()])) &&
    expectedParams.every((param) => valueMatches(param, query.get(text(param.name))));
  if (byHost === undefined || byPath === undefined || !matches) return undefined;
  return [...byHost, ...byPath, match.method === undefined ? 0 : 1, expectedHeaders.length, expectedParams.length];
}

function rewritten(path: string, modifier: unknown, match: Data): string {
  const { type, replaceFullPath, replacePrefixMatch } = object(modifier);
  const { path: plain, search } = splitPath(path);
  if (type === 'ReplaceFullPath') return `${text(replaceFullPath)}${search}`;
  if (type !== 'ReplacePrefixMatch') return path;
  const prefix = text(object(match.path).value ?? '/').replace(/\/+$/, '');
  const rest = plain.slice(prefix.length);
  const joined = `${text(replacePrefixMatch).replace(/\/+$/, '')}${rest}`;
  return `${joined.startsWith('/') ? joined : `/${joined}`}${search}`;
}

function modified(headers: { readonly [name: string]: string }, modifier: unknown): { [name: string]: string } {
  const { set, add, remove } = object(modifier);
  const out = { ...headers };
  for (const name of strings(remove)) delete out[name.toLowerCase()];
  for (const { name, value } of objects(add)) {
    const key = text(name).toLowerCase();
    out[key] = key in out ? `${out[key]},${text(value)}` : text(value);
  }
  for (const { name, value } of objects(set)) out[text(name).toLowerCase()] = text(value);
  return out;
}

/** What a server sees after the filters of the rule, then those of its own reference. */
function destination(ref: Data, filters: readonly Data[], match: Data, request: Request): Destination {
  let [path, host, headers] = [request.path ?? '/', request.host ?? 'localhost', lowerCased(request.headers)];
  for (const filter of filters) {
    if (filter.type === 'RequestHeaderModifier') headers = modified(headers, filter.requestHeaderModifier);
    if (filter.type === 'URLRewrite') {
      path = rewritten(path, object(filter.urlRewrite).path, match);
      host = text(object(filter.urlRewrite).hostname) || host;
    }
  }
  return { target: text(ref.name), port: Number(ref.port), weight: Number(ref.weight ?? 1), path, host, headers };
}

function redirect(filter: Data, match: Data, request: Request, rule: string): Outcome {
  const { scheme = 'http', hostname, port, path, statusCode = 302 } = object(filter.requestRedirect);
  const host = `${hostname ?? hostName(request.host ?? 'localhost')}${port === undefined ? '' : `:${port}`}`;
  return {
    kind: 'redirect',
    rule,
    status: Number(statusCode),
    location: `${scheme}://${host}${rewritten(request.path ?? '/', path, match)}`,
  };
}

function outcome({ route, index, rule, match }: Candidate, request: Request): Outcome {
  const name = `${named(route)}#${rule.name ?? index}`;
  const filters = objects(rule.filters);
  const away = filters.find((filter) => filter.type === 'RequestRedirect');
  if (away !== undefined) return redirect(away, match, request, name);
  const refs = objects(rule.backendRefs);
  const destinations = refs.map((ref) => destination(ref, [...filters, ...objects(ref.filters)], match, request));
  if (destinations.every(({ weight }) => weight === 0)) return { kind: 'fixed', rule: name, status: 500 };
  const timeouts = Object.fromEntries(Object.entries(object(rule.timeouts)).map(([key, value]) => [key, text(value)]));
  const mirrors = filters
    .filter((f) => f.type === 'RequestMirror')
    .map((f) => text(object(object(f.requestMirror).backendRef).name));
  return { kind: 'forward', rule: name, destinations, timeouts, mirrors };
}

/** For equal matches, the older route wins, then the alphabetically first name, then the first rule. */
function byAge(a: Candidate, b: Candidate): number {
  const created = [a, b].map(({ route }) => text(object(route.metadata).creationTimestamp));
  const age = (created[0] ?? '').localeCompare(created[1] ?? '');
  return age !== 0
    ? age
    : named(a.route) < named(b.route)
      ? -1
      : named(a.route) > named(b.route)
        ? 1
        : a.index - b.index;
}

/** What the gateway of these routes does with a request; 404 if no rule matches. */
export function matchHttpRoutes(routes: readonly unknown[], request: Request): Outcome {
  // A gateway answers a preflight request if a rule with the filter matches the request that follows it.
  const asked = lowerCased(request.headers)['access-control-request-method'];
  if (request.method === 'OPTIONS' && asked !== undefined) {
    const best = bestOf(routes, { ...request, method: asked });
    if (objects(best?.rule.filters).some(({ type }) => type === 'CORS'))
      return { kind: 'fixed', rule: 'CORS', status: 200 };
  }
  const best = bestOf(routes, request);
  return best === undefined ? { kind: 'fixed', rule: 'none', status: 404 } : outcome(best, request);
}

function bestOf(routes: readonly unknown[], request: Request): Candidate | undefined {
  const candidates: Candidate[] = [];
  for (const route of routes.map(object).filter(({ kind }) => kind === 'HTTPRoute')) {
    const { hostnames, rules } = object(route.spec);
    for (const [index, rule] of objects(rules ?? [{}]).entries()) {
      const matches = list(rule.matches).length === 0 ? [{}] : objects(rule.matches);
      for (const match of matches) {
        const rank = rankOf(match, strings(hostnames), request);
        if (rank !== undefined) candidates.push({ route, index, rule, match, rank });
      }
    }
  }
  return candidates.sort((a, b) => byRank(a.rank, b.rank) || byAge(a, b))[0];
}
