import type { RootConstruct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import type { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { OwnAddress } from '../../src/plan/choices';
import { BalancerAccess } from '../../src/plan/target-profile';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';
import type { TestRoute } from '../support/test-platform';

const intentOf = (props: ServingEndpointProps = {}) => endpointOn(testPlatform(), 'endpoint', props)._binding.intent;
const TOKEN = '$' + '{Token[Stack.Host.7]}';

describe('endpoint', () => {
  test('matches every request without options', () => {
    expect(intentOf()).toEqual({
      path: 'endpoint',
      name: 'endpoint',
      slug: 'endpoint',
      description: undefined,
      prefix: '/',
      hosts: [],
      methods: [],
      headers: [],
      stripPrefix: false,
      requestTimeoutSeconds: 60,
      streamSeconds: undefined,
      heartbeatSeconds: undefined,
      priority: undefined,
    });
  });

  test('has the values of its props', () => {
    const intent = intentOf({
      endpointName: 'image classifier',
      description: 'Classifies images',
      path: '/classify/',
      hosts: ['Models.Example.com', '*.example.org', 'models.example.com'],
      methods: [HttpMethod.POST, HttpMethod.POST],
      headers: [{ name: 'X-Tier', values: ['gold', 'gold', 'silver'] }],
      stripPrefix: true,
      requestTimeout: Duration.minutes(2),
      streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(20) },
      priority: 10,
    });
    expect(intent).toEqual({
      path: 'endpoint',
      name: 'image classifier',
      slug: 'image-classifier',
      description: 'Classifies images',
      prefix: '/classify',
      hosts: ['models.example.com', '*.example.org'],
      methods: ['POST'],
      headers: [{ name: 'x-tier', values: ['gold', 'silver'] }],
      stripPrefix: true,
      requestTimeoutSeconds: 120,
      streamSeconds: 3600,
      heartbeatSeconds: 20,
      priority: 10,
    });
  });

  test('passes a host with a token unchanged', () => {
    expect(intentOf({ hosts: [TOKEN] }).hosts).toEqual([TOKEN]);
  });

  test('has the URL of its platform', () => {
    const endpoint = endpointOn(testPlatform(), 'endpoint', { path: '/a' });
    expect(endpoint.url).toBe('http://test.example/a');
    expect(endpoint.internalUrl).toBe('http://test.example/a');
  });

  test.each([
    '/',
    '/a/b',
    '/a.b~c_d-e',
    '/v1/models/m:predict',
    `/${'x'.repeat(119)}`,
  ])('accepts the path %s', (path) => {
    expect(intentOf({ path }).prefix).toBe(path);
  });

  test.each<[ServingEndpointProps, string]>([
    ...['', 'classify', '/a//b', '/a/*', '/a?b', '/a b'].map((path): [ServingEndpointProps, string] => [
      { path },
      `[InvalidPath] 'path' ('${path}') must start with '/' and have no empty segment, wildcard, query or space`,
    ]),
    [{ path: '/a/../b' }, "[InvalidPath] 'path' ('/a/../b') must not have '.' or '..' as a segment"],
    [
      { path: '/a/_b/c' },
      "[InvalidPath] 'path' ('/a/_b/c') must not have '_b' as a segment, which is reserved for the own addresses of backends",
    ],
    [
      { path: `/${TOKEN}` },
      "[InvalidPath] 'path' must be known at synthesis, because routes are compared by it; pass plain text instead of a token",
    ],
    ...['https://example.com', 'example.com:80', 'example.com/a', '*', 'a.*.com', 'under_score.com', ''].map(
      (host): [ServingEndpointProps, string] => [
        { hosts: [host] },
        `[InvalidHost] the host ('${host}') must be a domain name without scheme, port or path`,
      ],
    ),
    [{ hosts: [] }, "[EmptyList] 'hosts' ([]) must not be empty; omit it to match every request"],
    [{ methods: [] }, "[EmptyList] 'methods' ([])"],
    [{ headers: [] }, "[EmptyList] 'headers' ([])"],
    [{ headers: [{ name: 'x-a', values: [] }] }, "[InvalidHeader] header 'x-a' needs at least one value"],
    [
      { headers: [{ name: 'x-serving-backend', values: ['a'] }] },
      "[InvalidHeader] header 'x-serving-backend' is reserved",
    ],
    [
      { methods: ['FETCH' as HttpMethod] },
      "[InvalidType] 'methods[0]' ('FETCH') must be one of HttpMethod.CONNECT, HttpMethod.DELETE, HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PATCH, HttpMethod.POST, HttpMethod.PUT, HttpMethod.TRACE",
    ],
    [{ endpointName: '' }, "[InvalidName] 'endpointName' ('') must not be empty"],
    [
      { requestTimeout: Duration.seconds(0) },
      "[InvalidNumber] 'requestTimeout' (0) must be a number between 1 and 21600; the value is in seconds",
    ],
    [
      { requestTimeout: Duration.days(8) },
      "[InvalidNumber] 'requestTimeout' (691200 s) must be between 1 and 21600 s; if 691200 ms is intended, use Duration.millis(691200); use 'streaming' for longer responses",
    ],
    [
      { streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.millis(500) } },
      "[InvalidNumber] 'heartbeat' (0.5 s) must be between 1 and 21600 s; if 500 s is intended, use Duration.seconds(500)",
    ],
    [{ priority: 0 }, "[InvalidNumber] 'priority' (0) must be a whole number of at least 1"],
    [{ priority: 1.5 }, "[InvalidNumber] 'priority' (1.5) must be a whole number of at least 1"],
    [
      { priority: -1.8881545897087626e289 },
      "[UnresolvedNumber] 'priority' is a token, but its value must be known at synthesis",
    ],
  ])('fails if its props are %j', (props, message) => {
    expect(() => intentOf(props)).toThrow(message);
    expect(() => intentOf(props)).toThrow('(at endpoint)');
  });
});

