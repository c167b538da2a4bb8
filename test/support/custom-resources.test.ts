import { changed } from './change';
import { checkCustomResource } from './custom-resources';

const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'classify' },
  spec: {
    parentRefs: [{ name: 'gateway', namespace: 'edge' }],
    hostnames: ['models.example.com'],
    rules: [
      {
        matches: [
          { path: { type: 'PathPrefix', value: '/classify' }, method: 'POST', headers: [{ name: 'x-a', value: 'b' }] },
        ],
        filters: [
          { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-b', value: 'c' }] } },
        ],
        backendRefs: [
          { name: 'svm', port: 80, weight: 9 },
          { name: 'resnet', port: 80, weight: 1 },
        ],
        timeouts: { request: '1m500ms', backendRequest: '60s' },
      },
    ],
  },
};
const rule = 'spec.rules[0]';
const many = (n: number, item: unknown) => Array.from({ length: n }, () => item);

const traffic = {
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'BackendTrafficPolicy',
  metadata: { name: 'classify' },
  spec: {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'classify' }],
    loadBalancer: { type: 'RoundRobin', slowStart: { window: '30s' } },
    timeout: { http: { requestTimeout: '70s', connectionIdleTimeout: '3600s' } },
    circuitBreaker: { maxParallelRequests: 4 },
  },
};
const client = {
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'ClientTrafficPolicy',
  metadata: { name: 'edge' },
  spec: {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gateway' }],
    timeout: { http: { idleTimeout: '3600s' } },
  },
};
const scaled = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'svm' },
  spec: {
    scaleTargetRef: { name: 'svm' },
    minReplicaCount: 0,
    maxReplicaCount: 8,
    triggers: [
      { type: 'prometheus', metadata: { serverAddress: 'http://prometheus:9090', query: 'up', threshold: '2' } },
    ],
  },
};
const grpc = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GRPCRoute',
  metadata: { name: 'grpc' },
  spec: {
    rules: [
      {
        matches: [{ method: { service: 'inference.GRPCInferenceService' } }],
        backendRefs: [{ name: 'svm', port: 80 }],
      },
    ],
  },
};
const gateway = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'gateway' },
  spec: { gatewayClassName: 'envoy', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
};

