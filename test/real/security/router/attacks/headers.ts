import { type Attack, get, refused, served } from '../attack';

/** Headers that a server must get only from the router, or not at all. */
const INVENTED = [
  'X-Forwarded-For: 6.6.6.6',
  'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7',
  'X-FORWARDED-FOR: 6.6.6.6',
  'X-Forwarded-For:',
  'X_Forwarded_For: 6.6.6.6',
  'X-Forwarded_For: 6.6.6.6',
  'X_FORWARDED_PROTO: https',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Server: evil',
  'X-Forwarded-Prefix: /evil',
  'X-Forwarded-Client-Cert: By=admin',
  'X-Forwarded: for=6.6.6.6',
  'Forwarded: for=6.6.6.6',
  'Forwarded: for=6.6.6.6;host=evil.example;proto=https',
  'Forwarded-For: 6.6.6.6',
  'X-Real-IP: 6.6.6.6',
  'X-Client-IP: 6.6.6.6',
  'True-Client-IP: 6.6.6.6',
  'X-Original-URL: /guarded/x',
  'X-Rewrite-URL: /guarded/x',
  'X-Original-Forwarded-For: 6.6.6.6',
  'Proxy-Client-IP: 6.6.6.6',
  'WL-Proxy-Client-IP: 6.6.6.6',
  'Client-Cert: :MIIB:',
  'Client-Cert-Chain: :MIIB:',
  'X-HTTP-Method: DELETE',
  'X-HTTP-Method-Override: DELETE',
  'X-Method-Override: DELETE',
  'Script-Name: /evil',
  'X-Script-Name: /evil',
  'Path-Info: /guarded/x',
  'X-Forwarded-Path: /evil',
  'X-Original-Prefix: /evil',
  'X-Original-Path: /guarded/x',
  'Connection: X-Forwarded-For',
  'Connection: close, X-Forwarded-For, X-Forwarded-Proto',
  'Connection: keep-alive, X-Request-Id, Host',
  'Connection: x-tier',
  'Connection: Content-Length',
  'Proxy-Connection: keep-alive',
  'Keep-Alive: timeout=9999',
  'TE: trailers',
  'Connection: TE\r\nTE: trailers, gzip',
  'Proxy: http://evil.example',
  'X_Serving_Backend: dark',
  'x_tier: gold',
  'Content_Length: 9',
  'Transfer_Encoding: chunked',
  'Host_: evil.example',
  'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
  '__proto__: x',
  'X-Request-Id: a b',
  'X-Request-Id: <script>',
  `X-Request-Id: ${'a'.repeat(129)}`,
  'X-Request-Id:',
  'X-Request-Id: a\tb',
  'X-Request-Id: a%0d%0ab"',
  'X-Request-Id: a\r\nX-Request-Id: b c',
];

/** Headers with `_`, which CGI and WSGI servers read like those with `-` that no client may set. */
export const DISGUISED: readonly string[] = [
  'X_Forwarded_For: 6.6.6.6',
  'X-Forwarded_For: 6.6.6.6',
  'X_FORWARDED_PROTO: https',
  'Forwarded_For: 6.6.6.6',
  'X_Real_IP: 6.6.6.6',
  'True_Client-IP: 6.6.6.6',
  'X_Original_Forwarded_For: 6.6.6.6',
  'WL_Proxy_Client_IP: 6.6.6.6',
  'SSL_CLIENT_S_DN: admin',
  'Client_Cert: :MIIB:',
  'X_HTTP_Method_Override: DELETE',
  'SCRIPT_NAME: /evil',
  'X_Original_URL: /guarded/x',
  'Proxy_Connection: keep-alive',
  'Content_Length: 9',
  'Transfer_Encoding: chunked',
  'X_Request_Id: a b',
  'X_Serving_Backend: dark',
  'x_tier: gold',
];

/** Headers that select a route, sent twice, so that the router and a server could use different values. */
const TWICE = [
  ['X-Tier: gold', 'X-Tier: free'],
  ['X-Tier: free', 'X-Tier: gold'],
  ['x-tier: gold', 'X-TIER: gold'],
  ['X-Serving-Backend: v1', 'X-Serving-Backend: dark'],
];

/** Values other than the one that an endpoint requires. */
const WRONG = ['Gold', 'gold, free', 'free, gold', '"gold"', 'gold;q=1', 'goldx', 'gold\x0b', 'go ld', ''];

/** Served by the endpoint without requirements, or rejected by HAProxy. */
const atRoot = (name: string, header: string): Attack => ({
  ...served(name, get('/tier/x', header), 'root-v1 GET /tier/x'),
  or: { status: 'refused', arrives: [] },
});

export const HEADERS: readonly Attack[] = [
  refused('a NUL in a header', get('/echo', 'X-A: a\0b')),
  ...INVENTED.map((header) => served(`header ${JSON.stringify(header)}`, get('/echo', header), 'root-v1 GET /echo')),
  ...TWICE.map((headers) => refused(`headers ${headers.join(' and ')}`, get('/tier/x', ...headers), 400)),
  ...WRONG.map((value) => atRoot(`required header ${JSON.stringify(value)}`, `X-Tier: ${value}`)),
  ...['X_Tier: gold', 'X-Tier : gold', 'X-Tier\x00: gold', 'Connection: x-tier', 'X-Other: gold'].map((header) =>
    atRoot(`in place of the required header ${JSON.stringify(header)}`, header),
  ),
  served('the required header', get('/tier/x', 'X-Tier: gold'), 'tier-v1 GET /tier/x'),
  served('spaces around the required header', get('/tier/x', 'x-tier:   gold  '), 'tier-v1 GET /tier/x'),
  served(
    'the required header beside one that pretends to be it',
    get('/tier/x', 'X-Tier: gold', 'X_Tier: free'),
    'tier-v1 GET /tier/x',
  ),
  served(
    'the required header as an option of the connection',
    get('/tier/x', 'X-Tier: gold', 'Connection: x-tier'),
    'tier-v1 GET /tier/x',
  ),
  served('a request id that is one', get('/echo', 'X-Request-Id: 00-af09.b:c/d+e=f@g_h'), 'root-v1 GET /echo'),
  refused(
    '80 kB of headers',
    get('/echo', ...Array.from({ length: 80 }, (_, index) => `X-${index}: ${'a'.repeat(1000)}`)),
  ),
  refused('500 headers', get('/echo', ...Array.from({ length: 500 }, (_, index) => `X-${index}: a`))),
];
