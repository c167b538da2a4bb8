import { App, Chart } from 'cdk8s';
import { Backend } from '../../src/constructs/backend';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Warnings } from '../../src/constructs/warnings';
import {
  Gateway,
  type GatewayOptions,
  GatewayProfile,
  KubernetesEndpoint,
  KubernetesPlatform,
} from '../../src/kubernetes';
import { durationOf } from '../../src/kubernetes/private/gateway-durations';
import { LoadBalancing, OwnAddress, StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, singleBackend } from '../support/definitions';
import { findObject, type Manifest, manifestsOf, newChart } from './support';

/** A chart behind a gateway, and an endpoint `digits` with the backends `v1` and `v2`. */
function twoBackends(options: GatewayOptions = {}, props: ServingEndpointProps = {}, strict = false) {
  const chart = newChart();
  new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('public', options), strict });
  const endpoint = new ServingEndpoint(chart, 'digits', props);
  const [v1, v2] = ['v1', 'v2'].map((id) => endpoint.addBackend(id, backendOptions())) as [Backend, Backend];
  return { chart, endpoint, v1, v2 };
}

const ENVOY: GatewayOptions = { profile: GatewayProfile.ENVOY_GATEWAY };

const external = ['Gateway/public'];
const routesOf = (chart: Chart): Manifest[] => manifestsOf(chart, external).filter(({ kind }) => kind === 'HTTPRoute');
const onlyRoute = (chart: Chart) => findObject(manifestsOf(chart, external), 'HTTPRoute', 'digits').spec;

