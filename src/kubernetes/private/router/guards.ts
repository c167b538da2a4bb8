import type { RoutePlan } from '../../../plan/serving-plan';
import { test } from './conditions';
import { Column, WEB_SOCKET } from './routes';
import { call, word } from './words';

/** How far the router trusts its clients. */
export interface GuardOptions {
  /** The networks of the proxies in front, whose forwarded headers are passed on. @default - none */
  readonly trustedProxies?: readonly string[];
  /** The most connections that one address may have open to a replica of the router. @default 1000 */
  readonly maxConnectionsPerSource?: number;
  /** Whether headers with an underscore in their name are passed on. @default false */
  readonly underscoresInHeaders?: boolean;
}

/** What a replica of the router accepts from one address, a tenth of what it accepts in all. */
export const MAX_CONNECTIONS_PER_SOURCE = 1000;
/** The most connections of clients to a replica of the router. */
export const MAX_CONNECTIONS = 10_000;

/** The table of open connections by address. No backend has a name with an underscore. */
const SOURCES = '_sources';
/** More addresses than there can be connections, so that none is forgotten while it has one. */
const MAX_SOURCES = 2 * MAX_CONNECTIONS;

/** CONNECT asks for a tunnel past all rules, and TRACE shows headers that a proxy has added. */
export const REFUSED_METHODS: readonly string[] = ['CONNECT', 'TRACE'];

/** The names, in small letters, of headers by which servers learn who asked, and for what: only a proxy may set them. */
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
 * Headers that no server gets, whoever sends them: those for one hop; `Proxy`, which a program behind CGI reads as its own
 * setting `HTTP_PROXY`; and other methods than the one that chose the route.
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

/** Headers that the router itself reads or sets, beside those of routes. */
const OWN = ['content-length', 'transfer-encoding', 'x-request-id'];

/** A separator of segments, also for a server that decodes a path once more. */
const SEPARATOR = '/|%(25)*(2f|5c)';

/** Empty segments. Those of an address in a path, such as `/fetch/https://example.com/a.jpg`, belong to it. */
const EMPTY = '(?<!:)//+';

/** In a decoded path: an empty segment, a backslash, and a segment that stands for this or the one above. */
const AMBIGUOUS = `${EMPTY}|\\\\|(^|${SEPARATOR})([.]|%(25)*2e){1,2}(;|${SEPARATOR}|$)`;

/** In an encoded path: controls, and bytes that no text in UTF-8 has but some servers read as `.` or `/`. */
const UNPRINTABLE = '%([01][0-9a-f]|7f|c[01])';

/** A name, an IPv4 address or an IPv6 address in brackets, and an optional port. */
const HOST = '^([a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$';

/** Headers by which a body is sent: where a server reads them in another way, it takes a part of a body for a request. */
const TRANSFER = [
  { name: 'transfer-encoding', value: '-m str chunked', status: 400, reason: 'invalid transfer-encoding' },
  { name: 'expect', value: '-m str -i 100-continue', status: 417, reason: 'unknown expectation' },
];

/** What the router keeps of the request id of a client: what cannot break a line of a log. */
const REQUEST_ID = '^[A-Za-z0-9._:/+=@-]{1,128}$';

/** Answers a request under a condition, without a server. */
export function answer(status: number, reason: string, condition: string): string {
  return `  http-request return status ${status} content-type text/plain string ${word(reason)} ${condition}`;
}

/** The names of the headers that choose a route. */
function matchedHeaders(routes: readonly RoutePlan[]): string[] {
  return [...new Set(routes.flatMap(({ headers }) => headers.map(({ name }) => name)))].sort();
}

/** One of these names, with `_` for any `-`: behind CGI and WSGI both have the same name. */
function spelled(names: readonly string[]): string {
  return names.join('|').replaceAll('-', '[-_]');
}

/** What matches the names that become this one behind CGI and WSGI, but not itself. */
function twins(name: string): string {
  return `^(?!${name}$)${spelled([name])}$`;
}

/** Before anything is read: no address may use up the connections. */
export function renderConnectionGuard(options: GuardOptions): string[] {
  const { trustedProxies = [], maxConnectionsPerSource = MAX_CONNECTIONS_PER_SOURCE } = options;
  const strangers = trustedProxies.length > 0;
  return [
    ...test('src', [...trustedProxies]).map((line) => `  acl trusted ${line}`),
    `  tcp-request connection track-sc1 src table ${SOURCES}${strangers ? ' if !trusted' : ''}`,
    `  tcp-request connection reject if { sc1_conn_cur gt ${maxConnectionsPerSource} }${strangers ? ' !trusted' : ''}`,
  ];
}

/** The table that the connection guard counts in. */
export function renderSources(): string[] {
  return [`backend ${SOURCES} from base`, `  stick-table type ipv6 size ${MAX_SOURCES} expire 10s store conn_cur`, ''];
}

/** In front of the routes: what two readers could understand in two ways is refused, or written in one. */
export function renderMessageGuard(routes: readonly RoutePlan[]): string[] {
  return [
    answer(501, 'method not supported', `if { method -m str -i ${REFUSED_METHODS.join(' ')} }`),
    answer(400, 'invalid version', 'unless { req.ver 1.0 1.1 }'),
    `  acl named req.fhdr(host) -m reg -i -- ${word(HOST)}`,
    answer(400, 'invalid host', 'if !named { req.fhdr(host) -m found } or !named { req.ver 1.1 }'),
    // Newer versions refuse it themselves.
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
    '  # An address with a host becomes a path, and empty segments go, except behind a colon. Routes compare what a server decodes.',
    answer(400, 'invalid path', 'unless { path -m beg / }'),
    '  http-request set-uri %[pathq] unless { url -m beg / }',
    `  http-request set-path '%[path,regsub("${EMPTY}",/,g)]' if { path -m sub // }`,
    '  http-request set-var(txn.path) path,url_dec',
    `  acl ambiguous path -m reg -i -- ${word(UNPRINTABLE)}`,
    `  acl ambiguous var(txn.path) -m reg -i -- ${word(AMBIGUOUS)}`,
    answer(400, 'ambiguous path', 'if ambiguous or !{ var(txn.path) -m found }'),
    '  # A server may remove the empty segments that are left.',
    "  http-request set-var(txn.path) 'var(txn.path),regsub(//+,/,g)' if { var(txn.path) -m sub // }",
  ];
}

/** The headers that a server gets of those that clients send. */
export function renderHeaderGuard(options: GuardOptions, port: number, routes: readonly RoutePlan[]): string[] {
  const { trustedProxies = [], underscoresInHeaders = false } = options;
  const strangers = trustedProxies.length > 0 ? ' if !trusted' : '';
  const remove = (pattern: string, condition = '') => `  http-request del-header ${word(pattern)} -m reg${condition}`;
  return [
    remove(`${underscoresInHeaders ? '' : '_|'}^(${spelled(REMOVED)})$`),
    remove(`^(${spelled(FORWARDED)})$`, strangers),
    // A proxy that is trusted writes these names with `-`, and passes on what its clients write.
    ...(underscoresInHeaders
      ? [`^(?=.*_)(${spelled(FORWARDED)})$`, ...[...OWN, ...matchedHeaders(routes)].map(twins)].map((name) =>
          remove(name),
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

/** Behind the routes: a connection becomes a WebSocket where its endpoint has that, and never anything else. */
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
    '  http-response return status 502 if { status 101 } !upgrading',
    '  http-response return status 502 if { status 101 } !{ res.fhdr(upgrade) -m str -i websocket }',
  ];
}
