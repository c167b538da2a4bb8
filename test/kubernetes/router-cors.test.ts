import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { OwnAddress } from '../../src/plan/choices';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn } from '../support/definitions';
import { configurationOf, Haproxy } from '../support/haproxy';
import { plannedRoute } from '../support/planned-route';
import { render, routerPlatform } from './router-support';

const cors = { allowOrigins: ['https://app.example.com'] };

function routed(endpoints: { readonly [id: string]: ServingEndpointProps }, ownAddress = OwnAddress.HEADER) {
  const platform = routerPlatform();
  for (const [id, props] of Object.entries(endpoints))
    endpointOn(platform, id, { path: `/${id}`, ...props }).addBackend('v1', backendOptions({ ownAddress }));
  const plan = platform.plan();
  return { plan, files: render(plan), haproxy: new Haproxy(render(plan)) };
}

const preflight = (path: string, headers = {}) => ({
  path,
  method: 'OPTIONS',
  headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST', ...headers },
});

describe('preflight requests', () => {
  const POST = { methods: [HttpMethod.POST] };

  test.each<[string, ServingEndpointProps, string]>([
    ['of an endpoint with methods', { cors, ...POST }, '/a/x'],
    ['of an endpoint with every method', { cors }, '/a'],
    ['of an endpoint with OPTIONS', { cors, methods: [HttpMethod.OPTIONS] }, '/a'],
    ['of an endpoint that requires a header', { cors, headers: [{ name: 'x-tier', values: ['gold'] }] }, '/a'],
    ['of a path with its own time', { cors, paths: [{ path: '/b', requestTimeout: Duration.hours(1) }] }, '/a/b/c'],
    ['of the own path of a backend', { cors }, '/a/_b/v1/x'],
  ])('%s are answered', (_, props, path) => {
    const { haproxy, plan } = routed({ a: props, other: {} }, OwnAddress.PATH);
    const result = haproxy.route('_router', preflight(path));
    expect(result).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-headers': 'content-type', 'access-control-max-age': '5' },
    });
    expect(plannedRoute(plan, preflight(path))).toEqual({ status: 204 });
  });

  test('are requests like others elsewhere', () => {
    const { haproxy } = routed({ a: { cors }, all: {}, options: { methods: [HttpMethod.OPTIONS] }, posts: POST });
    expect(haproxy.route('_router', preflight('/all'))).toMatchObject({ backend: 'all-v1' });
    expect(haproxy.route('_router', preflight('/options'))).toMatchObject({ backend: 'options-v1' });
    expect(haproxy.route('_router', preflight('/posts'))).toMatchObject({ status: 405 });
    expect(haproxy.route('_router', { path: '/a', method: 'OPTIONS' })).toMatchObject({ backend: 'a-v1' });
  });

  test('name the methods of all endpoints with the path', () => {
    const { haproxy } = routed({
      read: { path: '/a', methods: [HttpMethod.GET], cors },
      write: { path: '/a', methods: [HttpMethod.PUT, HttpMethod.POST], cors },
    });
    expect(haproxy.route('_router', preflight('/a'))).toMatchObject({
      headers: { 'access-control-allow-methods': 'GET, HEAD, PUT, POST' },
    });
  });

  test('cannot be requested by a method that looks like them', () => {
    const { haproxy } = routed({ a: { cors, ...POST } });
    expect(haproxy.route('_router', { path: '/a', method: 'OPTIONS' })).toMatchObject({ status: 405 });
  });
});

test('the number of lines does not depend on the number of endpoints', () => {
  const lines = (count: number) => {
    const endpoints = Array.from({ length: count }, (_, index) => [`e${index}`, { cors }] as const);
    const { files } = routed(Object.fromEntries(endpoints));
    const pools = configurationOf(files).match(/^backend e\d+-v1[\s\S]*?\n\n/gm) as RegExpMatchArray;
    return configurationOf(files).split('\n').length - pools.join('').split('\n').length;
  };
  expect(Math.abs(lines(20) - lines(2))).toBeLessThanOrEqual(1);
});

test('a configuration without cross-origin requests does not look them up', () => {
  const { files } = routed({ a: {} });
  expect(Object.keys(files)).not.toContain('cors.map');
  expect(configurationOf(files)).not.toContain('Access-Control');
});