describe('backends of an endpoint', () => {
  const five = () => {
    const platform = testPlatform({ target: { maxBackendsPerEndpoint: 5 } });
    const endpoint = endpointOn(platform);
    for (let index = 1; index <= 5; index++) endpoint.addBackend(`v${index}`, backendOptions());
    return { platform, endpoint };
  };

  test('have no limit unless the target has one', () => {
    const endpoint = endpointOn(testPlatform());
    for (let index = 1; index <= 40; index++) endpoint.addBackend(`v${index}`, backendOptions());
    expect(endpoint.backends).toHaveLength(40);
  });

  test('can be as many as the limit of the target', () => {
    const { platform, endpoint } = five();
    expect(endpoint.backends).toHaveLength(5);
    expect(platform.plan().refusals).toEqual([]);
  });

  test('fail above the limit of the target', () => {
    const { platform, endpoint } = five();
    const message = (name: string) =>
      `[TooManyBackends] endpoint 'endpoint' cannot have another backend ('${name}'): the test platform supports at most 5 per endpoint; use a second endpoint (at endpoint)`;
    expect(() => endpoint.addBackend('v6', backendOptions())).toThrow(message('v6'));
    const alone = new Backend(platform.node.root as RootConstruct, 'alone', backendOptions());
    expect(() => endpoint.attachBackend(alone)).toThrow(message('alone'));
  });

  test('leave no trace if they are rejected', () => {
    const { platform, endpoint } = five();
    expect(() => endpoint.addBackend('v6', backendOptions())).toThrow();
    expect(platform.declared.backends).toHaveLength(5);
    expect(endpoint.node.tryFindChild('v6')).toBeUndefined();
  });

  test('cannot be changed through the returned list', () => {
    const { endpoint } = five();
    endpoint.backends.pop();
    expect(endpoint.backends).toHaveLength(5);
  });

  test('fail if there is none', () => {
    const platform = testPlatform();
    endpointOn(platform);
    expect(() => platform.synthesize()).toThrow(
      "[NoBackend] endpoint 'endpoint' has no backend; add one with 'addBackend' (at endpoint)",
    );
  });

  test('fail if one is attached twice', () => {
    const { endpoint, backend } = singleBackend();
    expect(() => endpoint.attachBackend(backend)).toThrow(
      "[DuplicateBackend] backend 'backend' already serves endpoint 'endpoint'; attach it once (at endpoint)",
    );
  });

  test('fail if one runs on another platform', () => {
    const { backend } = singleBackend();
    const other = endpointOn(testPlatform(), 'other');
    expect(() => other.attachBackend(backend)).toThrow(
      "[ForeignBackend] backend 'backend' runs on platform 'Platform', endpoint 'other' on 'Platform'; use one platform for both (at other)",
    );
  });

  test('can be shared by two endpoints', () => {
    const platform = testPlatform();
    const backend = new Backend(platform.node.root as RootConstruct, 'shared', backendOptions());
    const fast = endpointOn(platform, 'fast', { path: '/fast', requestTimeout: Duration.seconds(10) });
    const slow = endpointOn(platform, 'slow', { path: '/slow', requestTimeout: Duration.seconds(100) });
    fast.attachBackend(backend);
    slow.attachBackend(backend);
    const plan = platform.plan().backend('shared');
    expect(plan.endpoints).toEqual(['fast', 'slow']);
    expect(plan.times.requestTimeout).toBe(100);
    expect(platform.synthesize().services).toHaveLength(1);
  });
});

