import { METHOD, renderCors, renderMethod } from './cors';
import type { Stage } from './places';
import { answer } from './problems';
import { isEncoded, MapFile, type RouteTable, SPACE } from './route-table';
import { call, word } from './words';

/** The lines that look up the route of a request in the maps. */
export function renderLookups(table: RouteTable): string[] {
  const { stages } = table;
  const hasHosts = stages.some(({ kind }) => kind !== 'any');
  const gaps = stages.slice(0, -1).flatMap(({ hasGaps }, index) => (hasGaps ? [stages.slice(index + 1)] : []));
  return [
    '  # The maps decide step by step: the host and the longest path, then each header and the method that matter there.',
    ...(hasSpaces(table)
      ? [
          `  http-request set-var(txn.path) ${word(`var(txn.path),regsub(" ","${SPACE.repeat(4)}",g)`)} if { var(txn.path) -m sub ${word(' ')} }`,
        ]
      : []),
    ...(table.maps.has(MapFile.CORS) ? renderMethod() : []),
    ...(hasHosts ? ['  http-request set-var(txn.host) req.fhdr(host),host_only,lower,rtrim(.)'] : []),
    ...(stages.length > 1 ? ['  acl placed var(txn.at) -m found'] : []),
    '  acl routed var(txn.route) -m found',
    ...renderPass(table, stages, ''),
    ...gaps.flatMap((rest) => [
      '  # No route of that host accepts these headers.',
      '  http-request unset-var(txn.at) if !routed',
      ...renderPass(table, rest, ' !routed'),
    ]),
    answer(404, 'no endpoint matches the request', 'if !routed'),
    ...(table.maps.has(MapFile.CORS)
      ? renderCors({
          headers: MapFile.CORS,
          ...(table.maps.has(MapFile.ORIGINS) && { origins: MapFile.ORIGINS }),
        })
      : []),
  ];
}

/** One search for a route in these stages; `unless` is an additional condition. */
function renderPass(table: RouteTable, stages: readonly Stage[], unless: string): string[] {
  if (table.maps.size === 0) return [];
  const plain = unless === '' ? '' : ` if${unless}`;
  return [
    ...stages.flatMap((stage, index) => renderStage(table, stage, `${index === 0 ? '' : ' !placed'}${unless}`)),
    ...table.aspects.map((aspect) => {
      const { header } = aspect;
      const method = table.maps.has(MapFile.CORS) ? METHOD : 'method';
      const value = header === undefined ? method : call('req.fhdr', header);
      const key =
        header === undefined
          ? 'concat(|,txn.at)'
          : `${isEncoded(table, aspect) ? 'url_enc,' : ''}concat(|${header}|,txn.at)`;
      return set('at', `${value},${key},map_str(${header === undefined ? MapFile.METHODS : MapFile.HEADERS})`, plain);
    }),
    set('route', `var(txn.at),map_str(${MapFile.ROUTES})`, plain),
    ...(table.maps.has(MapFile.ALLOW)
      ? [
          set('allow', `var(txn.at),map_str(${MapFile.ALLOW})`, ' if !routed'),
          answer(405, 'the endpoint does not accept this method', 'if { var(txn.allow) -m found }', [
            'hdr Allow %[var(txn.allow)]',
          ]),
        ]
      : []),
  ];
}

/** Finds the place of a request among the sites of a stage. */
function renderStage({ wildcardLabels }: RouteTable, { kind }: Stage, conditions: string): string[] {
  const when = conditions === '' ? '' : ` if${conditions}`;
  const inSite = set(
    'at',
    `var(txn.site),concat(,txn.path,/),map_beg(${MapFile.PATHS})`,
    ` if { var(txn.site) -m found }${conditions}`,
  );
  switch (kind) {
    case 'host':
      return [set('site', `var(txn.host),map_str(${MapFile.HOSTS})`, when), inSite];
    case 'wildcard':
      return [
        `  http-request unset-var(txn.site)${when}`,
        // The longest wildcard wins; it stands for at least one label.
        ...wildcardLabels.map((labels, index) =>
          set(
            'site',
            `var(txn.host),field(-1,.,${labels}),map_str(${MapFile.WILDCARDS})`,
            ` if { var(txn.host),field(-${labels + 1},.) -m found }${index === 0 ? '' : ' !{ var(txn.site) -m found }'}${conditions}`,
          ),
        ),
        inSite,
      ];
    case 'any':
      return [set('at', `var(txn.path),concat(/),map_beg(${MapFile.PATHS})`, when)];
  }
}

function set(variable: string, expression: string, condition: string): string {
  return `  http-request set-var(txn.${variable}) ${expression}${condition}`;
}

function hasSpaces({ paths }: RouteTable): boolean {
  return [...paths.keys()].some((path) => path.includes(' '));
}
