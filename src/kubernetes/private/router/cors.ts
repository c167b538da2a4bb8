import type { CorsIntent } from '../../../plan/intents';
import { PREFLIGHT_HEADER, PREFLIGHT_METHOD } from '../../../plan/routes';
import { type EndpointPlan, RouteKind, type RoutePlan } from '../../../plan/serving-plan';
import { Column, PREFLIGHT } from './routes';

/** The columns of the map with the headers of endpoints. */
export const CORS_COLUMNS = 'origin for every origin|methods|headers|seconds|credentials|exposed headers';

/** The variable with the method, or what stands for it. */
export const METHOD = 'var(txn.method)';

/** Whether a plan has endpoints that accept cross-origin requests. */
export function hasCors(routes: readonly RoutePlan[]): boolean {
  return routes.some(({ kind }) => kind === RouteKind.PREFLIGHT);
}

/** The headers of each endpoint, by its name. */
export function corsLines(endpoints: readonly EndpointPlan[]): [key: string, value: string][] {
  return endpoints.flatMap(({ slug, cors }) => (cors === undefined ? [] : [[slug, rowOf(cors)]]));
}

/** The allowed origins of each endpoint. */
export function originLines(endpoints: readonly EndpointPlan[]): [key: string, value: string][] {
  return endpoints.flatMap(({ slug, cors }) =>
    listed(cors).map((origin): [string, string] => [`${origin}|${slug}`, origin]),
  );
}

function listed({ origins }: Pick<CorsIntent, 'origins'> = { origins: [] }): string[] {
  return origins.filter((origin) => origin !== '*');
}

function rowOf({ origins, methods, headers, maxAgeSeconds, credentials, exposedHeaders }: CorsIntent): string {
  return [
    origins.includes('*') ? '*' : '',
    methods.join(', '),
    headers.join(', '),
    String(maxAgeSeconds),
    String(credentials),
    exposedHeaders.join(', '),
  ].join('|');
}

/** Before the lookup of the route: a preflight request has a method of its own there. */
export function renderMethod(): string[] {
  return [
    '  http-request set-var(txn.method) method',
    `  http-request set-var(txn.method) str(${PREFLIGHT}) if { method ${PREFLIGHT_METHOD} } { req.fhdr(${PREFLIGHT_HEADER}) -m found }`,
  ];
}

/** The maps that these lines read, of which the second is missing if every endpoint allows every origin. */
export interface CorsFiles {
  readonly headers: string;
  readonly origins?: string;
}

/** After the lookup of the route: answers preflight requests, and sets the headers of all responses of the endpoint. */
export function renderCors({ headers, origins }: CorsFiles): string[] {
  const column = (number: number): string => `var(txn.cors),field(${number},|)`;
  return [
    '',
    '  # Cross-origin requests: a response has the origin of its request if the endpoint allows it.',
    `  http-request set-var(txn.endpoint) var(txn.route),field(${Column.ENDPOINT},|)`,
    `  http-request set-var(txn.cors) var(txn.endpoint),map_str(${headers})`,
    '  acl cors var(txn.cors) -m found',
    `  http-request set-var(txn.origin) ${column(1)} if cors`,
    ...(origins === undefined
      ? []
      : [`  http-request set-var(txn.origin) req.fhdr(origin),concat(|,txn.endpoint),map_str(${origins}) if cors`]),
    '  acl allowed var(txn.origin) -m len gt 0',
    '  http-response del-header ^access-control- -m reg if cors',
    '  http-after-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if allowed',
    `  http-after-response set-header Access-Control-Allow-Credentials true if allowed { ${column(5)} -m str true }`,
    `  http-after-response set-header Access-Control-Expose-Headers %[${column(6)}] if allowed { ${column(6)} -m len gt 0 }`,
    ...(origins === undefined ? [] : ['  http-after-response add-header Vary Origin if cors']),
    [
      '  http-request return status 204',
      `hdr Access-Control-Allow-Methods %[${column(2)}]`,
      `hdr Access-Control-Allow-Headers %[${column(3)}]`,
      `hdr Access-Control-Max-Age %[${column(4)}]`,
      `if { var(txn.route),field(${Column.PROTOCOL},|) -m str ${PREFLIGHT} }`,
    ].join(' '),
  ];
}
