import { Template } from 'aws-cdk-lib/assertions';
import { aws, type BackendOptions, HttpMethod, ServingEndpoint, type ServingEndpointProps } from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { newStack, templatesOf } from '../support/aws';
import { type MatchOptions, matchListener } from '../support/cloudformation';
import { type Data, objects, strings } from '../support/data';
import { backendOptions } from '../support/definitions';
import type { Request } from '../support/request';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** An endpoint with these backends, in a stack of its own. */
function endpointWith(
  props: ServingEndpointProps,
  ...backends: readonly (readonly [name: string, options?: Partial<BackendOptions>])[]
) {
  const stack = newStack();
  const endpoint = new ServingEndpoint(stack, 'endpoint', props);
  const made = backends.map(([name, options]) => endpoint.addBackend(name, backendOptions(options)));
  return { stack, endpoint, backends: made };
}

/** What the load balancer does with a request: shares by the id of the backend, and the path that it sees; or a status. */
function answer(stack: ReturnType<typeof newStack>, request: Request, options?: MatchOptions): unknown {
  const outcome = matchListener(templatesOf(stack), request, options);
  if (outcome.kind !== 'forward') return outcome.kind === 'fixed' ? [outcome.status, outcome.body] : outcome;
  const shares = outcome.destinations.map(({ target, weight }) => [
    /endpoint(\w+?)TargetGroup/.exec(target)?.[1],
    weight,
  ]);
  return { shares: Object.fromEntries(shares), path: outcome.destinations[0]?.path };
}

/** The rules whose logical id has this part, without the anchors. */
function rules(stack: ReturnType<typeof newStack>, part: string): readonly Data[] {
  const template = Template.fromJSON(templatesOf(stack)[stack.stackName] as object);
  return Object.entries(template.findResources(RULE))
    .filter(([id]) => id.includes(part) && !id.includes('Anchor'))
    .map(([, rule]) => rule as Data);
}

describe('shares', () => {
  test('are equal without a split, whatever the number of replicas', () => {
    const { stack } = endpointWith({ path: '/a' }, ['one', { replicas: 3 }], ['two']);
    expect(answer(stack, { path: '/a' })).toEqual({ shares: { one: 1, two: 1 }, path: '/a' });
  });

  test('are those of the split in whole numbers, 0 for those left out', () => {
    const { stack, endpoint, backends } = endpointWith({}, ['one'], ['two'], ['three']);
    const [one, two] = backends;
    endpoint.splitTraffic({
      shares: [
        { backend: one!, weight: 0.9 },
        { backend: two!, weight: 0.1 },
      ],
    });
    expect(answer(stack, {})).toMatchObject({ shares: { one: 9, two: 1, three: 0 } });
  });

  test('fail beyond 999', () => {
    const { endpoint, backends } = endpointWith({}, ['one'], ['two']);
    const [one, two] = backends;
    const shares = [
      { backend: one!, weight: 1000 },
      { backend: two!, weight: 1 },
    ];
    expect(() => endpoint.splitTraffic({ shares })).toThrow(
      "[WeightOutOfRange] 'weight' (1000) must be between 0 and 999 on an Application Load Balancer",
    );
  });

  test('belong to a prefix of whole segments', () => {
    const { stack } = endpointWith({ path: '/a' }, ['one']);
    expect(answer(stack, { path: '/a/b?c=d' })).toMatchObject({ path: '/a/b?c=d' });
    expect(answer(stack, { path: '/ab' })).toEqual([404, 'not found']);
  });

  test('wait for every service, so that a new backend gets requests only when it is well', () => {
    const { stack } = endpointWith({}, ['one'], ['two']);
    const [shares] = rules(stack, 'Shares');
    expect(shares?.DependsOn).toEqual([
      expect.stringMatching(/endpointoneService/),
      expect.stringMatching(/endpointtwoService/),
    ]);
  });
});