describe('an HTTPRoute', () => {
  test.each([
    GatewayProfile.PORTABLE,
    GatewayProfile.ENVOY_GATEWAY,
  ])('forwards to at most 16 backends (%s)', (profile) => {
    const { chart, endpoint } = twoBackends({ profile });
    for (let index = 3; index <= 16; index++) endpoint.addBackend(`v${index}`, backendOptions());
    expect(() => endpoint.addBackend('v17', backendOptions())).toThrow(
      /^\[TooManyBackends\] endpoint 'digits' cannot have another backend \('v17'\): .* supports at most 16 per endpoint; use a second endpoint/,
    );
    const rules = routesOf(chart).flatMap(({ spec }) => spec.rules as { backendRefs: unknown[] }[]);
    expect(Math.max(...rules.map(({ backendRefs }) => backendRefs.length))).toBe(16);
  });

  test('is not rewritten to a path that a gateway may read as a variable', () => {
    const { endpoint } = twoBackends({}, { path: '/a$b' });
    expect(() => endpoint.addBackend('v3', backendOptions({ ownAddress: OwnAddress.PATH }))).toThrow(
      /^\[InvalidPath\] 'path' \('\/a\$b'\) must not contain '\$', .*; backend 'v3' has its own path below it/,
    );
    expect(() => endpoint.addBackend('v4', backendOptions({ ownAddress: OwnAddress.HEADER }))).not.toThrow();
    const stripped = twoBackends({}, { path: '/a$b', stripPrefix: true }).endpoint;
    expect(() => stripped.addBackend('v3', backendOptions({ ownAddress: OwnAddress.PATH }))).not.toThrow();
  });

  test('attaches to the gateway and has the hosts, name and description of the endpoint', () => {
    const { chart } = twoBackends(
      { namespace: 'infra', sectionName: 'https' },
      { hosts: ['a.example.com', '*.example.org'], description: 'Reads a digit' },
    );
    const [route] = routesOf(chart);
    expect(route?.spec).toMatchObject({
      parentRefs: [{ name: 'public', namespace: 'infra', sectionName: 'https' }],
      hostnames: ['a.example.com', '*.example.org'],
    });
    expect(route?.metadata.annotations).toEqual({
      'serving-constructs/name': 'digits',
      'serving-constructs/description': 'Reads a digit',
    });
  });

  test('forwards by weight, with own addresses first', () => {
    const { chart, endpoint, v1, v2 } = twoBackends(
      {},
      { path: '/digits', methods: [HttpMethod.POST, HttpMethod.PUT] },
    );
    endpoint.splitTraffic({
      shares: [
        { backend: v1, weight: 0.9 },
        { backend: v2, weight: 0.1 },
      ],
    });
    expect(routesOf(chart)).toMatchSnapshot();
  });

  test('replaces a prefix in rules with a single match', () => {
    const { chart } = twoBackends(
      {},
      { path: '/digits', stripPrefix: true, methods: [HttpMethod.POST, HttpMethod.PUT] },
    );
    const { rules } = onlyRoute(chart);
    expect(rules).toHaveLength(6);
    for (const { matches, filters } of rules) {
      expect(matches).toHaveLength(1);
      expect(filters).toEqual([
        { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
        {
          type: 'RequestHeaderModifier',
          requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: '/digits' }] },
        },
      ]);
    }
  });

  test('does not put an escape into a header', () => {
    expect(() => twoBackends({}, { path: '/a%20b', stripPrefix: true })).toThrow(
      "[InvalidPath] 'path' ('/a%20b') must not contain '%' with 'stripPrefix', because servers get it in a header, in which a portable gateway may interpret it; use a path without escapes, or leave out 'stripPrefix'",
    );
    expect(() => twoBackends({}, { path: '/a%20b' })).not.toThrow();
  });

  test('has escapes with digits in capitals, as clients send them', () => {
    const { chart } = twoBackends({}, { path: '/caf%c3%a9' });
    expect(onlyRoute(chart).rules[0].matches[0].path.value).toBe('/caf%C3%A9');
  });

  test('does not match an IP address', () => {
    expect(() => twoBackends({}, { hosts: ['10.0.0.1'] })).toThrow(
      "[InvalidHost] the host ('10.0.0.1') must not be an IP address, because the routes of a gateway do not match any; use a name, or omit 'hosts'",
    );
  });

  test('replaces the whole path for a header', () => {
    const { chart, endpoint } = twoBackends();
    endpoint.splitTraffic({ headerRules: [{ header: 'x-serve-call-method', value: 'explain', path: '/explain' }] });
    const { rules } = onlyRoute(chart);
    expect(rules[2]).toMatchObject({
      matches: [{ headers: [{ type: 'Exact', name: 'x-serve-call-method', value: 'explain' }] }],
      filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/explain' } } }],
    });
  });

  test('repeats each header rule with the header that selects a backend', () => {
    const { chart, endpoint, v2 } = twoBackends();
    endpoint.splitTraffic({ headerRules: [{ header: 'x-tier', value: 'gold', backend: v2 }] });
    const { rules } = onlyRoute(chart);
    const own = { type: 'Exact', name: 'x-serving-backend', value: 'v1' };
    expect(rules[0].matches.map(({ headers }: { headers: unknown }) => headers)).toEqual([
      [own],
      [own, { type: 'Exact', name: 'x-tier', value: 'gold' }],
    ]);
    expect(rules[0].backendRefs).toEqual([{ name: 'digits-v1', port: 80, weight: 1 }]);
  });

  test('has a match for each possible combination of header values', () => {
    const headers = [
      { name: 'x-tier', values: ['gold', 'silver'] },
      { name: 'x-zone', values: ['a', 'b'] },
    ];
    const { chart, endpoint, v2 } = twoBackends({}, { headers });
    endpoint.splitTraffic({
      headerRules: [
        { header: 'x-tier', value: 'gold', backend: v2 },
        { header: 'x-tier', value: 'iron', backend: v2 },
      ],
    });
    const { rules } = onlyRoute(chart);
    const counts = rules.map(({ matches }: { matches: unknown[] }) => matches.length);
    expect(counts).toEqual([4 + 2, 4 + 2, 2, 4]);
  });

  test('is split if it would exceed the limits', () => {
    const methods = Object.values(HttpMethod);
    const hosts = Array.from({ length: 20 }, (_, index) => `h${index}.example.com`);
    const { chart, endpoint, v1 } = twoBackends({}, { path: '/digits', stripPrefix: true, methods, hosts });
    const count = routesOf(chart).length;
    endpoint.splitTraffic({ headerRules: [{ header: 'x-tier', value: 'gold', backend: v1 }] });
    const routes = routesOf(chart);
    expect(count).toBe(4);
    expect(routes.map(({ metadata }) => metadata.name)).toEqual([
      'digits',
      ...[2, 3, 4, 5, 6, 7, 8].map((index) => `digits-00${index}`),
    ]);
    expect(routes.flatMap(({ spec }) => spec.rules)).toHaveLength(2 * 9 * (2 + 2 + 1 + 1));
    expect(new Set(routes.flatMap(({ spec }) => spec.hostnames)).size).toBe(20);
  });

  test('fails if a match would have too many headers', () => {
    const headers = Array.from({ length: 16 }, (_, index) => ({ name: `x-${index}`, values: ['a'] }));
    expect(() => twoBackends({}, { headers })).toThrow(
      "[TooManyConditions] endpoint 'digits' matches 17 headers in one route, which exceeds the maximum of 16; match fewer headers",
    );
  });

  test('references a Service in another namespace with a ReferenceGrant', () => {
    const app = new App();
    const [one, two] = ['one', 'two'].map((id) => new Chart(app, id, { namespace: id })) as [Chart, Chart];
    const platform = new KubernetesPlatform(one, 'Platform', { gateway: Gateway.fromName('public') });
    const backend = new Backend(two, 'svm', { ...backendOptions(), platform });
    for (const id of ['digits', 'letters'])
      new ServingEndpoint(one, id, { platform, path: `/${id}` }).attachBackend(backend);
    expect(findObject(one.toJson(), 'HTTPRoute', 'digits').spec.rules[0].backendRefs).toEqual([
      { name: 'svm', namespace: 'two', port: 80, weight: 1 },
    ]);
    const grant = findObject(two.toJson(), 'ReferenceGrant', 'svm');
    expect(grant.metadata.labels).toEqual(findObject(two.toJson(), 'Service', 'svm').metadata.labels);
    expect(grant.spec).toEqual({
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'one' }],
      to: [{ group: '', kind: 'Service', name: 'svm' }],
    });
  });

  test('fails for a backend in a chart without a namespace', () => {
    const app = new App();
    const [one, two] = [new Chart(app, 'one', { namespace: 'one' }), new Chart(app, 'two')];
    const platform = new KubernetesPlatform(one, 'Platform', { gateway: Gateway.fromName('public') });
    const backend = new Backend(two, 'svm', { ...backendOptions(), platform });
    expect(() => new ServingEndpoint(one, 'digits', { platform }).attachBackend(backend)).toThrow(
      "[WrongScope] backend 'svm' is in a different chart than endpoint 'digits', and at least one of the two charts has no 'namespace'; set it on both",
    );
  });
});

