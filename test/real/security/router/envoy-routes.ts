/** The route table that Envoy Gateway creates from rendered HTTPRoutes, for an Envoy without a control plane. */

interface Match {
  readonly path: { readonly value: string };
  readonly method?: string;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
}

interface Filter {
  readonly type: string;
  readonly requestHeaderModifier?: {
    readonly set?: readonly { readonly name: string; readonly value: string }[];
    readonly remove?: readonly string[];
  };
}

interface Rule {
  readonly matches: readonly Match[];
  readonly backendRefs?: readonly { readonly name: string }[];
  readonly filters?: readonly Filter[];
}

interface HttpRoute {
  readonly kind: string;
  readonly spec: { readonly hostnames?: readonly string[]; readonly rules: readonly Rule[] };
}

interface EnvoyRoute {
  readonly rank: readonly [path: number, method: number, headers: number];
  readonly route: unknown;
}

/** Virtual hosts with their routes in the order of the Gateway API: longest path, method, most headers. */
export function virtualHosts(manifests: readonly unknown[]): unknown[] {
  const routes = (manifests as readonly HttpRoute[]).filter(({ kind }) => kind === 'HTTPRoute');
  const hosts = new Map<string, EnvoyRoute[]>();
  for (const { spec } of routes) {
    const made = spec.rules.flatMap((rule) => rule.matches.map((match) => envoyRoute(match, rule)));
    for (const host of spec.hostnames ?? ['*']) hosts.set(host, [...(hosts.get(host) ?? []), ...made]);
  }
  return [...hosts].map(([host, made]) => ({
    name: host,
    domains: [host],
    routes: made.sort((a, b) => compare(a.rank, b.rank)).map(({ route }) => route),
  }));
}

function compare(a: EnvoyRoute['rank'], b: EnvoyRoute['rank']): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (b[at] as number) - (a[at] as number);
}

function envoyRoute({ path: { value }, method, headers = [] }: Match, { backendRefs, filters = [] }: Rule): EnvoyRoute {
  const exact = (name: string, text: string) => ({ name, string_match: { exact: text } });
  const [backend] = backendRefs ?? [];
  const rewrites = filters.some(({ type }) => type === 'URLRewrite');
  return {
    rank: [value.length, method === undefined ? 0 : 1, headers.length],
    route: {
      ...headerChanges(filters),
      match: {
        ...(value === '/' ? { prefix: '/' } : { path_separated_prefix: value }),
        headers: [
          ...(method === undefined ? [] : [exact(':method', method)]),
          ...headers.map((header) => exact(header.name, header.value)),
        ],
      },
      ...(backend === undefined
        ? { direct_response: { status: 405, body: { inline_string: 'method not allowed' } } }
        : {
            route: {
              cluster: backend.name,
              upgrade_configs: [{ upgrade_type: 'websocket' }],
              ...(rewrites && { regex_rewrite: { pattern: { regex: `^${value}/*` }, substitution: '/' } }),
            },
          }),
    },
  };
}

/** Envoy Gateway sets a header in place of the one of the client. */
function headerChanges(filters: readonly Filter[]) {
  const changes = filters.flatMap(({ requestHeaderModifier: change }) => change ?? []);
  return {
    request_headers_to_add: changes.flatMap(({ set = [] }) =>
      set.map(({ name, value }) => ({ header: { key: name, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' })),
    ),
    request_headers_to_remove: changes.flatMap(({ remove = [] }) => remove),
  };
}