describe('the address of a backend', () => {
  test('is a header, whatever the shares', () => {
    const { stack, endpoint, backends } = endpointWith({ path: '/a' }, ['SVM:v1'], ['dark']);
    endpoint.splitTraffic({ shares: [{ backend: backends[0]!, weight: 1 }] });
    const ask = (value: string) => answer(stack, { path: '/a', headers: { 'X-Serving-Backend': value } });
    expect(ask('SVM:v1')).toMatchObject({ shares: { SVMv1: 1 } });
    expect(ask('dark')).toMatchObject({ shares: { dark: 1 } });
    expect(ask('other')).toMatchObject({ shares: { SVMv1: 1, dark: 0 } });
  });

  test('is a path that the server does not see', () => {
    const { stack } = endpointWith({ path: '/a' }, ['SVM:v1', { ownAddress: OwnAddress.PATH }], ['two']);
    expect(answer(stack, { path: '/a/_b/svm-v1/x?y' })).toEqual({ shares: { SVMv1: 1 }, path: '/a/x?y' });
    expect(answer(stack, { path: '/a/_b/svm-v1' })).toEqual({ shares: { SVMv1: 1 }, path: '/a' });
    expect(answer(stack, { path: '/a/_b/two' })).toMatchObject({ shares: { SVMv1: 1, two: 1 } });
  });

  test('can be none', () => {
    const { stack } = endpointWith({}, ['one', { ownAddress: OwnAddress.NONE }], ['two']);
    expect(rules(stack, 'Own')).toHaveLength(1);
  });

  test('waits for its service only', () => {
    const { stack } = endpointWith({}, ['one'], ['two']);
    expect(rules(stack, 'Ownone').map(({ DependsOn }) => DependsOn)).toEqual([
      [expect.stringMatching(/endpointoneService/)],
    ]);
  });
});

describe('header rules', () => {
  function ruled() {
    const made = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one'], ['two']);
    const [, two] = made.backends;
    made.endpoint.splitTraffic({
      headerRules: [
        { header: 'X-Serve-Call-Method', value: 'explain', path: '/explain' },
        { header: 'x-group', value: 'beta', backend: two },
      ],
    });
    return made;
  }

  test('pick a path and keep the shares', () => {
    const headers = { 'x-serve-call-method': 'explain' };
    expect(answer(ruled().stack, { method: 'POST', path: '/a/b?c', headers })).toEqual({
      shares: { one: 1, two: 1 },
      path: '/explain?c',
    });
  });

  test('pick a backend and keep the path', () => {
    const headers = { 'x-group': 'beta' };
    expect(answer(ruled().stack, { method: 'POST', path: '/a', headers })).toEqual({ shares: { two: 1 }, path: '/a' });
  });

  test('are tried in their order, after own addresses and before the shares', () => {
    const { stack } = ruled();
    const both = { 'x-group': 'beta', 'x-serve-call-method': 'explain' };
    expect(answer(stack, { method: 'POST', path: '/a', headers: both })).toMatchObject({ path: '/explain' });
    expect(
      answer(stack, { method: 'POST', path: '/a', headers: { ...both, 'x-serving-backend': 'one' } }),
    ).toMatchObject({ shares: { one: 1 }, path: '/a' });
  });

  test('wait for the services that they name', () => {
    const { stack } = ruled();
    expect(rules(stack, 'Header').map(({ DependsOn }) => strings(DependsOn).length)).toEqual([2, 1]);
    expect(JSON.stringify(rules(stack, 'Header1')[0]?.DependsOn)).toContain('endpointtwoService');
  });
});

describe('another method', () => {
  test('is answered with 405 and the methods that there are', () => {
    const { stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST, HttpMethod.GET] }, ['one']);
    expect(answer(stack, { method: 'DELETE', path: '/a/b' })).toEqual([405, 'method not allowed; allowed: GET, POST']);
    expect(answer(stack, { method: 'GET', path: '/a' })).toMatchObject({ shares: { one: 1 } });
    expect(answer(stack, { method: 'DELETE', path: '/b' })).toEqual([404, 'not found']);
  });

  test('goes to the endpoint of the same path that has it', () => {
    const { stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one']);
    const other = new ServingEndpoint(stack, 'other', { path: '/a', methods: [HttpMethod.GET] });
    other.addBackend('endpointtwo', backendOptions());
    expect(answer(stack, { method: 'GET', path: '/a' })).toMatchObject({ shares: { two: 1 } });
    expect(answer(stack, { method: 'PUT', path: '/a' })).toEqual([405, 'method not allowed; allowed: GET, POST']);
  });

  test('does not wait for any service', () => {
    const { stack } = endpointWith({ methods: [HttpMethod.POST] }, ['one']);
    expect(rules(stack, 'MethodNotAllowed')[0]?.DependsOn).toBeUndefined();
  });
});

describe('the stripped prefix', () => {
  test.each([
    ['/a', '/'],
    ['/a/', '/'],
    ['/a/b/c?d=/a', '/b/c?d=/a'],
    ['/a?b', '/?b'],
  ])('makes %s into %s', (path, seen) => {
    const { stack } = endpointWith({ path: '/a', stripPrefix: true }, ['one']);
    expect(answer(stack, { path })).toMatchObject({ path: seen });
  });

  test('is taken literally', () => {
    const { stack } = endpointWith({ path: '/a.b$c', stripPrefix: true }, ['one']);
    expect(answer(stack, { path: '/a.b$c/d' })).toMatchObject({ path: '/d' });
  });

  test('is taken off an own path too', () => {
    const { stack } = endpointWith({ path: '/a', stripPrefix: true }, ['one', { ownAddress: OwnAddress.PATH }]);
    expect(answer(stack, { path: '/a/_b/one/c' })).toEqual({ shares: { one: 1 }, path: '/c' });
  });
});

