import fc from 'fast-check';
import { OwnAddress } from '../../src/plan/choices';
import { RouteKind, type RoutePlan } from '../../src/plan/serving-plan';
import { type Definition, declare, definitions, METHODS, TIERS } from '../support/arbitraries';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { matchesHost, matchesPrefix } from '../support/observation';
import { check } from '../support/properties';
import type { Request } from '../support/request';
import { TEST_PROFILE } from '../support/test-platform';

type Asked = Required<Omit<Request, 'sourceIp'>>;

const requests: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom(...METHODS),
  host: fc.constantFrom('x.com', 'a.x.com', 'z.x.com', 'y.org', 'b.y.org', 'q.y.org', 'other.net'),
  path: fc.constantFrom(
    '/',
    '/a',
    '/ab',
    '/a/b',
    '/a/bc',
    '/a/b/c',
    '/a/b/c/d',
    '/b/x',
    '/a/_b/e0v0',
    '/_b/e0v0/x',
    '/q',
  ),
  headers: fc.record({
    'x-tier': fc.constantFrom('', ...TIERS),
    'x-serve-call-method': fc.constantFrom('', 'one', 'two'),
    'x-serving-backend': fc.constantFrom('', 'e0v0', 'e1v0', 'e1v1', 'nobody'),
  }),
});

function matches(route: RoutePlan, request: Asked): boolean {
  return (
    (route.hosts.length === 0 || route.hosts.some((host) => matchesHost(host, request.host))) &&
    matchesPrefix(route.prefix, request.path) &&
    (route.methods.length === 0 || route.methods.includes(request.method)) &&
    route.headers.every((header) => header.values.includes(request.headers[header.name] ?? ''))
  );
}

/**
 * The specificity of a match, from the definition of the order: full host, longest path, own address of a backend, header
 * rules in their order, conditions of the endpoint, and 405 last.
 */
function meaning(route: RoutePlan, request: Asked): number[] {
  const hosts = route.hosts.filter((host) => matchesHost(host, request.host));
  const host = hosts.length === 0 ? 0 : hosts.some((name) => !name.startsWith('*')) ? 2 : 1;
  const kind = [RouteKind.METHOD_NOT_ALLOWED, RouteKind.SHARES, RouteKind.HEADER_RULE, RouteKind.OWN_ADDRESS].indexOf(
    route.kind,
  );
  const own = route.headers.filter(({ name }) => name === 'x-tier').length;
  return [host, route.prefix.length, kind, own, route.methods.length > 0 ? 1 : 0];
}

