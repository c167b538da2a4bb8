import { Template } from 'aws-cdk-lib/assertions';
import { aws, type BackendOptions, HttpMethod, ServingEndpoint, type ServingEndpointProps } from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { newStack, templatesOf } from '../support/aws';
import { type MatchOptions, matchListener } from '../support/cloudformation';
import { type Data, objects, strings } from '../support/data';
import { backendOptions } from '../support/definitions';
import type { Request } from '../support/request';

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

/** An endpoint with these backends, in a new stack. */
function endpointWith(
  props: ServingEndpointProps,
  ...backends: readonly (readonly [name: string, options?: Partial<BackendOptions>])[]
) {
  const stack = newStack();
  const endpoint = new ServingEndpoint(stack, 'endpoint', props);
  const added = backends.map(([name, options]) => endpoint.addBackend(name, backendOptions(options)));
  return { stack, endpoint, backends: added };
}

/** How the load balancer routes a request: shares by backend id and the forwarded path, or a status and body. */
function answer(stack: ReturnType<typeof newStack>, request: Request, options?: MatchOptions): unknown {
  const outcome = matchListener(templatesOf(stack), request, options);
  if (outcome.kind !== 'forward') return outcome.kind === 'fixed' ? [outcome.status, outcome.body] : outcome;
  const shares = outcome.destinations.map(({ target, weight }) => [
    /endpoint(\w+?)TargetGroup/.exec(target)?.[1],
    weight,
  ]);
  return { shares: Object.fromEntries(shares), path: outcome.destinations[0]?.path };
}

/** The rules whose logical id contains this part, without the anchors. */
function rules(stack: ReturnType<typeof newStack>, part: string): readonly Data[] {
  const template = Template.fromJSON(templatesOf(stack)[stack.stackName] as object);
  return Object.entries(template.findResources(RULE))
    .filter(([id]) => id.includes(part) && !id.includes('Anchor'))
    .map(([, rule]) => rule as Data);
}

