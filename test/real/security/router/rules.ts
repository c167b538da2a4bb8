import type { Arrival } from './attack';

/** Which requests may arrive at a pool. */
interface PoolRule {
  /** Whether a path, as decoded by a server, belongs to the pool. */
  readonly owns: (path: string) => boolean;
  readonly allows?: (arrival: Arrival) => boolean;
}

const below = (prefix: string) => (path: string) => path === prefix || path.startsWith(`${prefix}/`);
const PREFIXES = ['/guarded', '/strip', '/c:', '/http:/host', '/ws', '/go', '/hyper'];

/** What the definition of the platform under attack guarantees to the server of each endpoint. */
export const POOL_RULES: Readonly<Record<string, PoolRule>> = {
  'root-v1': { owns: (path) => !PREFIXES.some((prefix) => below(prefix)(path)) },
  'hosted-v1': {
    owns: () => true,
    allows: ({ headers }) =>
      headers.some(
        ([name, value]) => name === 'host' && /^(a[.]example[.]com|.+[.]b[.]example[.]com)[.]?(:\d+)?$/i.test(value),
      ),
  },
  'guarded-v1': { owns: below('/guarded'), allows: ({ method }) => method === 'GET' || method === 'HEAD' },
  'tier-v1': {
    owns: below('/tier'),
    allows: ({ headers }) => headers.filter(([name]) => name === 'x-tier').join() === 'x-tier,gold',
  },
  'strip-v1': { owns: () => true },
  'colon-v1': { owns: () => true },
  'address-v1': { owns: below('/http:/host'), allows: ({ method }) => method === 'GET' || method === 'HEAD' },
  'ws-v1': { owns: below('/ws') },
  'go-v1': { owns: below('/go'), allows: ({ method }) => method === 'POST' },
  'hyper-v1': { owns: below('/hyper'), allows: ({ method }) => method === 'POST' },
};

/** The paths that the router removes in front of a pool, and announces to its servers. */
const REMOVED: Readonly<Record<string, string>> = { 'strip-v1': '/strip', 'colon-v1': '/c:' };

/** Headers that no client may send to a server. */
const FORBIDDEN =
  /^(forwarded(-for)?|x-real-ip|(true|x)-client-ip|x-(original|rewrite)-.+|(wl-)?proxy-client-ip|client-cert(-chain)?|x-http-method.*|x-method-override|(x-)?script-name|path-info|http2-settings|proxy|te|keep-alive|proxy-connection)$|^x-forwarded-(?!(for|proto|host|port|prefix)$)|_/;

/** The values of `X-Forwarded-Prefix` that servers of a pool may get: the removed path, also with that of an own address. */
function prefixesOf(pool: string): string[] {
  const removed = REMOVED[pool];
  return removed === undefined ? [''] : [removed, `${removed}/_b/${pool.split('-')[1]}`];
}

/** The violations in a request that reached a server from a client at this address. */
export function violations(arrival: Arrival, client: string): string[] {
  const all = (header: string) => arrival.headers.filter(([name]) => name === header).map(([, value]) => value);
  const path = (arrival.path.split('?')[0] as string).replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const upgrade = all('upgrade').join();
  const rule = POOL_RULES[arrival.pool] as PoolRule;
  const checks: readonly (readonly [string, boolean])[] = [
    ['method', /^[A-Z]+$/.test(arrival.method) && !['CONNECT', 'TRACE'].includes(arrival.method)],
    ['version', /^HTTP\/1[.][01]$/.test(arrival.version)],
    ['route', rule.owns(path.replace(/\/\/+/g, '/')) && (rule.allows?.(arrival) ?? true)],
    ['path', /^\/(?!\/)[\x20-\x7e\x80-\xff]*$/.test(path) && !/(?<!:)\/\/|\\|(^|\/)[.]{1,2}(\/|;|$)/.test(path)],
    ['names', arrival.headers.every(([name]) => /^[!#$%&'*+.^`|~0-9a-z-]+$/.test(name) && !FORBIDDEN.test(name))],
    ['values', arrival.headers.every(([, value]) => !/[\0\r\n]/.test(value))],
    ['length', all('content-length').length + all('transfer-encoding').length <= 1],
    [
      'encoding',
      ['', 'chunked'].includes(all('transfer-encoding').join()) && /^\d*$/.test(all('content-length').join()),
    ],
    ['old version with chunks', arrival.version !== 'HTTP/1.0' || all('transfer-encoding').length === 0],
    ['host', all('host').length <= 1 && !/[^\w.:[\]-]/.test(all('host').join())],
    ['expect', /^(100-continue)?$/i.test(all('expect').join())],
    ['upgrade', upgrade === '' || (arrival.pool === 'ws-v1' && /^websocket$/i.test(upgrade))],
    ['connection', (upgrade === '' ? /^(close|keep-alive|)$/i : /^upgrade$/i).test(all('connection').join())],
    ['client', all('x-forwarded-for').join() === client && all('x-forwarded-proto').join() === 'http'],
    [
      'forwarded host',
      all('x-forwarded-host').join() === all('host').join() && all('x-forwarded-port').join() === '80',
    ],
    ['prefix', prefixesOf(arrival.pool).includes(all('x-forwarded-prefix').join())],
    ['request id', all('x-request-id').length === 1 && /^[\w.:/+=@-]{1,128}$/.test(all('x-request-id').join())],
    ['backend', all('x-serving-backend').length <= 1],
  ];
  return checks
    .filter(([, isMet]) => !isMet)
    .map(([name]) => `${name} of ${arrival.method} ${arrival.path} at ${arrival.pool}`);
}
