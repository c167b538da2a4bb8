/** Edits of endpoints, splits and autoscaling. */
import { Duration, HttpMethod, ModelServer, ScalingTarget, ServerImage } from '../../../src';
import { StreamProtocol } from '../../../src/plan/choices';
import { BASE, type DefinitionData, type Edit, type EndpointData, endpointEdit, withEndpoint } from '../definition';

const { classifier } = BASE.endpoints as { classifier: EndpointData };
const two = (first: Partial<EndpointData>, second: Partial<EndpointData>): DefinitionData => ({
  endpoints: {
    one: { props: { path: '/one' }, backends: { v1: {} }, ...first },
    two: { props: { path: '/two' }, backends: { v1: {} }, ...second },
  },
});
const seconds = (value: number) => Duration.seconds(value);
const cpu = [ScalingTarget.cpuUtilization(60)];
const scaled = (options: object) => ({
  autoscale: { svm: { minReplicas: 2, maxReplicas: 8, targets: cpu, ...options } },
});
const [GET, POST, PUT, DELETE] = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
const streaming = (maxDuration: number, heartbeat = 20, more: object = {}) => ({
  streaming: { maxDuration: seconds(maxDuration), heartbeat: seconds(heartbeat), ...more },
});
const webSocket = streaming(600, 20, { protocol: StreamProtocol.WEB_SOCKET });
const asgi = { svm: { server: ModelServer.asgi({ app: 'app' }) } };
const tier = (...values: string[]) => ({ headers: [{ name: 'x-tier', values }] });
const change = (name: string, from: Parameters<typeof withEndpoint>, to: Parameters<typeof withEndpoint>): Edit => ({
  name,
  from: withEndpoint(...from),
  to: withEndpoint(...to),
});

/** Two versions that differ in their image. */
const RELEASE = { v1: {}, v2: { image: ServerImage.fromRegistry(`acme/svm@sha256:${'0b'.repeat(32)}`) } };
type Weights = EndpointData['weights'];
const released = (from: Weights, to: Weights): [Parameters<typeof withEndpoint>, Parameters<typeof withEndpoint>] => [
  [{}, { backends: RELEASE, weights: from }],
  [{}, { backends: RELEASE, weights: to }],
];

