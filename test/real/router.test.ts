import { connect } from 'node:net';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { LoadBalancing, OwnAddress, StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, endpointOn } from '../support/definitions';
import { sendMany, sleep, Tally } from './support/load';
import type { Replica } from './support/replica';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { measurements, routerPlatform } from './support/router-tests';
import { KEY } from './support/web-socket';

const note = measurements();

describe('a router', () => {
  let lab: RouterLab;
  let router: RouterProcess;
  let slow: { readonly [path in 'short' | 'quick' | 'rest' | 'long']: Promise<[number, number]> };

  beforeAll(async () => {
    lab = await RouterLab.start();
    const platform = routerPlatform();
    const at = (id: string, props: ServingEndpointProps = {}) => endpointOn(platform, id, { path: `/${id}`, ...props });

    const split = at('split');
    const shares = [
      { backend: split.addBackend('big', backendOptions({ replicas: 3 })), weight: 0.9 },
      { backend: split.addBackend('small', backendOptions()), weight: 0.1 },
    ];
    split.addBackend('dark', backendOptions());
    split.splitTraffic({
      shares,
      headerRules: [
        { header: 'X-Serve-Call-Method', value: 'predict', path: '/v2/$1/pre%20dict' },
        { header: 'X-Only', value: "it's, $HOME # {x} *?", backend: (shares[1] as (typeof shares)[0]).backend },
      ],
    });

    const thirds = at('thirds');
    thirds.splitTraffic({
      shares: [
        { backend: thirds.addBackend('one', backendOptions({ replicas: 2 })), weight: 1 / 3 },
        { backend: thirds.addBackend('two', backendOptions()), weight: 2 / 3 },
      ],
    });

    const equal = at('equal', { path: '/team/equal', stripPrefix: true });
    equal.addBackend('a', backendOptions({ ownAddress: OwnAddress.PATH }));
    equal.addBackend('b', backendOptions({ replicas: 2 }));
    equal.addBackend('c', backendOptions({ replicas: 4 }));

    const reads = at('reads', { path: '/rw', methods: [HttpMethod.GET] });
    reads.addBackend('v1', backendOptions());
    const writes = at('writes', { path: '/rw', methods: [HttpMethod.POST, HttpMethod.PUT] });
    writes.addBackend('v1', backendOptions({ ownAddress: OwnAddress.PATH }));

    at('host', { path: '/', hosts: ['a.example.com', '*.b.example.com'] }).addBackend('v1', backendOptions());
    at('busy', {}).addBackend(
      'v1',
      backendOptions({ replicas: 3, loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }),
    );
    at('limited', { requestTimeout: Duration.seconds(2) }).addBackend('v1', backendOptions({ maxConcurrency: 3 }));
    at('checked', {}).addBackend(
      'v1',
      backendOptions({
        replicas: 2,
        healthCheck: HealthCheck.http("/ready?deep=1&q=%22'$x%5C", {
          interval: Duration.seconds(5),
          timeout: Duration.seconds(2),
        }),
      }),
    );
    at('closing', {}).addBackend(
      'v1',
      backendOptions({
        healthCheck: HealthCheck.http('/'),
        server: ModelServer.command({ command: ['serve'], behavior: { drains: true, keepAlive: Duration.seconds(1) } }),
      }),
    );
    at('short', { requestTimeout: Duration.seconds(1) }).addBackend('v1', backendOptions());
    at('parts', {
      requestTimeout: Duration.seconds(60),
      paths: [{ path: '/quick', requestTimeout: Duration.seconds(1) }],
    }).addBackend('v1', backendOptions());
    at('long', { requestTimeout: Duration.seconds(15) }).addBackend('v1', backendOptions());

    const streaming = { maxDuration: Duration.minutes(5), heartbeat: Duration.seconds(20) };
    at('socket', { streaming: { ...streaming, protocol: StreamProtocol.WEB_SOCKET } }).addBackend(
      'v1',
      backendOptions({ server: ModelServer.asgi({ app: 'app' }) }),
    );

    const delays: Record<string, number | (() => number)> = {
      'limited-v1': 20,
      'short-v1': 13_000,
      'parts-v1': 13_000,
      'long-v1': 13_000,
    };
    for (const { slug, intent } of platform.plan().backends) {
      if (slug === 'busy-v1') continue;
      await lab.add(slug, intent.replicas, {
        delay: delays[slug],
        keepAlive: slug === 'closing-v1' ? 1000 : undefined,
      });
    }
    await lab.add('busy-v1', 1, { delay: 100 });
    await lab.add('busy-v1', 2, { delay: 5 });
    lab.announce();
    router = await lab.route(await lab.render(platform.plan(), 2));
    const timed = async (path: string): Promise<[number, number]> => {
      const start = Date.now();
      const { status } = await router.send({ path });
      return [status, (Date.now() - start) / 1000];
    };
    slow = { short: timed('/short'), quick: timed('/parts/quick/x'), rest: timed('/parts/x'), long: timed('/long') };
  });
  afterAll(() => lab?.dispose());

  test('splits 5,000 requests exactly, regardless of pool sizes', async () => {
    const tally = await sendMany(router, 5000, { path: '/split', method: 'POST' }, 32);
    note('90/10 of 5,000', tally);
    expect(tally.lost).toBe(0);
    expect(tally.pools).toEqual({ 'split-big': 4500, 'split-small': 500 });
    expect(tally.of(lab.pools.get('split-big') as Replica[])).toEqual([1500, 1500, 1500]);
  });

  test('counts each endpoint separately', async () => {
    const [thirds, equal] = await Promise.all([
      sendMany(router, 3000, { path: '/thirds' }),
      sendMany(router, 3000, { path: '/team/equal' }),
    ]);
    note('1/3 and 2/3 of 3,000', thirds);
    note('three equal shares of 3,000', equal);
    expect(thirds.pools).toEqual({ 'thirds-one': 1000, 'thirds-two': 2000 });
    expect(equal.pools).toEqual({ 'equal-a': 1000, 'equal-b': 1000, 'equal-c': 1000 });
    expect(equal.of(lab.pools.get('equal-c') as Replica[])).toEqual([250, 250, 250, 250]);
  });

  test('sends a backend at weight 0 only requests that name it', async () => {
    const dark = await sendMany(router, 50, { path: '/split', headers: { 'x-serving-backend': 'dark' } });
    const mixed = await sendMany(router, 100, { path: '/split' });
    expect(dark.pools).toEqual({ 'split-dark': 50 });
    // Requests that name a backend do not move the counter of the shares.
    expect(mixed.pools).toEqual({ 'split-big': 90, 'split-small': 10 });
  });

  test.each([
    ['/team/equal/_b/a', '/'],
    ['/team/equal/_b/a/', '/'],
    ['/team/equal/_b/a/x/y?q=%2F', '/x/y?q=%2F'],
  ])('maps the own path of a backend %s to %s', async (path, seen) => {
    const { echo } = await router.send({ path });
    expect(echo).toMatchObject({ pool: 'equal-a', path: seen });
  });

  test.each([
    ['/team/equal', '/'],
    ['/team/equal/', '/'],
    ['/team/equal?x=1', '/?x=1'],
    ['/team/equal//y', '/y'],
    ['/team/equal/a%2Fy/?x=/a/b', '/a%2Fy/?x=/a/b'],
  ])('strips the prefix of %s to %s', async (path, seen) => {
    expect((await router.send({ path })).echo?.path).toBe(seen);
  });

  test.each(['/team/equality', '/team', '/Team/equal', '/none', '/'])('returns 404 for %s', async (path) => {
    expect((await router.send({ path })).status).toBe(404);
  });

  test('keeps the prefix if it is not stripped', async () => {
    expect((await router.send({ path: '/split/x?y=1' })).echo?.path).toBe('/split/x?y=1');
    const { echo } = await router.send({ path: '/rw/_b/v1/x', method: 'POST' });
    expect(echo).toMatchObject({ pool: 'writes-v1', path: '/rw/x' });
  });

  test('sends each method to its endpoint and rejects other methods', async () => {
    expect((await router.send({ path: '/rw' })).echo?.pool).toBe('reads-v1');
    expect((await router.send({ path: '/rw/x', method: 'PUT' })).echo?.pool).toBe('writes-v1');
    const refused = await router.send({ path: '/rw/x', method: 'DELETE' });
    expect(refused.status).toBe(405);
    expect(refused.headers.allow).toBe('GET, HEAD, POST, PUT');
  });

  test('matches header rules by the whole value, case-sensitively', async () => {
    const rule = (value: string) => ({ path: '/split/any?q=1', headers: { 'x-serve-call-method': value } });
    const hit = await sendMany(router, 100, rule('predict'));
    expect(hit.pools).toEqual({ 'split-big': 90, 'split-small': 10 });
    expect((await router.send(rule('predict'))).echo?.path).toBe('/v2/$1/pre%20dict?q=1');
    expect((await router.send(rule('Predict'))).echo?.path).toBe('/split/any?q=1');
    const only = await sendMany(router, 20, { path: '/split', headers: { 'x-only': "it's, $HOME # {x} *?" } });
    expect(only.pools).toEqual({ 'split-small': 20 });
    const own = await router.send({
      path: '/split',
      headers: { 'x-only': "it's, $HOME # {x} *?", 'x-serving-backend': 'big' },
    });
    expect(own.echo?.pool).toBe('split-big');
  });

  test.each([
    'a.example.com',
    'A.Example.COM:8443',
    'x.b.example.com',
    'x.y.b.example.com:80',
  ])('matches host %s', async (host) => {
    expect((await router.send({ host })).echo?.pool).toBe('host-v1');
  });

  test.each([
    'b.example.com',
    'a.example.com.evil.example',
    'xb.example.com',
  ])('does not match host %s', async (host) => {
    expect((await router.send({ host })).status).toBe(404);
  });

  test('prefers replicas with fewer open requests if configured', async () => {
    const tally = await sendMany(router, 300, { path: '/busy' }, 12);
    const [slowest, ...fast] = tally.of(lab.pools.get('busy-v1') as Replica[]);
    note('least outstanding: one slow and two fast replicas', [slowest, ...fast].join(', '));
    expect(tally.lost).toBe(0);
    expect(Math.min(...fast)).toBeGreaterThan(3 * (slowest as number));
  });

  test('limits the concurrency of a replica and queues the rest', async () => {
    const tally = await sendMany(router, 40, { path: '/limited' }, 20);
    const [replica] = lab.pools.get('limited-v1') as Replica[];
    note('limit 3 on two routers: busiest replica of one', String(replica?.busiest));
    expect(tally.lost).toBe(0);
    expect(replica?.busiest).toBe(1);
  });

  test('uses the declared health check and excludes replicas that fail it', async () => {
    const [sick, well] = lab.pools.get('checked-v1') as [Replica, Replica];
    sick.healthy = false;
    await router.untilServers('checked-v1', 1, 20);
    while (well.checks.length === 0) await sleep(100);
    expect(new Set(well.checks)).toEqual(new Set(["GET /ready?deep=1&q=%22'$x%5C HTTP/1.1"]));
    expect((await sendMany(router, 20, { path: '/checked' })).replicas).toEqual({ [well.address]: 20 });
  });

  test('keeps connections to servers, except to those that close them first', async () => {
    const [kept] = lab.pools.get('split-small') as [Replica];
    const [closing] = lab.pools.get('closing-v1') as [Replica];
    const before = closing.connections;
    const tally = new Tally();
    for (let index = 0; index < 12; index++) {
      tally.count(await router.send({ path: '/closing' }));
      await sleep(index < 6 ? 1000 : 0);
    }
    note(
      'connections for requests',
      `kept ${kept.connections} for ${kept.requests}, closing ${closing.connections - before} for 12`,
    );
    expect(tally.lost).toBe(0);
    expect(closing.connections - before).toBeGreaterThanOrEqual(12);
    expect(kept.connections).toBeLessThan(kept.requests / 4);
  });

  test('adds what a load balancer adds', async () => {
    const { echo } = await router.send({ path: '/split' });
    expect(echo?.headers).toMatchObject({
      'x-forwarded-for': expect.stringMatching(/^127\./),
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'any.example',
      'x-forwarded-port': '80',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(
      (await router.send({ path: '/split', headers: { 'x-request-id': 'mine' } })).echo?.headers['x-request-id'],
    ).toBe('mine');
  });

  test.each([
    ['/socket', /^HTTP\/1\.1 101 [\s\S]*hello$/],
    ['/split', /^HTTP\/1\.1 400 [\s\S]*this endpoint does not accept WebSocket/],
  ])('upgrades to WebSocket if the endpoint streams with it: %s', async (path, expected) => {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(router.port, router.address, () => {
        const handshake = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}`;
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${handshake}\r\n\r\n`);
      });
      let seen = '';
      socket.on('error', reject);
      socket.on('data', (data) => {
        seen += data;
        if (seen.endsWith('\r\n\r\n')) socket.write('hello');
        else socket.end();
      });
      socket.on('close', () => resolve(seen));
    });
    expect(text).toMatch(expected);
  });

  test('serves health and metrics on a separate port', async () => {
    expect((await router.admin('/healthz')).status).toBe(200);
    expect((await router.admin('/none')).status).toBe(404);
    expect((await router.send({ path: '/healthz' })).status).toBe(404);
  });

  test('ends a silent request after the timeout of its endpoint', async () => {
    const [[short, after], [long]] = await Promise.all([slow.short, slow.long]);
    note('requestTimeout 1 s', `${short} after ${after.toFixed(1)} s; with 15 s an answer after 13 s is ${long}`);
    expect([short, long]).toEqual([504, 200]);
    expect(after).toBeGreaterThan(1.9);
    expect(after).toBeLessThan(2.9);
  });

  test('ends requests for a path with its own time sooner than others of the endpoint', async () => {
    const [[quick], [rest]] = await Promise.all([slow.quick, slow.rest]);
    expect([quick, rest]).toEqual([504, 200]);
  });
});