describe('a portable gateway', () => {
  test('renders nothing that some gateways refuse', () => {
    const manifests = manifestsOf(twoBackends({}, { methods: [HttpMethod.POST] }).chart, external);
    const kinds = new Set(manifests.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['Deployment', 'HTTPRoute', 'Service', 'ServiceAccount']);
    const { rules } = findObject(manifests, 'HTTPRoute', 'digits').spec;
    for (const rule of rules) expect(Object.keys(rule)).toEqual(['backendRefs', 'matches']);
  });

  test('keeps replicas until every gateway has removed them', () => {
    const { lifecycle } = findObject(manifestsOf(twoBackends().chart, external), 'Deployment', 'digits-v1').spec
      .template.spec.containers[0];
    expect(lifecycle.preStop.sleep.seconds).toBe(45);
  });

  test('fails when strict, and lists what is left to the gateway', () => {
    const { chart } = twoBackends({}, { methods: [HttpMethod.POST] }, true);
    expect(() => chart.toJson()).toThrow(
      "[LeftToGateway] 'request timeout' is left to the gateway, which 'strict' forbids",
    );
    expect(() => chart.toJson()).toThrow(
      "[LeftToGateway] 'round robin' is left to the gateway, which 'strict' forbids",
    );
    expect(() => chart.toJson()).toThrow("[LeftToGateway] '405' is left to the gateway, which 'strict' forbids");
  });

  test('checks servers against its idle timeout', () => {
    const options = {
      server: ModelServer.command({ command: ['serve'], behavior: { drains: true, keepAlive: Duration.seconds(75) } }),
    };
    const { chart, endpoint } = twoBackends();
    endpoint.addBackend('v3', backendOptions(options));
    expect(() => chart.toJson()).toThrow('[KeepAliveTooShort] the keep-alive of serve (75 s) must be at least 3610 s');
    const stated = twoBackends({ idleTimeout: Duration.seconds(60) });
    stated.endpoint.addBackend('v3', backendOptions(options));
    expect(() => stated.chart.toJson()).not.toThrow();
  });
});

