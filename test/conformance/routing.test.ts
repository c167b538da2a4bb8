import type { Construct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { OwnAddress } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { backendOptions } from '../support/definitions';
import type { Answer, Observation, Request } from '../support/observation';
import { onEvery } from './subjects';

type Options = Partial<ReturnType<typeof backendOptions>>;

/** Declares an endpoint with a backend for each name. */
function endpoint(
  scope: Construct,
  id: string,
  props: ServingEndpointProps = {},
  names = [`${id}:v1`],
  options: Options = {},
) {
  const made = new ServingEndpoint(scope, id, props);
  const backends = names.map((name) => made.addBackend(name, backendOptions(options)));
  return { made, backends, backend: (index: number) => backends[index] as Backend };
}

/** The backends that get a request, with their shares above zero. */
function sharesOf(answer: Answer): Record<string, number> | number {
  if ('status' in answer) return answer.status;
  return Object.fromEntries(Object.entries(answer.shares).filter(([, share]) => share > 0));
}

const asker =
  (observed: Observation) =>
  (path: string, request: Omit<Request, 'path'> = {}) =>
    sharesOf(observed.ask({ path, ...request }));

onEvery('paths on %s', (_, subject) => {
  test('match whole segments as prefixes', () => {
    const ask = asker(subject.observe((scope) => endpoint(scope, 'classify', { path: '/classify' })));
    for (const path of ['/classify', '/classify/', '/classify/a/b', '/classify?top=3']) {
      expect(ask(path)).toEqual({ 'classify:v1': 1 });
    }
    for (const path of ['/', '/classifyx', '/x/classify']) expect(ask(path)).toBe(404);
  });

  test('match everything if omitted', () => {
    const ask = asker(subject.observe((scope) => endpoint(scope, 'all')));
    for (const path of ['/', '/a', '/a/b?c=d']) expect(ask(path, { method: 'DELETE' })).toEqual({ 'all:v1': 1 });
  });

  test('take precedence by length, regardless of the order of declaration', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'root');
        endpoint(scope, 'deep', { path: '/a/b' });
        endpoint(scope, 'mid', { path: '/a' });
      }),
    );
    expect(ask('/a/b/c')).toEqual({ 'deep:v1': 1 });
    expect(ask('/a/bc')).toEqual({ 'mid:v1': 1 });
    expect(ask('/b')).toEqual({ 'root:v1': 1 });
  });

  test.each([
    [false, '/classify/predict', '/classify/predict'],
    [true, '/classify/predict', '/predict'],
    [true, '/classify/a/b', '/a/b'],
    [true, '/classify', '/'],
    [true, '/classify/', '/'],
  ])('are seen by the server with stripPrefix %p: %s as %s', (stripPrefix, path, seen) => {
    const observed = subject.observe((scope) => endpoint(scope, 'classify', { path: '/classify', stripPrefix }));
    expect(observed.ask({ path })).toMatchObject({ path: seen });
  });
});

