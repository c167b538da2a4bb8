import fc from 'fast-check';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway, KubernetesPlatform } from '../../src/kubernetes';
import { OwnAddress } from '../../src/plan/choices';
import { BACKEND_HEADER } from '../../src/plan/routes';
import { RouteKind, type RoutePlan } from '../../src/plan/serving-plan';
import { EXACT_HOSTS, METHODS, TIERS, WILDCARD_HOSTS } from '../support/arbitraries';
import { backendOptions } from '../support/definitions';
import { matchHttpRoutes } from '../support/http-routes';
import { matchesHost, matchesPrefix, replacePrefix } from '../support/observation';
import type { Request } from '../support/request';
import { newChart } from './support';

const MANY_METHODS = Object.values(HttpMethod);

const endpoint = fc.record({
  path: fc.constantFrom('/', '/a', '/a/b'),
  stripPrefix: fc.boolean(),
  hosts: fc.subarray([...EXACT_HOSTS, ...WILDCARD_HOSTS]),
  methods: fc.oneof(fc.subarray(METHODS), fc.constant(MANY_METHODS)),
  tiers: fc.subarray(TIERS),
  addresses: fc.array(fc.constantFrom(...Object.values(OwnAddress)), { minLength: 1, maxLength: 5 }),
  headerRules: fc.uniqueArray(
    fc.record({
      header: fc.constantFrom('x-tier', 'x-call', 'x-user'),
      value: fc.constantFrom(...TIERS),
      path: fc.boolean(),
    }),
    { maxLength: 6, selector: ({ header, value }) => `${header} ${value}` },
  ),
});

const request = fc.record({
  method: fc.constantFrom(...METHODS, 'PATCH'),
  host: fc.constantFrom(...EXACT_HOSTS, 'z.x.com', 'elsewhere.net'),
  path: fc.constantFrom('/', '/a', '/ab', '/a/b', '/a/c', '/a/_b/v0/c', '/a/b/_b/v1', '/_b/v2'),
  headers: fc.dictionary(
    fc.constantFrom('x-tier', 'x-call', 'x-user', BACKEND_HEADER),
    fc.constantFrom(...TIERS, 'v0', 'v1'),
  ),
});

/** The expected result of a request according to the order of the plan: the shares and the path, or nothing. */
function expected(routes: RoutePlan[], { method = 'GET', host = '', path = '/', headers = {} }: Request): unknown {
  const route = routes.find(
    (candidate) =>
      (candidate.hosts.length === 0 || candidate.hosts.some((pattern) => matchesHost(pattern, host))) &&
      matchesPrefix(candidate.prefix, path) &&
      (candidate.methods.length === 0 || candidate.methods.includes(method)) &&
      candidate.headers.every((header) => header.values.includes(headers[header.name] ?? '')),
  );
  if (route === undefined || route.kind === RouteKind.METHOD_NOT_ALLOWED) return undefined;
  const { replacePath, replacePrefix: replacement, prefix, shares } = route;
  const seen = replacePath ?? (replacement === undefined ? path : replacePrefix(path, prefix, replacement));
  return {
    targets: Object.fromEntries(shares.map(({ backend, weight }) => [backend.split('/').at(-1), weight])),
    path: seen,
  };
}

test('a gateway routes each request according to the plan', () => {
  fc.assert(
    fc.property(endpoint, fc.array(request, { minLength: 10, maxLength: 20 }), (definition, requests) => {
      const { addresses, headerRules, hosts, methods, tiers, ...props } = definition;
      const chart = newChart();
      const platform = new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('public') });
      const declared = new ServingEndpoint(chart, 'e', {
        ...props,
        ...(hosts.length > 0 && { hosts }),
        ...(methods.length > 0 && { methods }),
        ...(tiers.length > 0 && { headers: [{ name: 'x-tier', values: tiers }] }),
      });
      const backends = addresses.map((address, index) =>
        declared.addBackend(`v${index}`, backendOptions({ ownAddress: address })),
      );
      declared.splitTraffic({
        headerRules: headerRules.map(({ path, ...rule }, index) => {
          const backend = backends[index % backends.length];
          return path ? { ...rule, backend, path: `/${rule.value}` } : { ...rule, backend };
        }),
      });
      const { routes } = platform.plan().endpoint('serving/e');
      const rendered = chart.toJson();
      for (const one of requests) {
        const outcome = matchHttpRoutes(rendered, one);
        const answer =
          outcome.kind === 'forward'
            ? {
                targets: Object.fromEntries(
                  outcome.destinations.map(({ target, weight }) => [target.replace('e-', ''), weight]),
                ),
                path: outcome.destinations[0]?.path,
              }
            : undefined;
        expect(answer).toEqual(expected(routes, one));
      }
    }),
    { numRuns: 100 },
  );
});