describe('Envoy Gateway', () => {
  test('is configured with the request timeout, the algorithm, idle timeouts and the 405', () => {
    const { chart } = twoBackends(ENVOY, { methods: [HttpMethod.POST], requestTimeout: Duration.minutes(10) });
    const manifests = manifestsOf(chart, external);
    const { rules } = findObject(manifests, 'HTTPRoute', 'digits').spec;
    expect(rules[0].timeouts).toEqual({ request: '610s' });
    expect(rules.at(-1)).toEqual({
      matches: [{ path: { type: 'PathPrefix', value: '/' } }],
      filters: [
        {
          type: 'ExtensionRef',
          extensionRef: { group: 'gateway.envoyproxy.io', kind: 'HTTPRouteFilter', name: 'digits-405' },
        },
      ],
    });
    expect(findObject(manifests, 'HTTPRouteFilter', 'digits-405').spec.directResponse).toMatchObject({
      statusCode: 405,
      header: { set: [{ name: 'Allow', value: 'POST' }] },
    });
    expect(findObject(manifests, 'BackendTrafficPolicy', 'digits').spec).toEqual({
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'digits' }],
      loadBalancer: { type: 'RoundRobin' },
      timeout: { http: { connectionIdleTimeout: '300s', streamIdleTimeout: '610s' } },
    });
    const { lifecycle } = findObject(manifests, 'Deployment', 'digits-v1').spec.template.spec.containers[0];
    expect(lifecycle.preStop.sleep.seconds).toBe(5);
  });

  test('answers cross-origin requests by a filter of every rule that forwards', () => {
    const cors = { allowOrigins: ['https://app.example.com'], allowCredentials: true, maxAge: Duration.minutes(10) };
    const { chart } = twoBackends(ENVOY, { methods: [HttpMethod.POST], cors });
    const rules = onlyRoute(chart).rules as { backendRefs?: unknown[]; filters?: { type: string; cors?: unknown }[] }[];
    const forwarding = rules.filter(({ backendRefs }) => backendRefs !== undefined);
    expect(forwarding).toHaveLength(3);
    for (const { filters = [] } of forwarding)
      expect(filters).toEqual([
        {
          type: 'CORS',
          cors: {
            allowOrigins: ['https://app.example.com'],
            allowMethods: ['POST'],
            allowHeaders: ['content-type'],
            allowCredentials: true,
            maxAge: 600,
          },
        },
      ]);
    expect(rules).toHaveLength(4);
  });

  test('lets browsers keep the answer to a preflight request for at least a second', () => {
    const { chart } = twoBackends(ENVOY, { cors: { allowOrigins: ['*'], maxAge: Duration.seconds(0) } });
    expect(() => manifestsOf(chart, external)).toThrow(
      "'maxAge' (0 s) of 'cors' must be at least 1 s for Envoy Gateway; use 1 s, or omit it",
    );
  });

  test('is required for cross-origin requests', () => {
    const { chart } = twoBackends({}, { cors: { allowOrigins: ['*'] } });
    expect(() => manifestsOf(chart, external)).toThrow(
      /'cors' is not supported by a portable gateway: .* use GatewayProfile.ENVOY_GATEWAY or the built-in router/,
    );
  });

  test('does not end a stream that sends its heartbeat', () => {
    const streaming = { maxDuration: Duration.hours(1), heartbeat: Duration.minutes(2) };
    const { chart } = twoBackends(ENVOY, { streaming });
    const manifests = manifestsOf(chart, external);
    expect(findObject(manifests, 'HTTPRoute', 'digits').spec.rules[0].timeouts).toEqual({ request: '0s' });
    expect(findObject(manifests, 'BackendTrafficPolicy', 'digits').spec.timeout.http.streamIdleTimeout).toBe('250s');
  });

  test('prefers the least busy replica if a backend requires it', () => {
    const { chart, endpoint } = twoBackends(ENVOY);
    endpoint.addBackend('v3', backendOptions({ loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }));
    const { loadBalancer } = findObject(manifestsOf(chart, external), 'BackendTrafficPolicy', 'digits').spec;
    expect(loadBalancer).toEqual({ type: 'LeastRequest' });
  });

  test('hashes a cookie if clients keep their replica of the only backend', () => {
    const chart = newChart();
    const gateway = Gateway.fromName('edge', { profile: GatewayProfile.ENVOY_GATEWAY });
    new KubernetesPlatform(chart, 'Platform', { gateway });
    const sticky = {
      stickySession: { maxAge: Duration.days(2) },
      loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS,
    };
    new ServingEndpoint(chart, 'digits').addBackend('v1', backendOptions(sticky));
    const { loadBalancer } = findObject(manifestsOf(chart, external), 'BackendTrafficPolicy', 'digits').spec;
    expect(loadBalancer).toEqual({
      type: 'ConsistentHash',
      consistentHash: { type: 'Cookie', cookie: { name: 'serving-replica-digits-v1', ttl: '48h0m0s' } },
    });
  });

  test('closes connections to a server that would close them first', () => {
    const { chart, endpoint } = twoBackends(ENVOY);
    const server = ModelServer.command({
      command: ['serve'],
      behavior: { drains: true, keepAlive: Duration.seconds(5) },
    });
    endpoint.addBackend('v3', backendOptions({ server }));
    const { circuitBreaker } = findObject(manifestsOf(chart, external), 'BackendTrafficPolicy', 'digits').spec;
    expect(circuitBreaker).toEqual({ maxRequestsPerConnection: 1 });
  });

  test('has no 405 if another endpoint accepts every method', () => {
    const { chart } = twoBackends(ENVOY, { path: '/digits', methods: [HttpMethod.POST] });
    new ServingEndpoint(chart, 'rest', { path: '/digits' }).addBackend('v1', backendOptions());
    const { rules } = onlyRoute(chart);
    expect(rules).toHaveLength(3);
  });
});

