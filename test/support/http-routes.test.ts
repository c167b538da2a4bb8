import { matchHttpRoutes } from './http-routes';
import type { Request } from './request';

/** A route with one rule for each match, whose Service is named `<route>-<number of the rule>`. */
function route(name: string, matches: readonly object[], more: object = {}): object {
  return {
    kind: 'HTTPRoute',
    metadata: { name, ...('created' in more ? { creationTimestamp: more.created } : {}) },
    spec: {
      ...('hostnames' in more ? { hostnames: more.hostnames } : {}),
      rules: matches.map((match, i) => ({ matches: [match], backendRefs: [{ name: `${name}-${i}`, port: 80 }] })),
    },
  };
}

function targets(routes: readonly unknown[], request: Request): unknown {
  const outcome = matchHttpRoutes(routes, request);
  return outcome.kind === 'forward'
    ? outcome.destinations.map((d) => d.target).join()
    : outcome.kind === 'fixed'
      ? outcome.status
      : outcome.location;
}

const prefix = (value: string, more: object = {}) => ({ path: { type: 'PathPrefix', value }, ...more });
const exact = (value: string) => ({ path: { type: 'Exact', value } });
const header = (name: string, value: string) => ({ name, value });

describe('matchHttpRoutes', () => {
  test.each([
    ['/classify', 'a-0'],
    ['/classify/', 'a-0'],
    ['/classify/deep?x=1', 'a-0'],
    ['/classifyx', 404],
    ['/Classify', 404],
    ['/', 404],
  ])('matches a prefix by segments: %s', (path, expected) => {
    expect(targets([route('a', [prefix('/classify')])], { path })).toBe(expected);
  });

  test.each([
    ['the exact path before the prefix', [prefix('/a/b'), exact('/a/b')], {}, 'r-1'],
    ['the longer prefix', [prefix('/'), prefix('/a')], {}, 'r-1'],
    ['the path before the method', [prefix('/', { method: 'GET' }), prefix('/a')], {}, 'r-1'],
    [
      'the method before headers',
      [prefix('/a', { headers: [header('x', '1')] }), prefix('/a', { method: 'GET' })],
      { headers: { x: '1' } },
      'r-1',
    ],
    [
      'more headers',
      [prefix('/a', { headers: [header('x', '1')] }), prefix('/a', { headers: [header('x', '1'), header('y', '2')] })],
      { headers: { X: '1', Y: '2' } },
      'r-1',
    ],
    ['the first rule', [prefix('/a'), prefix('/a')], {}, 'r-0'],
    ['another method', [prefix('/a', { method: 'POST' })], {}, 404],
    [
      'a header name in another case',
      [prefix('/a', { headers: [header('X', 'One')] })],
      { headers: { x: 'one' } },
      404,
    ],
    ['a missing header', [prefix('/a', { headers: [header('x', '1')] })], {}, 404],
    ['a query', [prefix('/a', { queryParams: [header('v', '2')] })], { path: '/a/b?v=2' }, 'r-0'],
    ['another query', [prefix('/a', { queryParams: [header('v', '2')] })], { path: '/a/b?v=3' }, 404],
    ['everything', [{}], {}, 'r-0'],
  ] as const)('handles %s', (_what, matches, request, expected) => {
    expect(targets([route('r', matches)], { path: '/a/b', ...request })).toBe(expected);
  });

  test.each([
    ['www.example.com', 'exact-0'],
    ['WWW.example.com:8080', 'exact-0'],
    ['a.b.example.com', 'sub-0'],
    ['a.example.com', 'wild-0'],
    ['example.com', 'any-0'],
  ])('uses the most specific host for %s', (host, expected) => {
    const routes = [
      route('any', [prefix('/long/path')]),
      route('wild', [prefix('/')], { hostnames: ['*.example.com'] }),
      route('sub', [prefix('/')], { hostnames: ['*.b.example.com'] }),
      route('exact', [prefix('/')], { hostnames: ['www.example.com'] }),
    ];
    expect(targets(routes, { host, path: '/long/path' })).toBe(expected);
  });

  test('uses the older route, then the first name', () => {
    const [a, b] = [
      route('a', [prefix('/')], { created: '2026-02-01T00:00:00Z' }),
      route('b', [prefix('/')], { created: '2026-01-01T00:00:00Z' }),
    ];
    expect(targets([a, b], {})).toBe('b-0');
    expect(targets([route('d', [prefix('/')]), route('c', [prefix('/')])], {})).toBe('c-0');
  });

  const rewrite = (replacePrefixMatch: string) => ({
    type: 'URLRewrite',
    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } },
  });

  test.each([
    ['/foo', '/xyz', '/foo/bar', '/xyz/bar'],
    ['/foo', '/xyz/', '/foo/bar', '/xyz/bar'],
    ['/foo/', '/xyz', '/foo/bar', '/xyz/bar'],
    ['/foo', '/xyz', '/foo', '/xyz'],
    ['/foo', '/', '/foo/bar?q=1', '/bar?q=1'],
    ['/foo', '', '/foo', '/'],
    ['/foo', '/', '/foo/', '/'],
  ])('rewrites prefix %s to "%s": %s becomes %s', (from, to, path, expected) => {
    const rules = [{ matches: [prefix(from)], filters: [rewrite(to)], backendRefs: [{ name: 'a', port: 80 }] }];
    expect(matchHttpRoutes([{ kind: 'HTTPRoute', spec: { rules } }], { path })).toMatchObject({
      destinations: [{ path: expected }],
    });
  });

  test('gives weights, headers of rule and backend, timeouts and mirrors', () => {
    const set = (name: string, value: string) => ({
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { set: [{ name, value }], remove: ['X-Gone'] },
    });
    const rules = [
      {
        name: 'split',
        filters: [
          set('X-Rule', '1'),
          { type: 'RequestMirror', requestMirror: { backendRef: { name: 'shadow', port: 80 } } },
        ],
        backendRefs: [
          { name: 'a', port: 80, weight: 9, filters: [set('x-backend', 'SVM:v1')] },
          { name: 'b', port: 81 },
        ],
        timeouts: { request: '60s' },
      },
    ];
    expect(
      matchHttpRoutes([{ kind: 'HTTPRoute', metadata: { name: 'r' }, spec: { rules } }], {
        headers: { 'x-gone': '1', 'x-kept': '2' },
      }),
    ).toEqual({
      kind: 'forward',
      rule: '/r#split',
      destinations: [
        {
          target: 'a',
          port: 80,
          weight: 9,
          path: '/',
          host: 'localhost',
          headers: { 'x-rule': '1', 'x-backend': 'SVM:v1', 'x-kept': '2' },
        },
        { target: 'b', port: 81, weight: 1, path: '/', host: 'localhost', headers: { 'x-rule': '1', 'x-kept': '2' } },
      ],
      timeouts: { request: '60s' },
      mirrors: ['shadow'],
    });
  });

  test.each([
    ['no weight at all', [{ name: 'a', port: 80, weight: 0 }], undefined, 500],
    ['no backend', undefined, undefined, 500],
    [
      'a redirect',
      undefined,
      [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', port: 443, statusCode: 301 } }],
      'https://localhost:443/a',
    ],
  ])('responds itself with %s', (_what, backendRefs, filters, expected) => {
    expect(targets([{ kind: 'HTTPRoute', spec: { rules: [{ backendRefs, filters }] } }], { path: '/a' })).toBe(
      expected,
    );
  });

  test('ignores other kinds', () => {
    expect(targets([{ kind: 'Service' }], {})).toBe(404);
  });
});