export const ENDPOINT_EDITS: readonly Edit[] = [
  // Identity
  { name: 'the id of an endpoint', from: BASE, to: { endpoints: { other: classifier } } },
  {
    name: 'a construct around an endpoint',
    from: BASE,
    to: { endpoints: { classifier: { ...classifier, inside: 'team' } } },
  },
  endpointEdit('the name of an endpoint', { endpointName: 'Image classifier' }),
  change('another name of an endpoint', [{ endpointName: 'a' }], [{ endpointName: 'b' }]),
  endpointEdit('the description of an endpoint', { description: 'classifies images' }),
  {
    name: 'another endpoint',
    from: BASE,
    to: { endpoints: { classifier, other: { props: { path: '/other' }, backends: { v1: {} } } } },
  },
  {
    name: 'another endpoint declared first',
    from: BASE,
    to: { endpoints: { other: { props: { path: '/other' }, backends: { v1: {} } }, classifier } },
  },
  {
    name: 'an endpoint that takes the path of a removed one',
    from: { endpoints: { one: classifier } },
    to: { endpoints: { two: classifier } },
  },
  {
    name: 'the order of two endpoints',
    from: two({}, {}),
    to: { endpoints: { two: two({}, {}).endpoints.two!, one: two({}, {}).endpoints.one! } },
  },
  // Paths and hosts
  endpointEdit('the path of an endpoint', { path: '/images' }),
  endpointEdit('the path of an endpoint becomes the root', { path: '/' }),
  endpointEdit('the path of an endpoint becomes deeper', { path: '/v1/classify' }),
  {
    name: 'two endpoints swap their paths',
    from: two({}, {}),
    to: two({ props: { path: '/two' } }, { props: { path: '/one' } }),
  },
  {
    name: 'an endpoint takes the path that another one leaves',
    from: two({}, {}),
    to: two({ props: { path: '/three' } }, { props: { path: '/one' } }),
  },
  endpointEdit('a host', { hosts: ['a.example.com'] }),
  change('another host', [{ hosts: ['a.example.com'] }], [{ hosts: ['b.example.com'] }]),
  change('a second host', [{ hosts: ['a.example.com'] }], [{ hosts: ['a.example.com', 'b.example.com'] }]),
  change('a wildcard for a host', [{ hosts: ['a.example.com'] }], [{ hosts: ['*.example.com'] }]),
  change(
    'a third and fourth host',
    [{ hosts: ['a.x.com', 'b.x.com'] }],
    [{ hosts: ['a.x.com', 'b.x.com', 'c.x.com', 'd.x.com'] }],
  ),
  endpointEdit('the removal of the path for the server', { stripPrefix: true }),
  // Methods and headers
  endpointEdit('a method', { methods: [POST] }),
  change('a second method', [{ methods: [POST] }], [{ methods: [POST, PUT] }]),
  change('a fourth method', [{ methods: [GET, POST, PUT] }], [{ methods: [GET, POST, PUT, DELETE] }]),
  change('another method', [{ methods: [POST] }], [{ methods: [PUT] }]),
  change('the order of methods', [{ methods: [POST, PUT] }], [{ methods: [PUT, POST] }]),
  endpointEdit('a header', tier('gold')),
  change('a second value of a header', [tier('gold')], [tier('gold', 'silver')]),
  change('another header', [tier('gold')], [{ headers: [{ name: 'x-group', values: ['gold'] }] }]),
  // Cross-origin requests
  endpointEdit('cross-origin requests', { cors: { allowOrigins: ['https://app.example.com'] } }),
  change(
    'another origin',
    [{ cors: { allowOrigins: ['https://app.example.com'] } }],
    [{ cors: { allowOrigins: ['*'] } }],
  ),
  change(
    'cross-origin requests with a priority',
    [{ priority: 100 }],
    [{ priority: 100, cors: { allowOrigins: ['*'] } }],
  ),
  change(
    'a method of an endpoint with cross-origin requests',
    [{ cors: { allowOrigins: ['*'] } }],
    [{ cors: { allowOrigins: ['*'] }, methods: [POST] }],
  ),
  // Priority
  endpointEdit('a priority', { priority: 100 }),
  change('another priority', [{ priority: 100 }], [{ priority: 200 }]),
  change('the next priority', [{ priority: 100 }], [{ priority: 101 }]),
  change(
    'a third backend with a priority',
    [{ priority: 100 }],
    [{ priority: 100 }, { backends: { svm: {}, resnet: {}, vit: {} } }],
  ),
  change(
    'a backend declared first with a priority',
    [{ priority: 100 }],
    [{ priority: 100 }, { backends: { vit: {}, svm: {}, resnet: {} } }],
  ),
  change(
    'a fourth method with a priority',
    [{ priority: 100, methods: [GET, POST, PUT] }],
    [{ priority: 100, methods: [GET, POST, PUT, DELETE] }],
  ),
  change(
    'a header rule with a priority',
    [{ priority: 100 }],
    [{ priority: 100 }, { headerRules: [{ header: 'x-group', value: 'beta', backend: 'resnet' }] }],
  ),
  {
    name: 'two endpoints swap their priorities',
    from: two({ props: { path: '/one', priority: 100 } }, { props: { path: '/two', priority: 200 } }),
    to: two({ props: { path: '/one', priority: 200 } }, { props: { path: '/two', priority: 100 } }),
  },
  // Times
  endpointEdit('the request timeout', { requestTimeout: seconds(90) }),
  endpointEdit('a shorter request timeout', { requestTimeout: seconds(5) }),
  endpointEdit('a path with its own timeout', { paths: [{ path: '/batch', requestTimeout: seconds(300) }] }),
  change(
    'another timeout of a path',
    [{ paths: [{ path: '/batch', requestTimeout: seconds(300) }] }],
    [{ paths: [{ path: '/batch', requestTimeout: seconds(30) }] }],
  ),
  change(
    'another path with its own timeout',
    [{ paths: [{ path: '/batch', requestTimeout: seconds(300) }] }],
    [{ paths: [{ path: '/bulk', requestTimeout: seconds(300) }] }],
  ),
  endpointEdit('streaming', streaming(600)),
  change('longer streaming', [streaming(600)], [streaming(1200)]),
  change('another heartbeat', [streaming(600)], [streaming(600, 10)]),
  change('WebSocket', [{}, { backends: asgi }], [webSocket, { backends: asgi }]),
  change('WebSocket instead of another stream', [streaming(600), { backends: asgi }], [webSocket, { backends: asgi }]),
  // Backends of an endpoint
  endpointEdit('a third backend', {}, { backends: { svm: {}, resnet: {}, vit: {} } }),
  endpointEdit('a backend declared first', {}, { backends: { vit: {}, svm: {}, resnet: {} } }),
  endpointEdit('the order of backends', {}, { backends: { resnet: {}, svm: {} } }),
  endpointEdit('a backend instead of another', {}, { backends: { svm: {}, vit: {} } }),
  endpointEdit('the only backend left', {}, { backends: { svm: {} } }),
  {
    name: 'the id of the only backend',
    from: withEndpoint({}, { backends: { svm: {} } }),
    to: withEndpoint({}, { backends: { svm2: {} } }),
  },
  {
    name: 'the id of the only backend, with autoscaling',
    from: withEndpoint({}, { backends: { svm: {} }, ...scaled({}) }),
    to: withEndpoint(
      {},
      { backends: { svm2: {} }, autoscale: { svm2: { minReplicas: 2, maxReplicas: 8, targets: cpu } } },
    ),
  },
  {
    name: 'a backend of two endpoints',
    from: { shared: { svm: {} }, endpoints: { one: { props: { path: '/one' }, backends: {}, shares: ['svm'] } } },
    to: {
      shared: { svm: {} },
      endpoints: {
        one: { props: { path: '/one' }, backends: {}, shares: ['svm'] },
        two: { props: { path: '/two' }, backends: {}, shares: ['svm'] },
      },
    },
  },
  {
    name: 'a backend outside of its endpoint',
    from: withEndpoint({}, { backends: { svm: {} } }),
    to: {
      shared: { svm: {} },
      endpoints: { classifier: { props: { path: '/classify' }, backends: {}, shares: ['svm'] } },
    },
  },
  // Splits
  endpointEdit('weights', {}, { weights: { svm: 9, resnet: 1 } }),
  change('other weights', [{}, { weights: { svm: 9, resnet: 1 } }], [{}, { weights: { svm: 1, resnet: 9 } }]),
  change('a weight of 0', [{}, { weights: { svm: 1, resnet: 1 } }], [{}, { weights: { svm: 1, resnet: 0 } }]),
  change('a backend that leaves the split', [{}, { weights: { svm: 1, resnet: 1 } }], [{}, { weights: { svm: 1 } }]),
  change(
    'all requests to the other backend',
    [{}, { weights: { svm: 1, resnet: 0 } }],
    [{}, { weights: { svm: 0, resnet: 1 } }],
  ),
  endpointEdit(
    'a header rule for a backend',
    {},
    { headerRules: [{ header: 'x-group', value: 'beta', backend: 'resnet' }] },
  ),
  endpointEdit('a header rule for a path', {}, { headerRules: [{ header: 'x-group', value: 'beta', path: '/beta' }] }),
  change(
    'a header rule before another',
    [{}, { headerRules: [{ header: 'x-group', value: 'beta', backend: 'resnet' }] }],
    [
      {},
      {
        headerRules: [
          { header: 'x-a', value: 'a', backend: 'svm' },
          { header: 'x-group', value: 'beta', backend: 'resnet' },
        ],
      },
    ],
  ),
  change(
    'another value of a header rule',
    [{}, { headerRules: [{ header: 'x-group', value: 'beta', backend: 'resnet' }] }],
    [{}, { headerRules: [{ header: 'x-group', value: 'gamma', backend: 'resnet' }] }],
  ),
  change(
    'two header rules in another order',
    [
      {},
      {
        headerRules: [
          { header: 'x-a', value: 'a', backend: 'svm' },
          { header: 'x-b', value: 'b', backend: 'resnet' },
        ],
      },
    ],
    [
      {},
      {
        headerRules: [
          { header: 'x-b', value: 'b', backend: 'resnet' },
          { header: 'x-a', value: 'a', backend: 'svm' },
        ],
      },
    ],
  ),
  // A new image next to the previous one: docs/recipes.md
  change(
    'the start of a release',
    [{}, { backends: { v1: {} } }],
    [{}, { backends: RELEASE, weights: { v1: 1, v2: 0 } }],
  ),
  change('a step of a release', ...released({ v1: 1, v2: 0 }, { v1: 9, v2: 1 })),
  change('the promotion of a release', ...released({ v1: 9, v2: 1 }, { v1: 0, v2: 1 })),
  change(
    'the end of a release',
    [{}, { backends: RELEASE, weights: { v1: 0, v2: 1 } }],
    [{}, { backends: { v2: RELEASE.v2 } }],
  ),
  // Autoscaling
  endpointEdit('autoscaling', {}, scaled({})),
  change('another minimum of replicas', [{}, scaled({})], [{}, scaled({ minReplicas: 3 })]),
  change('another maximum of replicas', [{}, scaled({})], [{}, scaled({ maxReplicas: 4 })]),
  change(
    'another target of autoscaling',
    [{}, scaled({})],
    [{}, scaled({ targets: [ScalingTarget.cpuUtilization(80)] })],
  ),
  change(
    'another metric of autoscaling',
    [{}, scaled({})],
    [{}, scaled({ targets: [ScalingTarget.memoryUtilization(60)] })],
  ),
  change(
    'a second metric of autoscaling',
    [{}, scaled({})],
    [{}, scaled({ targets: [...cpu, ScalingTarget.memoryUtilization(60)] })],
  ),
  change('a delay of autoscaling', [{}, scaled({})], [{}, scaled({ scaleDownDelay: seconds(900) })]),
  {
    ...change(
      'requests as the metric of autoscaling',
      [{}, scaled({})],
      [{}, scaled({ targets: [ScalingTarget.requestsPerSecond(10)] })],
    ),
    target: 'aws',
  },
  {
    ...change(
      'requests in progress as the metric of autoscaling',
      [{}, scaled({})],
      [{}, scaled({ targets: [ScalingTarget.ongoingRequests(4)] })],
    ),
    target: 'aws',
  },
];