describe('facade', () => {
  test('reaches every object of an endpoint', () => {
    const { endpoint } = twoBackends(ENVOY, { methods: [HttpMethod.POST] });
    const { httpRoutes, gatewayPolicies, methodNotAllowedFilter } = KubernetesEndpoint.of(endpoint);
    const ids = [...httpRoutes, ...gatewayPolicies, methodNotAllowedFilter].map((object) => object?.node.path);
    expect(ids).toEqual(['HttpRoute', 'BackendTrafficPolicy', 'MethodNotAllowed'].map((id) => `serving/digits/${id}`));
  });

  test('has no policies if the gateway has none', () => {
    const facade = KubernetesEndpoint.of(twoBackends().endpoint);
    expect(facade.httpRoutes).toHaveLength(1);
    expect([facade.gatewayPolicies, facade.methodNotAllowedFilter]).toEqual([[], undefined]);
  });

  test('fails for an endpoint of another platform', () => {
    expect(() => KubernetesEndpoint.of(singleBackend().endpoint)).toThrow(
      "[WrongPlatform] endpoint 'endpoint' is on platform 'test', not on Kubernetes; check 'platform.kind' before",
    );
  });
});

describe('addresses', () => {
  test.each([
    ['https://models.example.com/', undefined, 'https://models.example.com/digits'],
    ['https://models.example.com:8443', ['*.x.com', 'a.x.com'], 'https://a.x.com:8443/digits'],
    ['http://[::1]:8080', ['a.x.com'], 'http://a.x.com:8080/digits'],
    ['http://192.0.2.1', ['*.x.com'], 'http://192.0.2.1/digits'],
  ])('for %s with the hosts %j are %s', (address, hosts, url) => {
    expect(twoBackends({ address }, { path: '/digits', hosts }).endpoint.url).toBe(url);
  });

  test('fail if the gateway has no address', () => {
    const { chart, endpoint } = twoBackends();
    expect(() => manifestsOf(chart, external)).not.toThrow();
    expect(() => endpoint.url).toThrow(
      "[UrlUnknown] the URL of endpoint 'digits' is unknown, because gateway 'public' has no 'address'; set it, for example Gateway.fromName('public', { address: 'https://models.example.com' }) (at serving/digits)",
    );
  });

  test.each(['models.example.com', 'https://models.example.com/path', 'ftp://models'])('fail as %p', (address) => {
    expect(() => Gateway.fromName('public', { address })).toThrow(
      `[InvalidHost] 'address' ('${address}') must be a URL`,
    );
  });

  test.each([
    { name: 'Public' },
    { name: 'public', namespace: 'a b' },
    { name: 'public', sectionName: '-' },
  ])('fail with the names %j', ({ name, ...options }) => {
    expect(() => Gateway.fromName(name, options)).toThrow('[InvalidName]');
  });
});