describe('hosts', () => {
  test('are matched, full names before wildcards before none', () => {
    const { stack } = endpointWith({ hosts: ['*.example.com'] }, ['wild']);
    new ServingEndpoint(stack, 'exact', { hosts: ['models.example.com'] }).addBackend('endpointfull', backendOptions());
    new ServingEndpoint(stack, 'every').addBackend('endpointany', backendOptions());
    const ask = (host: string) => answer(stack, { host });
    expect(ask('models.example.com')).toMatchObject({ shares: { full: 1 } });
    expect(ask('other.example.com')).toMatchObject({ shares: { wild: 1 } });
    expect(ask('example.org')).toMatchObject({ shares: { any: 1 } });
  });

  test('fail without a dot, which a load balancer refuses', () => {
    expect(() => endpointWith({ hosts: ['models'] })).toThrow(
      "[InvalidHost] the host ('models') must have a dot, or an Application Load Balancer refuses it; use the full name, such as 'models.example.com' (at Serving/endpoint)",
    );
  });
});

describe('a route with more values than a rule holds', () => {
  const methods = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
  const hosts = ['a.example.com', 'b.example.com', 'c.example.com', '*.example.org'];

  test('becomes several rules with one action', () => {
    const { stack } = endpointWith({ path: '/a', methods, hosts }, ['one', { ownAddress: OwnAddress.PATH }]);
    for (const host of [...hosts.slice(0, 3), 'x.example.org']) {
      for (const method of methods) {
        expect(answer(stack, { method, host, path: '/a' })).toMatchObject({ shares: { one: 1 } });
        expect(answer(stack, { method, host, path: '/a/_b/one' })).toMatchObject({ shares: { one: 1 } });
      }
      expect(answer(stack, { method: 'PATCH', host, path: '/a' })).toMatchObject([405, expect.any(String)]);
    }
    expect(rules(stack, 'Shares').map(({ DependsOn }) => DependsOn)).toEqual(
      rules(stack, 'Shares').map(() => [expect.stringContaining('Service')]),
    );
    for (const rule of rules(stack, ''))
      expect(objects((rule.Properties as Data).Conditions).length).toBeGreaterThan(1);
  });

  test('is not in the way of a backend whose name ends in a number', () => {
    const { stack } = endpointWith({ path: '/a', methods }, ['svm'], ['svm-1']);
    for (const name of ['svm', 'svm-1']) {
      expect(answer(stack, { method: 'DELETE', path: '/a', headers: { 'x-serving-backend': name } })).toMatchObject({
        shares: { [name.replace('-', '')]: 1 },
      });
    }
  });

  test('fails when one header alone is too much', () => {
    const { stack } = endpointWith({ headers: [{ name: 'x-a', values: ['1', '2', '3', '4'] }] }, ['one']);
    expect(() => templatesOf(stack)).toThrow('[TooManyConditions]');
  });
});

describe('a path', () => {
  test.each(['/a(b)', '/a%20b', '/a,b', '/a!', '/a=b'])('fails with %s, which a load balancer cannot match', (path) => {
    const character = /[(%,!=]/.exec(path)?.[0];
    expect(() => endpointWith({ path })).toThrow(
      `[InvalidPath] 'path' ('${path}') has a '${character}', which an Application Load Balancer cannot match; use letters, digits and any of _ - . $ ~ ' @ : + ; & (at Serving/endpoint)`,
    );
  });

  test('fails when the own path of a backend gets too long', () => {
    const path = `/${'a'.repeat(100)}`;
    expect(() => endpointWith({ path }, ['b'.repeat(40), { ownAddress: OwnAddress.PATH }])).toThrow(
      `[InvalidPath] the path pattern ('${path}/_b/${'b'.repeat(40)}/*') has 147 characters, and an Application Load Balancer matches at most 128; use a shorter path or a shorter name of the backend (at Serving/endpoint)`,
    );
    expect(() => endpointWith({ path }, ['b'.repeat(40)])).not.toThrow();
  });
});

test('the rules can be reached', () => {
  const { endpoint, stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one']);
  expect(aws.EcsEndpoint.of(endpoint).rules.map((rule) => rule.node.path)).toEqual([
    'Serving/endpoint/Shares',
    'Serving/endpoint/MethodNotAllowed',
    'Serving/endpoint/Own-one',
  ]);
  expect(rules(stack, 'endpoint')).toHaveLength(3);
});