function better(left: number[], right: number[]): number {
  for (let index = 0; index < left.length; index++) {
    const difference = (right[index] as number) - (left[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function checkOrder(definition: Definition, list: readonly Asked[]): void {
  const { routes } = declare(definition, TEST_PROFILE).plan();
  for (const request of list) {
    const candidates = routes.filter((route) => matches(route, request));
    const best = candidates.map((route) => meaning(route, request)).sort(better)[0];
    const [first] = candidates;
    if (first !== undefined) expect(meaning(first, request)).toEqual(best);
  }
}

describe('routes', () => {
  test('are matched in the order of their specificity', () => {
    check(fc.property(definitions, fc.array(requests, { minLength: 20, maxLength: 20 }), checkOrder), 300);
  });

  test('with a full host and a wildcard are matched at both positions', () => {
    const platform = testPlatform();
    endpointOn(platform, 'deep', { path: '/a', hosts: ['*.x.com', 'x.com'] }).addBackend('deep', backendOptions());
    endpointOn(platform, 'root', { path: '/', hosts: ['x.com'] }).addBackend('root', backendOptions());
    const shares = platform.plan().routes.filter((route) => route.kind === RouteKind.SHARES);
    expect(shares.map((route) => [route.endpoint, route.hosts])).toEqual([
      ['deep', ['x.com']],
      ['root', ['x.com']],
      ['deep', ['*.x.com']],
    ]);
  });

  test('keep header rules in their order', () => {
    check(
      fc.property(definitions, (definition) => {
        const platform = declare(definition, TEST_PROFILE);
        for (const endpoint of platform.plan().endpoints) {
          const rules = endpoint.routes
            .filter(({ kind, key }) => kind === RouteKind.HEADER_RULE && !key.includes('@'))
            .map((route) => route.key);
          expect(rules).toEqual(rules.map((_, index) => `${endpoint.path}#header:${index}`));
        }
      }),
    );
  });

  test('have unique keys', () => {
    check(
      fc.property(definitions, (definition) => {
        const plan = declare(definition, TEST_PROFILE).plan();
        const keys = plan.endpoints.flatMap((endpoint) => endpoint.routes.map((route) => route.key));
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

describe('routes of an endpoint', () => {
  const routesOf = (props: Parameters<typeof endpointOn>[2], options = {}) => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform, 'endpoint', props);
    endpoint.addBackend('SVM:v1', backendOptions(options));
    return platform.plan().endpoint('endpoint').routes;
  };

  test('are an own address and the shares', () => {
    expect(routesOf({ path: '/classify' })).toMatchObject([
      {
        key: 'endpoint#own:endpoint/SVM:v1',
        kind: 'own address',
        prefix: '/classify',
        headers: [{ name: 'x-serving-backend', values: ['SVM:v1'] }],
        shares: [{ backend: 'endpoint/SVM:v1', weight: 1 }],
        timeoutSeconds: 70,
      },
      { key: 'endpoint#shares', kind: 'shares', prefix: '/classify', headers: [], allow: [] },
    ]);
  });

  test('end with a 405 if methods are set', () => {
    expect(routesOf({ methods: METHODS.slice(0, 2) }).at(-1)).toMatchObject({
      key: 'endpoint#405',
      kind: 'method not allowed',
      methods: [],
      allow: ['GET', 'HEAD', 'POST'],
      shares: [],
    });
  });

  test('have all parts: with an own address, header rules, shares and a 405', () => {
    const platform = testPlatform();
    const props = { path: '/a', hosts: ['x.com'], stripPrefix: true, methods: METHODS.slice(0, 1) };
    const endpoint = endpointOn(platform, 'endpoint', props);
    const backend = endpoint.addBackend('v1', backendOptions());
    const rule = { header: 'x-a', value: 'b' };
    endpoint.splitTraffic({
      headerRules: [
        { ...rule, backend },
        { ...rule, header: 'x-c', path: '/d' },
      ],
    });
    const common = {
      endpoint: 'endpoint',
      hosts: ['x.com'],
      prefix: '/a',
      methods: ['GET', 'HEAD'],
      headers: [],
      pickedByHeader: false,
      shares: [{ backend: 'endpoint/v1', weight: 1 }],
      replacePrefix: '/',
      removedPrefix: '/a',
      allow: [],
      rules: [],
      timeoutSeconds: 70,
      silenceSeconds: 70,
    };
    const picked = (name: string, value: string) => ({ headers: [{ name, values: [value] }], pickedByHeader: true });
    expect(platform.plan().endpoint('endpoint').routes).toEqual([
      { ...common, key: 'endpoint#own:endpoint/v1', kind: 'own address', ...picked('x-serving-backend', 'v1') },
      { ...common, key: 'endpoint#header:0', kind: 'header rule', ...picked('x-a', 'b') },
      { ...common, key: 'endpoint#header:1', kind: 'header rule', ...picked('x-c', 'b'), replacePath: '/d' },
      { ...common, key: 'endpoint#shares', kind: 'shares' },
      {
        ...common,
        ...{ key: 'endpoint#405', kind: 'method not allowed', methods: [], shares: [], allow: ['GET', 'HEAD'] },
        ...{ replacePrefix: undefined, removedPrefix: undefined, timeoutSeconds: 0, silenceSeconds: 0 },
      },
    ]);
  });

  test('strip the prefix, own addresses included', () => {
    const [own, shares] = routesOf({ path: '/classify', stripPrefix: true }, { ownAddress: OwnAddress.PATH });
    expect(own).toMatchObject({
      prefix: '/classify/_b/svm-v1',
      replacePrefix: '/',
      removedPrefix: '/classify/_b/svm-v1',
    });
    expect(shares).toMatchObject({ prefix: '/classify', replacePrefix: '/', removedPrefix: '/classify' });
  });

  test('remove the own path if the prefix is kept', () => {
    const [own] = routesOf({ path: '/classify' }, { ownAddress: OwnAddress.PATH });
    expect(own).toMatchObject({ replacePrefix: '/classify' });
    expect(own?.removedPrefix).toBeUndefined();
    expect(routesOf({}, { ownAddress: OwnAddress.PATH })[0]).toMatchObject({ removedPrefix: '/_b/svm-v1' });
  });

  test('remove no header of a client where no server expects it', () => {
    const platform = testPlatform();
    const shared = endpointOn(platform, 'a', { path: '/a', stripPrefix: true, methods: [METHODS[0] as never] });
    const backend = shared.addBackend('shared', backendOptions());
    endpointOn(platform, 'b', { path: '/b' }).attachBackend(backend);
    endpointOn(platform, 'c', { path: '/c' }).addBackend('other', backendOptions());
    const removed = (endpoint: string, id: string) => platform.plan().route(endpoint, id).removedPrefix;
    expect([removed('a', 'shares'), removed('a', '405'), removed('b', 'shares'), removed('c', 'shares')]).toEqual([
      '/a',
      undefined,
      '',
      undefined,
    ]);
  });

  test('include no own address for a backend without one', () => {
    expect(routesOf({}, { ownAddress: OwnAddress.NONE }).map((route) => route.kind)).toEqual(['shares']);
  });

  test('share the 405 of the same path and host', () => {
    const platform = testPlatform();
    endpointOn(platform, 'get', { path: '/a', methods: [METHODS[0] as never] }).addBackend('a', backendOptions());
    endpointOn(platform, 'post', { path: '/a', methods: [METHODS[1] as never] }).addBackend('b', backendOptions());
    expect(platform.plan().route('get', '405').allow).toEqual(['GET', 'HEAD', 'POST']);
    expect(platform.plan().route('post', '405').allow).toEqual(['GET', 'HEAD', 'POST']);
    expect(platform.plan().refusals).toEqual([]);
  });
});

describe('two endpoints with the same path', () => {
  const refusals = (...props: Parameters<typeof endpointOn>[2][]) => {
    const platform = testPlatform();
    for (const [index, prop] of props.entries()) {
      endpointOn(platform, `e${index}`, prop).addBackend(`v${index}`, backendOptions());
    }
    return platform.plan().refusals.map((refusal) => `${refusal.code} at ${refusal.path}`);
  };
  const [GET, POST] = METHODS as [never, never];
  const tier = (...values: string[]) => ({ headers: [{ name: 'x-tier', values }] });

  test.each([
    [{}, {}],
    [{ path: '/a' }, { path: '/a/' }],
    [{ hosts: ['x.com', 'y.org'] }, { hosts: ['y.org'] }],
    [{ methods: [GET, POST] }, { methods: [POST] }],
    [tier('gold'), tier('gold')],
    [tier('gold', 'silver'), tier('silver', 'iron')],
    [
      {
        headers: [
          { name: 'a', values: ['1'] },
          { name: 'b', values: ['2'] },
        ],
      },
      {
        headers: [
          { name: 'b', values: ['2'] },
          { name: 'a', values: ['1'] },
        ],
      },
    ],
  ])('fail if they match the same requests: %j and %j', (left, right) => {
    expect(refusals(left, right)).toEqual(['DuplicateRoute at e1']);
  });

  test.each([
    [{ path: '/a' }, { path: '/a/b' }],
    [{ hosts: ['x.com'] }, {}],
    [{ hosts: ['x.com'] }, { hosts: ['*.x.com'] }],
    [{ methods: [GET] }, { methods: [POST] }],
    [{ methods: [GET] }, {}],
    [tier('gold'), tier('silver')],
    [tier('gold'), {}],
  ])('are allowed if they match different requests: %j and %j', (left, right) => {
    expect(refusals(left, right)).toEqual([]);
  });
});