describe('own addresses', () => {
  test('are a header with the name of the backend', () => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform, 'endpoint', { path: '/classify' });
    const backend = endpoint.addBackend('SVM:v1', backendOptions());
    expect(endpoint.addressOf(backend)).toEqual({
      url: 'http://test.example/classify',
      header: 'x-serving-backend',
      value: 'SVM:v1',
    });
  });

  test('are a header with the valid name if the name is not a valid header value', () => {
    const endpoint = endpointOn(testPlatform());
    expect(endpoint.addressOf(endpoint.addBackend('my model', backendOptions())).value).toBe('endpoint-my-model');
  });

  test.each([
    ['/', 'http://test.example/_b/svm-v1'],
    ['/classify', 'http://test.example/classify/_b/svm-v1'],
  ])('are a path below %s with OwnAddress.PATH', (path, url) => {
    const endpoint = endpointOn(testPlatform(), 'endpoint', { path });
    expect(endpoint.addressOf(endpoint.addBackend('SVM:v1', backendOptions({ ownAddress: OwnAddress.PATH })))).toEqual({
      url,
    });
  });

  test.each<[object, object, string[]]>([
    [{}, { a: 1, b: 0 }, ['unreachableBackend.b']],
    [{ ownAddress: OwnAddress.HEADER }, { b: 1 }, ['publicBackendAddress.a', 'publicBackendAddress.b']],
  ])('of a public target are opt-in: %j', (options, shares, warnings) => {
    const platform = testPlatform({ target: { access: BalancerAccess.PUBLIC } });
    const endpoint = endpointOn(platform);
    const [a] = ['a', 'b'].map((name) => endpoint.addBackend(name, backendOptions(options))) as [Backend];
    endpoint.splitTraffic({ shares: [{ backend: a, weight: 1 }] });
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const { routes } = platform.synthesize();
      const named = ({ headers }: TestRoute) =>
        headers.every(({ name, values }) => name === 'x-serving-backend' && values.includes('b'));
      const [first] = routes.filter(named);
      const weights = first?.forward.map(({ service, weight }) => [service.replace('endpoint-', ''), weight]);
      expect(Object.fromEntries(weights ?? [])).toEqual(shares);
      expect(write.mock.calls.map(([line]) => /serving-constructs:(.*)\]/.exec(String(line))?.[1])).toEqual(warnings);
    } finally {
      write.mockRestore();
    }
  });

  test('can differ between the endpoints of a shared backend', () => {
    const platform = testPlatform();
    const backend = new Backend(
      platform.node.root as RootConstruct,
      'shared',
      backendOptions({ ownAddress: OwnAddress.NONE }),
    );
    const [one, two, three] = ['/1', '/2', '/3'].map((path) => endpointOn(platform, path.slice(1), { path })) as [
      ServingEndpoint,
      ServingEndpoint,
      ServingEndpoint,
    ];
    one.attachBackend(backend);
    two.attachBackend(backend, { ownAddress: OwnAddress.HEADER });
    three.attachBackend(backend, { ownAddress: OwnAddress.PATH });
    expect(() => one.addressOf(backend)).toThrow(
      "[NoAddress] backend 'shared' has no own address ('ownAddress' is OwnAddress.NONE) at endpoint '1' (at 1)",
    );
    expect(two.addressOf(backend).header).toBe('x-serving-backend');
    expect(three.addressOf(backend)).toEqual({ url: 'http://test.example/3/_b/shared' });
  });

  test('fail if the backend does not serve the endpoint', () => {
    const { platform, backend } = singleBackend();
    const other = endpointOn(platform, 'other', { path: '/other' });
    expect(() => other.addressOf(backend)).toThrow(
      "[NoAddress] backend 'backend' does not serve endpoint 'other' (at other)",
    );
  });

  test.each([
    ['v1', 'V1', {}],
    ['a b', 'a-b', { ownAddress: OwnAddress.PATH }],
  ])('fail if two backends would have the same: %s and %s', (left, right, options) => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform);
    endpoint.addBackend('inside', backendOptions({ backendName: left, ...options }));
    const outside = new Backend(
      platform.node.root as RootConstruct,
      'outside',
      backendOptions({ backendName: right, ...options }),
    );
    expect(() => endpoint.attachBackend(outside)).toThrow(
      `[NameClash] backends '${left}' (endpoint/inside) and '${right}' (outside) of endpoint 'endpoint' would have the same address; set 'backendName' of one of them (at endpoint)`,
    );
  });
});
