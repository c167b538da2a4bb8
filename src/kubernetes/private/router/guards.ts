import type { RoutePlan } from '../../../plan/serving-plan';
import { answer } from './problems';
import { Column, WEB_SOCKET } from './routes';
import { call, test, word } from './words';

/** How much the router trusts its clients. */
export interface GuardOptions {
  /** The networks of the proxies in front, whose forwarded headers are kept. @default - none */
  readonly trustedProxies?: readonly string[];
  /** The maximum number of open connections from one address to a replica of the router. @default 1000 */
  readonly maxConnectionsPerSource?: number;
  /** Whether headers with an underscore in their name are forwarded. @default false */
  readonly underscoresInHeaders?: boolean;
}

/** The default limit of connections from one address to a replica of the router: a tenth of all connections. */
export const MAX_CONNECTIONS_PER_SOURCE = 1000;
/** The maximum number of client connections to a replica of the router. */
export const MAX_CONNECTIONS = 10_000;

/** The table of open connections by address. The underscore avoids conflicts with the names of backends. */
const SOURCES = '_sources';
/** More entries than there can be connections, so that no address with an open connection is evicted. */
const MAX_SOURCES = 2 * MAX_CONNECTIONS;

/** CONNECT would open a tunnel that bypasses all rules, and TRACE reveals headers that proxies add. */
export const REFUSED_METHODS: readonly string[] = ['CONNECT', 'TRACE'];

/** Patterns of lowercase header names that describe the original client and request. Only a trusted proxy may set them. */
const FORWARDED = [
  '(x-)?(original-)?forwarded(-.*)?',
  '(x-)?(true-|cluster-|fastly-|cf-)?(client|connecting|real|remote|originating)-?(ip|ipv6|addr)',
  '(wl-)?proxy-client-ip',
  'x-(azure-clientip|envoy-.*)',
  'x-(original|rewrite)-(url|uri|host|path|prefix|method)',
  'x-(host|scheme|url-scheme)',
  '(x-)?(script-name|path-info)',
  'front-end-https',
  '(x-)?ssl-client-.*',
  'client-cert(-chain)?',
];

/**
 * Headers that are always removed: hop-by-hop headers; `Proxy`, which a CGI program reads as its setting `HTTP_PROXY`; and
 * overrides of the method, because the route was chosen by the original one.
 */
const REMOVED = [
  'http2-settings',
  'keep-alive',
  'proxy',
  'proxy-connection',
  'te',
  'x-http-method(-override)?',
  'x-method-override',
];

/** Headers that the router reads or sets, in addition to those of routes. */
const OWN = ['content-length', 'transfer-encoding', 'x-request-id'];

/** A separator of segments, including encoded ones for servers that decode a path again. */
const SEPARATOR = '/|%(25)*(2f|5c)';

/** Empty segments, except those of a URL in a path, such as `/fetch/https://example.com/a.jpg`. */
const EMPTY = '(?<!:)//+';

/** In a decoded path: an empty segment, a backslash, and the segments `.` and `..`. */
const AMBIGUOUS = `${EMPTY}|\\\\|(^|${SEPARATOR})([.]|%(25)*2e){1,2}(;|${SEPARATOR}|$)`;

/** In an encoded path: control characters, and bytes that are invalid in UTF-8 but that some servers read as `.` or `/`. */
const UNPRINTABLE = '%([01][0-9a-f]|7f|c[01])';

/** A name, an IPv4 address or an IPv6 address in brackets, and an optional port. */
const HOST = '^([a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$';

/** Headers that frame the body. A server that interprets them differently could read part of a body as another request. */
const TRANSFER = [
  { name: 'transfer-encoding', value: '-m str chunked', status: 400, reason: 'invalid transfer-encoding' },
  { name: 'expect', value: '-m str -i 100-continue', status: 417, reason: 'unknown expectation' },
] as const;

/** The request ids of clients that the router keeps: those that are safe in a log line. */
const REQUEST_ID = '^[A-Za-z0-9._:/+=@-]{1,128}$';

/** The names of the headers that routes match. */
function matchedHeaders(routes: readonly RoutePlan[]): string[] {
  return [...new Set(routes.flatMap(({ headers }) => headers.map(({ name }) => name)))].sort();
}

/** A pattern of these names in which `_` and `-` are equivalent, as they are behind CGI and WSGI. */
function eitherSeparator(names: readonly string[]): string {
  return names.join('|').replaceAll('-', '[-_]');
}

/** A pattern of the other names that become this one behind CGI and WSGI. */
function variantsOf(name: string): string {
  return `^(?!${name}$)${eitherSeparator([name])}$`;
}

/** Limits the connections of each address, before any request is read. */
export function renderConnectionGuard(options: GuardOptions): string[] {
  const { trustedProxies = [], maxConnectionsPerSource = MAX_CONNECTIONS_PER_SOURCE } = options;
  const hasTrusted = trustedProxies.length > 0;
  return [
    ...test('src', [...trustedProxies]).map((line) => `  acl trusted ${line}`),
    `  tcp-request connection track-sc1 src table ${SOURCES}${hasTrusted ? ' if !trusted' : ''}`,
    `  tcp-request connection reject if { sc1_conn_cur gt ${maxConnectionsPerSource} }${hasTrusted ? ' !trusted' : ''}`,
  ];
}