describe('shares', () => {
  test('are equal without a split, regardless of the number of replicas', () => {
    const { stack } = endpointWith({ path: '/a' }, ['one', { replicas: 3 }], ['two']);
    expect(answer(stack, { path: '/a' })).toEqual({ shares: { one: 1, two: 1 }, path: '/a' });
  });

  test('are those of the split as whole numbers, and 0 for backends without a share', () => {
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

  test('fail above 999', () => {
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

  test('match a prefix of whole path segments', () => {
    const { stack } = endpointWith({ path: '/a' }, ['one']);
    expect(answer(stack, { path: '/a/b?c=d' })).toMatchObject({ path: '/a/b?c=d' });
    expect(answer(stack, { path: '/ab' })).toEqual([404, 'not found']);
  });

  test('depend on every service, so that a new backend receives requests only when it is stable', () => {
    const { stack } = endpointWith({}, ['one'], ['two']);
    const [shares] = rules(stack, 'Shares');
    expect(shares?.DependsOn).toEqual([
      expect.stringMatching(/endpointoneService/),
      expect.stringMatching(/endpointtwoService/),
    ]);
  });
});

describe('the address of a backend', () => {
  test('is a header, regardless of the shares', () => {
    const { stack, endpoint, backends } = endpointWith({ path: '/a' }, ['SVM:v1'], ['dark']);
    endpoint.splitTraffic({ shares: [{ backend: backends[0]!, weight: 1 }] });
    const answerTo = (value: string) => answer(stack, { path: '/a', headers: { 'X-Serving-Backend': value } });
    expect(answerTo('SVM:v1')).toMatchObject({ shares: { SVMv1: 1 } });
    expect(answerTo('dark')).toMatchObject({ shares: { dark: 1 } });
    expect(answerTo('other')).toMatchObject({ shares: { SVMv1: 1, dark: 0 } });
  });

  test('is a path that is removed before the request is forwarded', () => {
    const { stack } = endpointWith({ path: '/a' }, ['SVM:v1', { ownAddress: OwnAddress.PATH }], ['two']);
    expect(answer(stack, { path: '/a/_b/svm-v1/x?y' })).toEqual({ shares: { SVMv1: 1 }, path: '/a/x?y' });
    expect(answer(stack, { path: '/a/_b/svm-v1' })).toEqual({ shares: { SVMv1: 1 }, path: '/a' });
    expect(answer(stack, { path: '/a/_b/two' })).toMatchObject({ shares: { SVMv1: 1, two: 1 } });
  });

  test('can be disabled', () => {
    const { stack } = endpointWith({}, ['one', { ownAddress: OwnAddress.NONE }], ['two']);
    expect(rules(stack, 'Own')).toHaveLength(1);
  });

  test('depends only on its service', () => {
    const { stack } = endpointWith({}, ['one'], ['two']);
    expect(rules(stack, 'Ownone').map(({ DependsOn }) => DependsOn)).toEqual([
      [expect.stringMatching(/endpointoneService/)],
    ]);
  });
});

describe('header rules', () => {
  function withHeaderRules() {
    const definition = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one'], ['two']);
    const [, two] = definition.backends;
    definition.endpoint.splitTraffic({
      headerRules: [
        { header: 'X-Serve-Call-Method', value: 'explain', path: '/explain' },
        { header: 'x-group', value: 'beta', backend: two },
      ],
    });
    return definition;
  }

  test('can select a path and keep the shares', () => {
    const headers = { 'x-serve-call-method': 'explain' };
    expect(answer(withHeaderRules().stack, { method: 'POST', path: '/a/b?c', headers })).toEqual({
      shares: { one: 1, two: 1 },
      path: '/explain?c',
    });
  });

  test('can select a backend and keep the path', () => {
    const headers = { 'x-group': 'beta' };
    expect(answer(withHeaderRules().stack, { method: 'POST', path: '/a', headers })).toEqual({
      shares: { two: 1 },
      path: '/a',
    });
  });

  test('are evaluated in order, after backend addresses and before shares', () => {
    const { stack } = withHeaderRules();
    const both = { 'x-group': 'beta', 'x-serve-call-method': 'explain' };
    expect(answer(stack, { method: 'POST', path: '/a', headers: both })).toMatchObject({ path: '/explain' });
    expect(
      answer(stack, { method: 'POST', path: '/a', headers: { ...both, 'x-serving-backend': 'one' } }),
    ).toMatchObject({ shares: { one: 1 }, path: '/a' });
  });

  test('depend on the services that they forward to', () => {
    const { stack } = withHeaderRules();
    expect(rules(stack, 'Header').map(({ DependsOn }) => strings(DependsOn).length)).toEqual([2, 1]);
    expect(JSON.stringify(rules(stack, 'Header1')[0]?.DependsOn)).toContain('endpointtwoService');
  });
});

describe('another method', () => {
  test('is answered with 405 and the allowed methods', () => {
    const { stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST, HttpMethod.GET] }, ['one']);
    expect(answer(stack, { method: 'DELETE', path: '/a/b' })).toEqual([
      405,
      'method not allowed; allowed: GET, HEAD, POST',
    ]);
    expect(answer(stack, { method: 'GET', path: '/a' })).toMatchObject({ shares: { one: 1 } });
    expect(answer(stack, { method: 'DELETE', path: '/b' })).toEqual([404, 'not found']);
  });

  test('is routed to the endpoint with the same path that supports it', () => {
    const { stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one']);
    const other = new ServingEndpoint(stack, 'other', { path: '/a', methods: [HttpMethod.GET] });
    other.addBackend('endpointtwo', backendOptions());
    expect(answer(stack, { method: 'GET', path: '/a' })).toMatchObject({ shares: { two: 1 } });
    expect(answer(stack, { method: 'PUT', path: '/a' })).toEqual([405, 'method not allowed; allowed: GET, HEAD, POST']);
  });

  test('does not depend on any service', () => {
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
  ])('changes %s to %s', (path, forwarded) => {
    const { stack } = endpointWith({ path: '/a', stripPrefix: true }, ['one']);
    expect(answer(stack, { path })).toMatchObject({ path: forwarded });
  });

  test('is matched literally', () => {
    const { stack } = endpointWith({ path: '/a.b$c', stripPrefix: true }, ['one']);
    expect(answer(stack, { path: '/a.b$c/d' })).toMatchObject({ path: '/d' });
  });

  test('is also removed from the path of a backend', () => {
    const { stack } = endpointWith({ path: '/a', stripPrefix: true }, ['one', { ownAddress: OwnAddress.PATH }]);
    expect(answer(stack, { path: '/a/_b/one/c' })).toEqual({ shares: { one: 1 }, path: '/c' });
  });
});

describe('hosts', () => {
  test('are matched: full names first, then wildcards, then endpoints without hosts', () => {
    const { stack } = endpointWith({ hosts: ['*.example.com'] }, ['wild']);
    new ServingEndpoint(stack, 'exact', { hosts: ['models.example.com'] }).addBackend('endpointfull', backendOptions());
    new ServingEndpoint(stack, 'every').addBackend('endpointany', backendOptions());
    const answerTo = (host: string) => answer(stack, { host });
    expect(answerTo('models.example.com')).toMatchObject({ shares: { full: 1 } });
    expect(answerTo('other.example.com')).toMatchObject({ shares: { wild: 1 } });
    expect(answerTo('example.org')).toMatchObject({ shares: { any: 1 } });
  });

  test('fail without a dot, which a load balancer requires', () => {
    expect(() => endpointWith({ hosts: ['models'] })).toThrow(
      "[InvalidHost] the host ('models') must contain a dot, because an Application Load Balancer requires one; use a full name, such as 'models.example.com' (at Serving/endpoint)",
    );
  });
});

describe('a route with more values than a rule supports', () => {
  const methods = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
  const hosts = ['a.example.com', 'b.example.com', 'c.example.com', '*.example.org'];

  test('becomes several rules with the same action', () => {
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

  test('does not conflict with a backend whose name ends with a number', () => {
    const { stack } = endpointWith({ path: '/a', methods }, ['svm'], ['svm-1']);
    for (const name of ['svm', 'svm-1']) {
      expect(answer(stack, { method: 'DELETE', path: '/a', headers: { 'x-serving-backend': name } })).toMatchObject({
        shares: { [name.replace('-', '')]: 1 },
      });
    }
  });

  test('fails if a single header exceeds the limit', () => {
    const { stack } = endpointWith({ headers: [{ name: 'x-a', values: ['1', '2', '3', '4'] }] }, ['one']);
    expect(() => templatesOf(stack)).toThrow('[TooManyConditions]');
  });
});

describe('a path', () => {
  test.each(['/a(b)', '/a%20b', '/a,b', '/a!', '/a=b'])('fails with %s, which a load balancer cannot match', (path) => {
    const character = /[(%,!=]/.exec(path)?.[0];
    expect(() => endpointWith({ path })).toThrow(
      `[InvalidPath] 'path' ('${path}') contains '${character}', which an Application Load Balancer cannot match; use letters, digits and any of _ - . $ ~ ' @ : + ; & (at Serving/endpoint)`,
    );
  });

  test('fails if the path of a backend is too long', () => {
    const path = `/${'a'.repeat(100)}`;
    expect(() => endpointWith({ path }, ['b'.repeat(40), { ownAddress: OwnAddress.PATH }])).toThrow(
      `[InvalidPath] the path pattern ('${path}/_b/${'b'.repeat(40)}/*') has 147 characters, which exceeds the 128 of an Application Load Balancer; use a shorter path or a shorter backend name (at Serving/endpoint)`,
    );
    expect(() => endpointWith({ path }, ['b'.repeat(40)])).not.toThrow();
  });
});

test('the rules are accessible', () => {
  const { endpoint, stack } = endpointWith({ path: '/a', methods: [HttpMethod.POST] }, ['one']);
  expect(aws.EcsEndpoint.of(endpoint).rules.map((rule) => rule.node.path)).toEqual([
    'Serving/endpoint/Shares',
    'Serving/endpoint/MethodNotAllowed',
    'Serving/endpoint/Own-one',
  ]);
  expect(rules(stack, 'endpoint')).toHaveLength(3);
});