onEvery('a removed prefix on %s', (_, subject) => {
  const client = { headers: { 'X-Forwarded-Prefix': '/evil' } };
  const seen = (observed: Observation, path: string) => {
    const answer = observed.ask({ path, ...client });
    return 'status' in answer ? answer.status : answer.forwardedPrefix;
  };
  const server = ModelServer.uvicorn({ app: 'app' });

  test('reaches the server in a header that clients cannot set', () => {
    const observed = subject.observe((scope) => {
      endpoint(scope, 'classify', { path: '/team/classify', stripPrefix: true }, ['a'], {
        ownAddress: OwnAddress.PATH,
      });
    });
    expect(seen(observed, '/team/classify/x')).toBe(subject.setsPrefix ? '/team/classify' : '/evil');
    expect(seen(observed, '/team/classify/_b/a/x')).toBe(subject.setsPrefix ? '/team/classify/_b/a' : '/evil');
  });

  test('is not expected from requests that keep their path', () => {
    const observed = subject.observe((scope) => {
      const shared = endpoint(scope, 'one', { path: '/one', stripPrefix: true }, ['shared']).backend(0);
      endpoint(scope, 'two', { path: '/two' }, []).made.attachBackend(shared);
    });
    expect(seen(observed, '/two/x')).toBe(subject.setsPrefix ? undefined : '/evil');
  });

  test('is in a variable and, if the server has one, a flag', () => {
    const { backends } = subject.observe((scope) => {
      endpoint(scope, 'one', { path: '/one', stripPrefix: true }, ['a'], { server });
      endpoint(scope, 'two', { path: '/two' }, ['b'], { server });
      endpoint(scope, 'root', { stripPrefix: true }, ['c'], { server });
    });
    expect(backends.a?.environment.SERVING_PATH_PREFIX).toBe('/one');
    expect(backends.a?.command.join(' ')).toContain(' --root-path /one');
    for (const name of ['b', 'c']) {
      expect(backends[name]?.environment).not.toHaveProperty('SERVING_PATH_PREFIX');
      expect(backends[name]?.command).not.toContain('--root-path');
    }
  });

  test('is empty if the endpoints of a backend remove different ones', () => {
    const { backends } = subject.observe((scope) => {
      const shared = new Backend(scope, 'shared', backendOptions({ server }));
      for (const path of ['/one', '/two'])
        endpoint(scope, path.slice(1), { path, stripPrefix: true }, []).made.attachBackend(shared);
    });
    expect(backends.shared?.environment.SERVING_PATH_PREFIX).toBe('');
    expect(backends.shared?.command).not.toContain('--root-path');
  });

  test('is not replaced where the definition sets it', () => {
    const { backends } = subject.observe((scope) => {
      const props = { path: '/one', stripPrefix: true };
      endpoint(scope, 'flag', props, ['a'], {
        server: ModelServer.uvicorn({ app: 'app', extraArgs: ['--root-path='] }),
        environment: { SERVING_PATH_PREFIX: '/mine' },
      });
      endpoint(scope, 'variable', { ...props, path: '/two' }, ['b'], {
        server,
        environment: { UVICORN_ROOT_PATH: '/mine' },
      });
      endpoint(scope, 'old', { ...props, path: '/three' }, ['c'], {
        server: ModelServer.uvicorn({ app: 'app', version: '0.25' }),
      });
    });
    expect(backends.a?.environment.SERVING_PATH_PREFIX).toBe('/mine');
    for (const name of ['a', 'b', 'c']) expect(backends[name]?.command).not.toContain('--root-path');
  });
});

onEvery('shares on %s', (_, subject) => {
  const shares = (names: string[], weights?: number[]) =>
    asker(
      subject.observe((scope) => {
        const { made, backends } = endpoint(scope, 'endpoint', {}, names);
        if (weights !== undefined) {
          made.splitTraffic({
            shares: weights.map((weight, index) => ({ backend: backends[index] as Backend, weight })),
          });
        }
      }),
    )('/');

  test('are equal without a split', () => {
    expect(shares(['a', 'b', 'c'])).toEqual({ a: 1, b: 1, c: 1 });
  });

  test.each([
    [[3, 1], { a: 3, b: 1 }],
    [[0.5, 0.5], { a: 1, b: 1 }],
    [[1 / 3, 2 / 3], { a: 1, b: 2 }],
    [[1, 0], { a: 1 }],
    [[0, 5], { b: 1 }],
  ])('equal the declared weights: %j', (weights, expected) => {
    const actual = shares(['a', 'b'], weights) as Record<string, number>;
    const divisor = Object.keys(actual).length === 1 ? (Object.values(actual)[0] as number) : 1;
    expect(Object.fromEntries(Object.entries(actual).map(([name, share]) => [name, share / divisor]))).toEqual(
      expected,
    );
  });

  test('omit backends that are not in the split', () => {
    expect(shares(['a', 'b', 'c'], [1, 1])).toEqual({ a: 1, b: 1 });
  });

  test('include backends that were added late', () => {
    const ask = asker(
      subject.observe((scope) => {
        const { made } = endpoint(scope, 'endpoint', {}, ['early']);
        TargetPlatform.planOf(made.platform);
        made.addBackend('late', backendOptions());
      }),
    );
    expect(ask('/')).toEqual({ early: 1, late: 1 });
  });

  test('can use one backend for two endpoints', () => {
    const ask = asker(
      subject.observe((scope) => {
        const shared = new Backend(scope, 'shared', backendOptions());
        endpoint(scope, 'one', { path: '/one' }, []).made.attachBackend(shared);
        const { made } = endpoint(scope, 'two', { path: '/two' }, ['own']);
        made.attachBackend(shared);
      }),
    );
    expect(ask('/one')).toEqual({ shared: 1 });
    expect(ask('/two')).toEqual({ own: 1, shared: 1 });
  });
});

