/** Random route tables with everything that routes can depend on, and random requests for them. */
import type { RootConstruct } from 'constructs';
import fc from 'fast-check';
import { Backend } from '../../../src/constructs/backend';
import { HttpMethod } from '../../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../../src/constructs/serving-endpoint';
import { OwnAddress } from '../../../src/plan/choices';
import type { ServingPlan } from '../../../src/plan/plan';
import { Duration } from '../../../src/units/duration';
import { backendOptions } from '../../support/definitions';
import type { Request } from '../../support/request';
import { routerPlatform } from './router-tests';

const HOSTS = ['x.com', 'a.x.com', 'y.org', '*.x.com', '*.b.x.com', '*.y.org', '*.com'];
const PATHS = [
  '/',
  '/',
  '/a',
  '/a',
  '/a/b',
  '/a/b/c',
  '/ab',
  '/a%20b',
  '/a%20b/c',
  '/caf%C3%A9',
  '/a%2Fb',
  '/A',
  '/c:',
  '/d~+$',
];
const METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT];
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'x-tier': ['gold', 'silver', 'e0', 'e0|x-tier'],
  'x-tenant': ['acme', 'umbrella corp', "#1 *' |%20", 'a/b~c'],
  method: ['GET', 'POST'],
};
const RULES: Readonly<Record<string, readonly string[]>> = {
  'x-serve-call-method': ['one', 'two', 'three', 'e0@v0'],
  'x-only': ['it is, $HOME # {x} *?', 'one'],
  'x-tier': ['gold', 'silver'],
};

interface EndpointTable {
  readonly path: string;
  readonly hosts: readonly string[];
  readonly methods: readonly HttpMethod[];
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly stripPrefix: boolean;
  readonly cors: boolean;
  readonly requestTimeout: number;
  readonly below?: number;
  readonly backends: readonly { readonly weight: number; readonly address: OwnAddress }[];
  readonly rules: readonly {
    readonly header: string;
    readonly value: string;
    readonly backend: boolean;
    readonly path?: string;
  }[];
}

const picked = (from: Readonly<Record<string, readonly string[]>>) =>
  fc.constantFrom(...Object.entries(from).flatMap(([name, values]) => values.map((value) => ({ name, value }))));

const header = fc
  .constantFrom(...Object.entries(HEADERS))
  .chain(([name, values]) =>
    fc.subarray([...values], { minLength: 1 }).map((some) => ({ name, values: some as readonly string[] })),
  );

const endpoint: fc.Arbitrary<EndpointTable> = fc.record({
  path: fc.constantFrom(...PATHS),
  hosts: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(HOSTS, { maxLength: 3 })),
  methods: fc.oneof(fc.constant([]), fc.subarray(METHODS)),
  headers: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    fc.uniqueArray(header, { maxLength: 2, selector: ({ name }) => name }),
  ),
  stripPrefix: fc.boolean(),
  cors: fc.boolean(),
  requestTimeout: fc.integer({ min: 1, max: 300 }),
  below: fc.option(fc.integer({ min: 1, max: 300 }), { freq: 3, nil: undefined }),
  backends: fc.array(
    fc.record({
      weight: fc.constantFrom(0, 1, 2, 3),
      address: fc.constantFrom(...Object.values(OwnAddress), OwnAddress.HEADER),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  rules: fc.uniqueArray(
    fc
      .record({
        picked: picked(RULES),
        backend: fc.boolean(),
        path: fc.constantFrom(undefined, '/explain', '/v2/pre%20dict'),
      })
      .map(({ picked: { name, value }, ...rest }) => ({ header: name, value, ...rest }))
      .filter(({ backend, path }) => backend || path !== undefined),
    { maxLength: 4, selector: (rule) => `${rule.header} ${rule.value}` },
  ),
});

/** A route table: up to six endpoints. */
export const tables = fc.array(endpoint, { minLength: 1, maxLength: 6, size: 'max' });

const BASES = [
  ...PATHS,
  '/a',
  '/a/b',
  '/a',
  '/%61',
  '/a%20B',
  '/caf%c3%a9',
  '/a%252Fb',
  '/d~+%24',
  '/none',
  '/a/_b/v0',
  '/_b/e0v1',
];

/** Requests that often match, and sometimes nearly. */
export const requests: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom(
    ...METHODS,
    ...METHODS,
    HttpMethod.OPTIONS,
    HttpMethod.OPTIONS,
    HttpMethod.PATCH,
    'get',
    'GET|e0',
    'gold|x-tier',
  ),
  host: fc.constantFrom(
    ...[
      'x.com',
      'x.com',
      'A.x.com:8080',
      'y.org.',
      'q.x.com',
      'b.x.com',
      'p.q.b.x.com',
      'r.y.org',
      'com',
      'other.com',
      'z.net',
    ],
    'a..x.com',
  ),
  path: fc
    .tuple(
      fc.constantFrom(...BASES),
      fc.constantFrom('', '', '/', '/x', 'x', '//y', '/batch', '/batch/z', '/https://y', '/_b/e0v0', '/%2fz', '?q=/a'),
    )
    .map(([base, rest]) => (base === '/' ? rest.replace(/^(?!\/)/, '/') : base + rest)),
  headers: fc
    .array(
      fc.oneof(
        picked(HEADERS),
        picked(RULES),
        { weight: 2, arbitrary: picked({ 'access-control-request-method': ['POST'] }) },
        {
          weight: 3,
          arbitrary: fc
            .constantFrom('e0v0', 'e0v1', 'e1v0', 'e1v1', 'e2v0', 'e2v1', 'e3v0', 'E0V0', '')
            .map((value) => ({ name: 'x-serving-backend', value })),
        },
        picked({ 'x-tier': ['Gold', 'gold, silver', ' '], 'x-tenant': ['umbrella', 'umbrella%20corp'] }),
      ),
      { maxLength: 4 },
    )
    .map((list) => Object.fromEntries(list.map(({ name, value }) => [name, value]))),
});

/** The plan of a route table; undefined if the definition is refused. */
export function planOf(table: readonly EndpointTable[]): ServingPlan | undefined {
  const platform = routerPlatform();
  const root = platform.node.root as RootConstruct;
  try {
    table.forEach((item, index) => {
      declare(root, item, `e${index}`);
    });
    return platform.plan();
  } catch {
    return undefined;
  }
}

function declare(root: RootConstruct, item: EndpointTable, id: string): void {
  const made = new ServingEndpoint(root, id, {
    path: item.path,
    stripPrefix: item.stripPrefix,
    requestTimeout: Duration.seconds(item.requestTimeout),
    ...(item.hosts.length > 0 && { hosts: [...item.hosts] }),
    ...(item.methods.length > 0 && { methods: [...item.methods] }),
    ...(item.headers.length > 0 && {
      headers: item.headers.map(({ name, values }) => ({ name, values: [...values] })),
    }),
    ...(item.cors && { cors: { allowOrigins: ['*'] } }),
    ...(item.below !== undefined && { paths: [{ path: '/batch', requestTimeout: Duration.seconds(item.below) }] }),
  });
  const backends = item.backends.map(({ weight, address }, index) => {
    const backend = new Backend(root, `${id}v${index}`, { ...backendOptions(), ownAddress: address });
    made.attachBackend(backend);
    return { backend, weight };
  });
  if (!backends.some(({ weight }) => weight > 0)) return;
  made.splitTraffic({
    shares: backends,
    headerRules: item.rules.map(({ header: name, value, backend, path }) => ({
      header: name,
      value,
      backend: backend ? backends[0]?.backend : undefined,
      path,
    })),
  });
}
