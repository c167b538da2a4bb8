import { createServer, type Server } from 'node:net';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { QueueStatus } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn } from '../support/definitions';
import { sleep } from './support/load';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { routerPlatform } from './support/router-tests';

const APP = 'https://app.example.com';
const TEXT = { accept: 'text/plain' };

describe('a router answers itself', () => {
  let lab: RouterLab;
  let router: RouterProcess;
  let broken: Server;

  beforeAll(async () => {
    lab = await RouterLab.start();
    const platform = routerPlatform();
    const asgi = ModelServer.asgi({ app: 'app' });
    const seconds = (value: number) => ({ requestTimeout: Duration.millis(1000 * value) });
    const allowOrigins = [APP, 'http://localhost:3000'];
    const definitions = {
      posts: [{ methods: [HttpMethod.POST], cors: { allowOrigins } }, {}, 0],
      open: [{ cors: { allowOrigins: ['*'], allowHeaders: ['X-A', 'X-B'], maxAge: Duration.hours(1) } }, {}, 0],
      login: [{ cors: { allowOrigins, allowCredentials: true, exposeHeaders: ['X-Id'] } }, {}, 0],
      plain: [{}, {}, 0],
      missing: [{}, {}, undefined],
      closes: [{}, {}, undefined],
      slow: [seconds(1.5), { server: asgi }, 9000],
      fast: [seconds(1.5), { server: asgi }, 1200],
      queue: [seconds(1), { maxConcurrency: 1 }, 1800],
      short: [{}, { maxConcurrency: 1, queue: { timeout: Duration.millis(500) } }, 2000],
      full: [{}, { maxConcurrency: 1, queue: { maxRequests: 1, fullStatus: QueueStatus.TOO_MANY_REQUESTS } }, 1500],
      unqueued: [{}, { maxConcurrency: 1, queue: { maxRequests: 0 } }, 1000],
    } as const;
    for (const [id, [props, options, delay]] of Object.entries(definitions)) {
      const endpoint = endpointOn(platform, id, { path: `/${id}`, ...props } as never);
      endpoint.addBackend('v1', backendOptions(options));
      if (delay !== undefined) await lab.add(`${id}-v1`, 1, { delay });
    }
    const address = lab.network.next();
    broken = createServer((socket) => socket.on('data', () => socket.destroy()).on('error', () => undefined));
    await new Promise<void>((resolve) => broken.listen(8000, address, resolve).unref());
    lab.include('closes-v1', [{ address }]);
    lab.announce();
    lab.hide('missing-v1');
    router = await lab.route(await lab.render(platform.plan()));
  }, 60_000);
  afterAll(async () => {
    await lab?.dispose();
    broken?.close();
  });

  const problem = (status: number, title: string, detail: string) => ({ type: 'about:blank', status, title, detail });
  const ask = async (path: string, headers = {}, method = 'GET') => {
    const { body, ...reply } = await router.send({ path, headers, method });
    return { ...reply, body, type: reply.headers['content-type'], after: reply.headers['retry-after'] };
  };

  test('a broken connection to the server with 502', async () => {
    const { type, body } = await ask('/closes');
    expect(type).toBe('application/problem+json');
    expect(JSON.parse(body)).toEqual(
      problem(502, 'Bad Gateway', 'the replica closed the connection or sent an invalid response'),
    );
  });

  test('with problem details in JSON', async () => {
    const unknown = await ask('/none');
    expect([unknown.status, unknown.type, unknown.after]).toEqual([404, 'application/problem+json', undefined]);
    expect(JSON.parse(unknown.body)).toEqual(problem(404, 'Not Found', 'no endpoint matches the request'));
    const refused = await ask('/posts', { accept: 'text/html, application/json' });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'POST']);
    expect(JSON.parse(refused.body)).toMatchObject({ detail: 'the endpoint does not accept this method' });
  });

  test.each(['text/plain', 'text/html,application/xhtml+xml;q=0.9', 'text/*'])('with text for %s', async (accept) => {
    const { type, body } = await ask('/none', { accept });
    expect([type, body]).toEqual(['text/plain', '404 Not Found: no endpoint matches the request']);
    expect((await ask('/plain', { accept })).type).toBe('application/json');
  });

  test('a backend without a ready replica with 503 and when to retry', async () => {
    const { status, after, body } = await ask('/missing');
    expect([status, after]).toEqual([503, '1']);
    expect(JSON.parse(body)).toEqual(problem(503, 'Service Unavailable', 'no replica is ready'));
    expect((await ask('/missing', TEXT)).body).toBe('503 Service Unavailable: no replica is ready');
  });

  test('a request that waits too long in the queue with 503 and when to retry', async () => {
    const first = ask('/queue');
    await sleep(200);
    const { status, after, body } = await ask('/queue');
    expect([status, after]).toEqual([503, '1']);
    expect(JSON.parse(body)).toEqual(problem(503, 'Service Unavailable', 'no replica accepted the request in time'));
    expect((await first).status).toBe(200);
  });

  test('a request after the time of its queue with 503', async () => {
    const first = ask('/short');
    await sleep(300);
    const start = Date.now();
    expect((await ask('/short')).status).toBe(503);
    expect(Date.now() - start).toBeLessThan(1500);
    expect((await first).status).toBe(200);
  });

  test('a request for which the queue has no place at once, with the declared status', async () => {
    const waiting = [ask('/full')];
    await sleep(200);
    waiting.push(ask('/full'));
    await sleep(200);
    const { status, after, body } = await ask('/full');
    expect([status, after]).toEqual([429, '1']);
    expect(JSON.parse(body)).toEqual(problem(429, 'Too Many Requests', 'the queue is full'));
    expect((await Promise.all(waiting)).map((reply) => reply.status)).toEqual([200, 200]);
    const [one, other] = await Promise.all([ask('/unqueued'), sleep(200).then(() => ask('/unqueued'))]);
    expect([one.status, other.status]).toEqual([200, 503]);
    expect((await ask('/unqueued')).status).toBe(200);
  });

  test('a request that takes too long with 504, within a second', async () => {
    const start = Date.now();
    const { status, body } = await ask('/slow');
    const seconds = (Date.now() - start) / 1000;
    expect(status).toBe(504);
    expect(JSON.parse(body)).toEqual(problem(504, 'Gateway Timeout', 'the replica did not answer in time'));
    expect(seconds).toBeGreaterThan(2.4);
    expect(seconds).toBeLessThan(3.5);
    expect((await ask('/fast')).status).toBe(200);
  });

  const preflight = (path: string, origin: string, method = 'POST') =>
    ask(path, { origin, 'access-control-request-method': method }, 'OPTIONS');
  const received = (pool: string) => lab.pools.get(`${pool}-v1`)?.[0] as unknown as { requests: number };

  test('preflight requests, without a server', async () => {
    const before = received('posts').requests;
    const { status, headers, body } = await preflight('/posts/x?y=1', APP);
    expect([status, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '5',
      vary: 'Origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(received('posts').requests).toBe(before);
    const open = await preflight('/open', 'https://any.example');
    expect(open.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'x-a, x-b',
      'access-control-max-age': '3600',
    });
    expect((await preflight('/login', 'http://localhost:3000')).headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-credentials': 'true',
    });
  });

  test.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'https://app.example.com|posts',
    'null',
  ])('preflight requests of %s without its origin', async (origin) => {
    const { status, headers } = await preflight('/posts', origin);
    expect(status).toBe(204);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('nothing for endpoints without CORS, and for other requests with OPTIONS', async () => {
    expect((await preflight('/plain', APP)).echo?.method).toBe('OPTIONS');
    expect((await ask('/open', {}, 'OPTIONS')).echo?.method).toBe('OPTIONS');
    expect((await ask('/posts', {}, 'OPTIONS')).status).toBe(405);
  });

  test('cross-origin requests with the headers of the endpoint', async () => {
    const { status, headers } = await ask('/login', { origin: APP });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-id',
      vary: 'Origin',
    });
    const other = await ask('/login', { origin: 'https://evil.example' });
    expect(other.status).toBe(200);
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await ask('/plain', { origin: APP })).headers).not.toHaveProperty('access-control-allow-origin');
  });
});