onEvery('methods on %s', (_, subject) => {
  const POST = { methods: [HttpMethod.POST] };

  test('are limited to those of the endpoint', () => {
    const observed = subject.observe((scope) => endpoint(scope, 'classify', { path: '/classify', ...POST }));
    expect(sharesOf(observed.ask({ path: '/classify', method: 'POST' }))).toEqual({ 'classify:v1': 1 });
    const refused = observed.ask({ path: '/classify/x', method: 'GET' });
    expect(refused).toMatchObject({ status: subject.wrongMethod, ...(subject.allow && { allow: ['POST'] }) });
    expect(sharesOf(observed.ask({ path: '/other', method: 'GET' }))).toBe(404);
  });

  test('distinguish endpoints with the same path', () => {
    const observed = subject.observe((scope) => {
      endpoint(scope, 'write', { path: '/m', methods: [HttpMethod.POST, HttpMethod.PUT] });
      endpoint(scope, 'read', { path: '/m', methods: [HttpMethod.GET] });
    });
    const ask = asker(observed);
    expect(ask('/m', { method: 'PUT' })).toEqual({ 'write:v1': 1 });
    expect(ask('/m', { method: 'GET' })).toEqual({ 'read:v1': 1 });
    expect(ask('/m', { method: 'HEAD' })).toEqual({ 'read:v1': 1 });
    expect(observed.ask({ path: '/m', method: 'DELETE' })).toMatchObject({
      status: subject.wrongMethod,
      ...(subject.allow && { allow: ['GET', 'HEAD', 'POST', 'PUT'] }),
    });
  });

  test('take precedence over an endpoint that accepts every method', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'every', { path: '/m' });
        endpoint(scope, 'post', { path: '/m', ...POST });
      }),
    );
    expect(ask('/m', { method: 'POST' })).toEqual({ 'post:v1': 1 });
    expect(ask('/m', { method: 'GET' })).toEqual({ 'every:v1': 1 });
  });

  test('that are not allowed do not fall through to a shorter path', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'root');
        endpoint(scope, 'deep', { path: '/a', ...POST });
        endpoint(scope, 'deeper', { path: '/a/b' });
      }),
    );
    // The response to another method depends on the gateway.
    expect(ask('/a', { method: 'GET' })).toEqual(subject.wrongMethod === 405 ? 405 : { 'root:v1': 1 });
    expect(ask('/a/b', { method: 'GET' })).toEqual({ 'deeper:v1': 1 });
  });
});