/** The table that the connection guard counts in. */
export function renderSources(): string[] {
  return [`backend ${SOURCES} from base`, `  stick-table type ipv6 size ${MAX_SOURCES} expire 10s store conn_cur`, ''];
}

/** Before the routes: rejects or normalizes what the router and a server could interpret differently. */
export function renderMessageGuard(routes: readonly RoutePlan[], acceptsHttp2: boolean): string[] {
  const newer = acceptsHttp2 ? ' 2.0' : '';
  return [
    answer(501, 'method not supported', `if { method -m str -i ${REFUSED_METHODS.join(' ')} }`),
    answer(400, 'invalid version', `unless { req.ver 1.0 1.1${newer} }`),
    `  acl named req.fhdr(host) -m reg -i -- ${word(HOST)}`,
    answer(400, 'invalid host', `if !named { req.fhdr(host) -m found } or !named { req.ver 1.1${newer} }`),
    // Newer versions of HAProxy reject it themselves.
    answer(400, 'invalid header', `if { req.hdrs -m reg -- ${word('\\x00')} }`),
    ...TRANSFER.map(({ reason, status, name, value }) =>
      answer(
        status,
        reason,
        `if { req.fhdr(${name}) -m found } !{ req.fhdr(${name}) ${value} } or { req.fhdr_cnt(${name}) gt 1 }`,
      ),
    ),
    answer(400, 'invalid transfer-encoding', 'if { req.ver 1.0 } { req.fhdr(transfer-encoding) -m found }'),
    ...matchedHeaders(routes).map((name) =>
      answer(400, `duplicate ${name}`, `if { ${call('req.fhdr_cnt', name)} gt 1 }`),
    ),
    '  # An absolute URI becomes a path, and empty segments are removed, except after a colon. Routes match the decoded path.',
    answer(400, 'invalid path', 'unless { path -m beg / }'),
    '  http-request set-uri %[pathq] unless { url -m beg / }',
    `  http-request set-path '%[path,regsub("${EMPTY}",/,g)]' if { path -m sub // }`,
    '  http-request set-var(txn.path) path,url_dec',
    `  acl ambiguous path -m reg -i -- ${word(UNPRINTABLE)}`,
    `  acl ambiguous var(txn.path) -m reg -i -- ${word(AMBIGUOUS)}`,
    answer(400, 'ambiguous path', 'if ambiguous or !{ var(txn.path) -m found }'),
    '  # Servers may remove the remaining empty segments, so routes match without them.',
    "  http-request set-var(txn.path) 'var(txn.path),regsub(//+,/,g)' if { var(txn.path) -m sub // }",
  ];
}

/** Removes and sets the headers of requests before a server gets them. */
export function renderHeaderGuard(options: GuardOptions, port: number, routes: readonly RoutePlan[]): string[] {
  const { trustedProxies = [], underscoresInHeaders = false } = options;
  const ifUntrusted = trustedProxies.length > 0 ? ' if !trusted' : '';
  const remove = (pattern: string, condition = '') => `  http-request del-header ${word(pattern)} -m reg${condition}`;
  return [
    remove(`${underscoresInHeaders ? '' : '_|'}^(${eitherSeparator(REMOVED)})$`),
    remove(`^(${eitherSeparator(FORWARDED)})$`, ifUntrusted),
    // A trusted proxy writes these names with `-`; variants with `_` come from its clients.
    ...(underscoresInHeaders
      ? [`^(?=.*_)(${eitherSeparator(FORWARDED)})$`, ...[...OWN, ...matchedHeaders(routes)].map(variantsOf)].map(
          (name) => remove(name),
        )
      : []),
    '  option forwardfor',
    ...[
      ['X-Forwarded-Proto', 'http'],
      ['X-Forwarded-Port', String(port)],
    ].map(([name, value]) => `  http-request set-header ${name} ${value} unless { req.hdr(${name}) -m found }`),
    '  http-request set-header X-Forwarded-Host %[req.fhdr(host)] if named !{ req.hdr(X-Forwarded-Host) -m found }',
    `  http-request set-header X-Request-Id %[uuid] unless { req.fhdr_cnt(X-Request-Id) eq 1 } { req.fhdr(X-Request-Id) -m reg -- ${word(REQUEST_ID)} }`,
  ];
}

/** After the routes: allows upgrades to WebSocket on endpoints that stream by it, and no other upgrade. */
export function renderUpgradeGuard(): string[] {
  return [
    '  acl upgrade req.hdr(connection) -m str -i upgrade',
    '  acl websocket req.fhdr(upgrade) -m str -i websocket',
    '  acl once req.fhdr_cnt(upgrade) eq 1',
    '  http-request set-var(txn.upgrade) str(websocket) if upgrade websocket once { method GET }',
    '  acl upgrading var(txn.upgrade) -m found',
    answer(
      400,
      'this endpoint does not accept WebSocket',
      `if upgrading !{ var(txn.route),field(${Column.PROTOCOL},|) -m str ${WEB_SOCKET} }`,
    ),
    '  http-request del-header Connection',
    '  http-request set-header Connection Upgrade if upgrading',
    '  http-request del-header Upgrade unless upgrading',
    '  http-response return status 502 default-errorfiles if { status 101 } !upgrading',
    '  http-response return status 502 default-errorfiles if { status 101 } !{ res.fhdr(upgrade) -m str -i websocket }',
  ];
}