describe('checkCustomResource', () => {
  test.each(
    [route, traffic, client, scaled, grpc, gateway].map((o) => [o.kind, o] as const),
  )('accepts a %s', (_kind, o) => {
    expect(checkCustomResource(o)).toEqual([]);
  });

  const broken: readonly (readonly [object, string, { readonly [path: string]: unknown }, RegExp])[] = [
    [route, 'an experimental field', { [`${rule}.retry`]: { attempts: 1 } }, /additional properties "retry"/],
    [route, 'an unknown field', { [`${rule}.timeout`]: {} }, /additional properties "timeout"/],
    [route, 'a weight out of range', { [`${rule}.backendRefs[0].weight`]: 1000001 }, /<= 1000000/],
    [route, 'a weight as a string', { [`${rule}.backendRefs[0].weight`]: '9' }, /must be integer/],
    [route, 'a timeout as a number', { [`${rule}.timeouts.request`]: 60 }, /must be string/],
    [route, 'a fractional timeout', { [`${rule}.timeouts.request`]: '1.5s' }, /pattern/],
    [
      route,
      'a backend timeout longer than the request timeout',
      { [`${rule}.timeouts.backendRequest`]: '61s' },
      /backendRequest timeout cannot be longer/,
    ],
    [route, 'an unknown method', { [`${rule}.matches[0].method`]: 'FETCH' }, /allowed values/],
    [route, 'a path without a slash', { [`${rule}.matches[0].path.value`]: 'classify' }, /must be an absolute path/],
    [route, 'a path with two slashes', { [`${rule}.matches[0].path.value`]: '/a//b' }, /must not contain '\/\/'/],
    [
      route,
      'a prefix rewrite with two matches',
      { [`${rule}.matches[1]`]: { path: { value: '/b' } } },
      /exactly one PathPrefix match/,
    ],
    [
      route,
      'a prefix rewrite with an exact path',
      { [`${rule}.matches[0].path.type`]: 'Exact' },
      /exactly one PathPrefix match/,
    ],
    [
      route,
      'a filter without its settings',
      { [`${rule}.filters[0].urlRewrite`]: undefined },
      /filter\.urlRewrite must be specified/,
    ],
    [route, 'a filter with the settings of another', { [`${rule}.filters[1].type`]: 'CORS' }, /filter\./],
    [
      route,
      'a duplicate filter',
      { [`${rule}.filters[2]`]: { type: 'URLRewrite', urlRewrite: { hostname: 'a.example' } } },
      /cannot be repeated/,
    ],
    [
      route,
      'a redirect with backends',
      { [`${rule}.filters`]: [{ type: 'RequestRedirect', requestRedirect: {} }] },
      /RequestRedirect filter must not be used/,
    ],
    [route, 'seventeen rules', { 'spec.rules': many(17, {}) }, /more than 16/],
    [route, '65 matches in a rule', { [`${rule}.matches`]: many(65, {}) }, /more than 64/],
    [
      route,
      '129 matches in total',
      { 'spec.rules': many(3, { matches: many(43, { path: { value: '/' } }) }) },
      /less than 128/,
    ],
    [route, 'seventeen backends', { [`${rule}.backendRefs`]: many(17, { name: 'a', port: 80 }) }, /more than 16/],
    [route, 'a Service without a port', { [`${rule}.backendRefs[0].port`]: undefined }, /Must have port for Service/],
    [route, 'a duplicate parent', { 'spec.parentRefs': many(2, { name: 'g' }) }, /sectionName must be unique/],
    [route, 'a host with a port', { 'spec.hostnames[0]': 'a.example:80' }, /pattern/],
    [route, 'an invalid name', { 'metadata.name': 'A' }, /DNS-1123/],
    [route, 'no spec', { spec: undefined }, /spec: required/],
    [route, 'an unknown version', { apiVersion: 'gateway.networking.k8s.io/v2' }, /not known/],
    [traffic, 'an unknown algorithm', { 'spec.loadBalancer.type': 'RoundTrip' }, /allowed values/],
    [traffic, 'a slow start with Random', { 'spec.loadBalancer.type': 'Random' }, /SlowStart/i],
    [traffic, 'a hash without its settings', { 'spec.loadBalancer': { type: 'ConsistentHash' } }, /consistentHash/],
    [traffic, 'no target', { 'spec.targetRefs': undefined }, /targetRef/],
    [traffic, 'a Service as target', { 'spec.targetRefs[0].kind': 'Service' }, /targetRefs/],
    [traffic, 'a negative limit', { 'spec.circuitBreaker.maxParallelRequests': -1 }, />= 0/],
    [client, 'a route as target', { 'spec.targetRefs[0].kind': 'HTTPRoute' }, /Gateway/],
    [scaled, 'no target', { 'spec.scaleTargetRef': undefined }, /scaleTargetRef/],
    [scaled, 'a threshold that is a number', { 'spec.triggers[0].metadata.threshold': 2 }, /must be string/],
    [scaled, 'a minimum above the maximum', { 'spec.minReplicaCount': 9 }, /minReplicaCount/],
    [grpc, 'an invalid method', { 'spec.rules[0].matches[0].method.service': '1x' }, /invalid characters|service/],
    [
      gateway,
      'TLS on HTTP',
      { 'spec.listeners[0].tls': { mode: 'Terminate', certificateRefs: [{ name: 'c' }] } },
      /tls must not be specified/,
    ],
    [
      gateway,
      'two listeners with the same name',
      { 'spec.listeners[1]': { name: 'http', port: 81, protocol: 'HTTP' } },
      /Listener name must be unique/,
    ],
  ];

  test.each(
    broken.map(([o, what, ...rest]) => [`${Reflect.get(o, 'kind')} with ${what}`, o, ...rest] as const),
  )('finds a %s', (_what, o, changes, finding) => {
    expect(checkCustomResource(changed(o, changes)).join('\n')).toMatch(finding);
  });
});