onEvery('cross-origin requests on %s', (_, subject) => {
  const cors = { allowOrigins: ['https://app.example.com'] };
  const preflight = (path: string) => ({
    path,
    method: 'OPTIONS',
    headers: { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' },
  });
  const observe = () =>
    subject.observe((scope) => {
      endpoint(scope, 'posts', { path: '/posts', methods: [HttpMethod.POST], cors });
      endpoint(scope, 'all', { path: '/all', cors: { ...cors, allowMethods: [HttpMethod.POST] } });
    });

  if (subject.preflight === undefined) {
    test('are refused', () => {
      expect(observe).toThrow(/'cors' is not supported by .*use GatewayProfile.ENVOY_GATEWAY or the built-in router/);
    });
    return;
  }

  test('begin with a preflight request that no server gets', () => {
    for (const path of ['/posts', '/posts/x', '/all/y'])
      expect(observe().ask(preflight(path))).toEqual({ status: subject.preflight });
    expect(asker(observe())('/other', { method: 'OPTIONS' })).toBe(404);
  });

  test('do not change other requests with OPTIONS', () => {
    expect(asker(observe())('/all', { method: 'OPTIONS' })).toEqual({ 'all:v1': 1 });
    expect(asker(observe())('/posts', { method: 'OPTIONS' })).toBe(subject.wrongMethod);
  });
});

onEvery('own addresses on %s', (_, subject) => {
  const named = (name: string): Omit<Request, 'path'> => ({ headers: { 'X-Serving-Backend': name } });

  test('take precedence over the shares', () => {
    const ask = asker(
      subject.observe((scope) => {
        const { made, backend } = endpoint(scope, 'classify', { path: '/classify' }, ['SVM:v1', 'ResNet50:v2']);
        made.splitTraffic({ shares: [{ backend: backend(0), weight: 1 }] });
      }),
    );
    expect(ask('/classify', named('ResNet50:v2'))).toEqual({ 'ResNet50:v2': 1 });
    expect(ask('/classify', named('SVM:v1'))).toEqual({ 'SVM:v1': 1 });
    expect(ask('/classify', named('nobody'))).toEqual({ 'SVM:v1': 1 });
    expect(ask('/other', named('SVM:v1'))).toBe(404);
  });

  test('can be paths', () => {
    const observed = subject.observe((scope) =>
      endpoint(scope, 'classify', { path: '/classify' }, ['SVM:v1', 'b'], { ownAddress: OwnAddress.PATH }),
    );
    expect(observed.ask({ path: '/classify/_b/svm-v1/predict' })).toMatchObject({
      shares: { 'SVM:v1': 1 },
      path: '/classify/predict',
    });
    expect(observed.ask({ path: '/classify/_b/svm-v1' })).toMatchObject({ path: '/classify' });
    expect(asker(observed)('/classify', named('SVM:v1'))).toEqual({ 'SVM:v1': 1, b: 1 });
  });

  test('can be paths if the prefix is stripped', () => {
    const observed = subject.observe((scope) =>
      endpoint(scope, 'classify', { path: '/classify', stripPrefix: true }, ['SVM:v1', 'b'], {
        ownAddress: OwnAddress.PATH,
      }),
    );
    expect(observed.ask({ path: '/classify/_b/svm-v1/predict' })).toMatchObject({
      shares: { 'SVM:v1': 1 },
      path: '/predict',
    });
  });

  test('can be omitted', () => {
    const ask = asker(
      subject.observe((scope) => endpoint(scope, 'classify', {}, ['a', 'b'], { ownAddress: OwnAddress.NONE })),
    );
    expect(ask('/', named('a'))).toEqual({ a: 1, b: 1 });
  });

  test('use the slug if the name is not a valid header value', () => {
    const ask = asker(subject.observe((scope) => endpoint(scope, 'classify', {}, ['my model', 'b'])));
    expect(ask('/', named('classify-my-model'))).toEqual({ 'my model': 1 });
  });
});

onEvery('header rules on %s', (_, subject) => {
  const rules = () =>
    subject.observe((scope) => {
      const { made, backend } = endpoint(scope, 'classify', { path: '/classify' }, ['a', 'b']);
      made.splitTraffic({
        headerRules: [
          { header: 'X-SERVE-CALL-METHOD', value: 'explain', backend: backend(1) },
          { header: 'X-SERVE-CALL-METHOD', value: 'predict', path: '/predict' },
        ],
      });
    });
  const method = (value: string, others = {}) => ({ headers: { 'x-serve-call-method': value, ...others } });

  test('select a backend', () => {
    expect(asker(rules())('/classify', method('explain'))).toEqual({ b: 1 });
  });

  test('select a path and keep the shares', () => {
    expect(rules().ask({ path: '/classify/x', ...method('predict') })).toEqual({
      shares: { a: 1, b: 1 },
      path: '/predict',
    });
  });

  test('do not affect other requests', () => {
    expect(rules().ask({ path: '/classify/x', ...method('other') })).toEqual({
      shares: { a: 1, b: 1 },
      path: '/classify/x',
    });
  });

  test('have lower precedence than own addresses', () => {
    expect(asker(rules())('/classify', method('explain', { 'x-serving-backend': 'a' }))).toEqual({ a: 1 });
  });
});

onEvery('hosts and headers on %s', (_, subject) => {
  test('distinguish requests with the same path, the most specific host first', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'any');
        endpoint(scope, 'wild', { hosts: ['*.example.com'] });
        endpoint(scope, 'full', { hosts: ['a.example.com', 'example.org'] });
      }),
    );
    expect(ask('/', { host: 'a.example.com' })).toEqual({ 'full:v1': 1 });
    expect(ask('/', { host: 'example.org' })).toEqual({ 'full:v1': 1 });
    expect(ask('/', { host: 'b.example.com' })).toEqual({ 'wild:v1': 1 });
    expect(ask('/', { host: 'other.net' })).toEqual({ 'any:v1': 1 });
  });

  test('match the host of a request if an endpoint has exact hosts and wildcards', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'both', { path: '/a', hosts: ['*.example.com', 'example.com'] });
        endpoint(scope, 'full', { hosts: ['example.com'] });
      }),
    );
    expect(ask('/a', { host: 'example.com' })).toEqual({ 'both:v1': 1 });
    expect(ask('/b', { host: 'example.com' })).toEqual({ 'full:v1': 1 });
    expect(ask('/a', { host: 'x.example.com' })).toEqual({ 'both:v1': 1 });
  });

  test('take precedence over the length of a path', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'deep', { path: '/a/b' });
        endpoint(scope, 'host', { path: '/a', hosts: ['example.com'] });
      }),
    );
    expect(ask('/a/b', { host: 'example.com' })).toEqual({ 'host:v1': 1 });
    expect(ask('/a/b', { host: 'example.org' })).toEqual({ 'deep:v1': 1 });
  });

  test('match the requests that have them', () => {
    const ask = asker(
      subject.observe((scope) => {
        endpoint(scope, 'plain');
        endpoint(scope, 'gold', { headers: [{ name: 'X-Tier', values: ['gold', 'silver'] }] });
      }),
    );
    expect(ask('/', { headers: { 'x-tier': 'silver' } })).toEqual({ 'gold:v1': 1 });
    expect(ask('/', { headers: { 'x-tier': 'iron' } })).toEqual({ 'plain:v1': 1 });
    expect(ask('/')).toEqual({ 'plain:v1': 1 });
  });

  test('can exceed the limits of one rule', () => {
    const hosts = ['a.com', 'b.com', 'c.com', 'd.com'];
    const methods = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
    const ask = asker(subject.observe((scope) => endpoint(scope, 'many', { path: '/m', hosts, methods })));
    for (const host of hosts) {
      for (const method of methods) expect(ask('/m/x', { host, method })).toEqual({ 'many:v1': 1 });
      expect(ask('/m', { host, method: 'PATCH' })).toBe(subject.wrongMethod);
    }
    expect(ask('/m', { host: 'e.com' })).toBe(404);
  });
});