test.each([
  [0, '0s'],
  [99_999, '99999s'],
  [604_810, '168h0m10s'],
])('%i seconds are written as %s', (seconds, text) => {
  expect(durationOf(seconds)).toBe(text);
});

describe('the request timeout of a gateway', () => {
  const ID = 'serving-constructs:gatewayTimeout.digits';

  /** The lines on standard error during the synthesis, which may fail. */
  function linesOf(options: GatewayOptions, props: ServingEndpointProps, strict = false, acknowledged?: string) {
    const chart = newChart();
    new KubernetesPlatform(chart, 'Platform', { gateway: Gateway.fromName('public', options), strict });
    const server = ModelServer.asgi({ app: 'app' });
    new ServingEndpoint(chart, 'digits', props).addBackend('v1', backendOptions({ server }));
    if (acknowledged !== undefined) Warnings.of(chart).acknowledge(acknowledged, 'set to an hour');
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      App.of(chart).synthYaml();
      expect(strict).toBe(false);
    } catch (error) {
      expect(String(error)).toContain('[LeftToGateway]');
    }
    const lines = write.mock.calls.map(([line]) => String(line));
    write.mockRestore();
    return lines;
  }

  const seconds = (count: number): ServingEndpointProps => ({ requestTimeout: Duration.seconds(count) });
  const streaming = { maxDuration: Duration.minutes(2), heartbeat: Duration.seconds(5) };

  test('causes a warning if the profile leaves it to the gateway', () => {
    expect(linesOf({}, seconds(16))).toEqual([
      `[Warning at serving/digits] requests of endpoint 'digits' may take 16 s, but the profile of the gateway (a portable gateway) sets no request timeout, and gateways based on Envoy cut requests off after 15 s by default; set 'profile' of the Gateway to GatewayProfile.ENVOY_GATEWAY or to GatewayProfile.custom with 'requestTimeouts', or acknowledge this warning if the timeout of the gateway is longer; 'strict' of the platform makes it an error [ack: ${ID}]\n`,
    ]);
  });

  test('causes one for streams', () => {
    expect(linesOf({}, { ...seconds(10), streaming })).toHaveLength(1);
  });

  test.each<[string, GatewayOptions, ServingEndpointProps]>([
    ['requests are short', {}, seconds(15)],
    [
      'only connections are long',
      {},
      { ...seconds(10), streaming: { ...streaming, protocol: StreamProtocol.WEB_SOCKET } },
    ],
    ['the profile has one', ENVOY, seconds(600)],
    [
      'the profile supports it',
      { profile: GatewayProfile.custom({ name: 'edge', requestTimeouts: true }) },
      seconds(600),
    ],
  ])('causes none if %s', (_what, options, props) => {
    expect(linesOf(options, props)).toEqual([]);
  });

  test('causes none if it is an error, or if it is acknowledged', () => {
    expect(linesOf({}, seconds(60), true)).toEqual([]);
    expect(linesOf({}, seconds(60), false, ID)).toEqual([]);
  });
});
