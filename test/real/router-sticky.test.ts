import { connect } from 'node:net';
import type { BackendOptions } from '../../src/constructs/backend-options';
import type { TrafficSplitOptions } from '../../src/constructs/traffic-split';
import { StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn } from '../support/definitions';
import type { Reply } from './support/client';
import type { Replica } from './support/replica';
import type { RouterLab } from './support/router-lab';
import type { RenderedRouter, RouterProcess } from './support/router-process';
import { inLab, routerPlatform } from './support/router-tests';
import { Visitor } from './support/visitor';
import { KEY } from './support/web-socket';

const HOUR = { stickySession: { maxAge: Duration.hours(1) } };

interface Definition {
  readonly weights: readonly number[];
  readonly split?: TrafficSplitOptions;
  readonly backend?: Partial<BackendOptions>;
}

/** An endpoint whose backends are named by their position, each with two replicas. */
function planOf({ weights, split = HOUR, backend = HOUR }: Definition) {
  const platform = routerPlatform();
  const endpoint = endpointOn(platform, 'split', { path: '/' });
  const shares = weights.map((weight, index) => ({
    backend: endpoint.addBackend(`v${index + 1}`, backendOptions({ replicas: 2, ...backend })),
    weight,
  }));
  endpoint.splitTraffic({ shares, ...split });
  expect(platform.plan().refusals).toEqual([]);
  return platform.plan();
}

async function replicas(lab: RouterLab, ...pools: string[]): Promise<Replica[]> {
  const started = [];
  for (const pool of pools) started.push(...(await lab.add(pool, 2)));
  lab.announce();
  return started;
}

const poolsOf = (replies: readonly Reply[]) => [...new Set(replies.map(({ echo }) => echo?.pool))];
const replicasOf = (replies: readonly Reply[]) => [...new Set(replies.map(({ echo }) => echo?.replica))];
const count = (pool: string, replies: readonly Reply[]) => replies.filter(({ echo }) => echo?.pool === pool).length;

async function sends(visitor: Visitor, requests: number): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let index = 0; index < requests; index++) replies.push(await visitor.send());
  return replies;
}

/** Clients that each have sent a request. */
async function visitors(router: RouterProcess, number: number): Promise<Visitor[]> {
  const made = Array.from({ length: number }, () => new Visitor(router));
  for (const visitor of made) expect(await visitor.send()).toMatchObject({ status: 200 });
  return made;
}

/** The statuses of the next requests of clients at another router. */
async function statusesAt(router: RouterProcess, clients: readonly Visitor[]): Promise<number[]> {
  const statuses = new Set<number>();
  for (const visitor of clients) {
    visitor.router = router;
    for (const { status } of await sends(visitor, 3)) statuses.add(status);
  }
  return [...statuses];
}

describe('sticky sessions of the router', () => {
  test('keep backend and replica of each client at every router, and give new clients their exact shares', () =>
    inLab(async (lab) => {
      const plan = planOf({ weights: [1, 2] });
      await replicas(lab, 'split-v1', 'split-v2');
      const [one, two] = [await lab.route(await lab.render(plan)), await lab.route(await lab.render(plan))];
      const firsts: Reply[] = [];
      for (let client = 0; client < 30; client++) {
        const visitor = new Visitor(one);
        const replies = await sends(visitor, 4);
        visitor.router = two;
        replies.push(...(await sends(visitor, 4)));
        expect(replicasOf(replies)).toHaveLength(1);
        firsts.push(replies[0] as Reply);
      }
      expect([count('split-v1', firsts), count('split-v2', firsts)]).toEqual([10, 20]);
      expect(replicasOf(firsts)).toHaveLength(4);
    }));

  test('are off by default', () =>
    inLab(async (lab) => {
      const plan = planOf({ weights: [1, 1], split: {}, backend: {} });
      await replicas(lab, 'split-v1', 'split-v2');
      const visitor = new Visitor(await lab.route(await lab.render(plan)));
      expect(replicasOf(await sends(visitor, 8))).toHaveLength(4);
      expect(visitor.received).toEqual([]);
    }));

  test('use cookies that scripts cannot read, and that servers of the pool do not get', () =>
    inLab(async (lab) => {
      await replicas(lab, 'split-v1', 'split-v2');
      const visitor = new Visitor(await lab.route(await lab.render(planOf({ weights: [1, 1] }))));
      const { echo, headers } = await visitor.send();
      expect(visitor.received).toEqual([
        `serving-backend-split=${echo?.pool}; Path=/; Max-Age=3600; HttpOnly`,
        expect.stringMatching(
          new RegExp(`^serving-replica-${echo?.pool}=[0-9a-f]{16}[|][^;]+; path=/; HttpOnly; Max-Age=3600$`),
        ),
      ]);
      expect(headers['cache-control']).toContain('private');
      const again = await visitor.send({ headers: { 'X-Forwarded-Proto': 'https' } });
      expect(again.echo?.headers.cookie).not.toContain('serving-replica');
      expect(visitor.received.join()).not.toContain('Secure');
    }));

  test('limit the cookies to TLS that a trusted proxy terminates', () =>
    inLab(async (lab) => {
      await replicas(lab, 'split-v1', 'split-v2');
      const guards = { trustedProxies: ['127.0.0.0/8'] };
      const router = await lab.route(await lab.render(planOf({ weights: [1, 1] }), 1, guards));
      const [encrypted, plain] = [new Visitor(router), new Visitor(router)];
      await encrypted.send({ headers: { 'X-Forwarded-Proto': 'https' } });
      await plain.send({ headers: { 'X-Forwarded-Proto': 'http' } });
      expect(encrypted.received).toHaveLength(2);
      for (const line of encrypted.received) expect(line).toMatch(/; Secure$/);
      for (const line of plain.received) expect(line).not.toContain('Secure');
    }));

  test('do not let a cookie choose anything else than a backend with a share, or a ready replica of it', () =>
    inLab(async (lab) => {
      const plan = planOf({ weights: [1, 2, 0] });
      const [first] = await replicas(lab, 'split-v1', 'split-v2', 'split-v3');
      const router = await lab.route(await lab.render(plan));
      const owner = new Visitor(router);
      await owner.send({ headers: { 'x-serving-backend': 'v3' } });
      const [hash = ''] = [...owner.cookies.values()];
      expect([...owner.cookies.keys()]).toEqual(['serving-replica-split-v3']);
      const values = [
        ...['split-v3', '_counters', '_sources', 'split', '', '~3600', 'split-v1|', 'split-v1 ', 'SPLIT-V1', '%5bx'],
        ...['split-v3; serving-backend-split=split-v3', `"split-v1"`, 'x'.repeat(20_000), '\\1', '%[var(txn.route)]'],
      ].map((value) => `a=b; serving-backend-split=${value}`);
      const addresses = [hash, `${first?.address}:8000`, '0', 'pod1', '../../x', '|aw5rZ', 'x'.repeat(5000)].flatMap(
        (value) => ['v1', 'v2', 'v3'].map((name) => `serving-replica-split-${name}=${value}; x=y`),
      );
      const replies: Reply[] = [];
      for (const cookie of [...values, ...addresses]) replies.push(await router.send({ headers: { cookie } }));
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
      expect([count('split-v1', replies), count('split-v2', replies)]).toEqual([12, 24]);
      const control = [];
      for (let index = 0; index < 6; index++)
        control.push(await router.send({ headers: { cookie: 'a=b;serving-backend-split=split-v1; c=d' } }));
      expect(poolsOf(control)).toEqual(['split-v1']);
    }));

  test('of one endpoint do not affect another', () =>
    inLab(async (lab) => {
      const platform = routerPlatform();
      for (const id of ['a', 'a-b']) {
        const endpoint = endpointOn(platform, id, { path: `/${id}` });
        for (const name of ['v1', 'v2']) endpoint.addBackend(name, backendOptions());
        endpoint.splitTraffic(HOUR);
      }
      const pools = ['a-v1', 'a-v2', 'a-b-v1', 'a-b-v2'];
      for (const pool of pools) await lab.add(pool, 1);
      lab.announce();
      const router = await lab.route(await lab.render(platform.plan()));
      const chosen = new Set<string>();
      for (let client = 0; client < 4; client++) {
        const visitor = new Visitor(router);
        if (client % 2 === 1) await router.send({ path: '/a' });
        for (const path of ['/a', '/a-b']) chosen.add(`${(await visitor.send({ path })).echo?.pool}`);
        for (const [name, pool] of [...visitor.cookies]) {
          const path = name.replace('serving-backend-', '/');
          for (let index = 0; index < 3; index++) expect((await visitor.send({ path })).echo?.pool).toBe(pool);
        }
      }
      expect([...chosen].sort()).toEqual([...pools].sort());
    }));

  test('keep the replica of a WebSocket', () =>
    inLab(async (lab) => {
      const platform = routerPlatform();
      const streaming = {
        maxDuration: Duration.minutes(5),
        heartbeat: Duration.seconds(20),
        protocol: StreamProtocol.WEB_SOCKET,
      };
      const endpoint = endpointOn(platform, 'socket', { path: '/', streaming });
      const server = ModelServer.asgi({ app: 'app' });
      for (const name of ['v1', 'v2']) endpoint.addBackend(name, backendOptions({ server, replicas: 2, ...HOUR }));
      endpoint.splitTraffic(HOUR);
      const all = await replicas(lab, 'socket-v1', 'socket-v2');
      const router = await lab.route(await lab.render(platform.plan()));
      const visitor = new Visitor(router);
      const { echo } = await visitor.send();
      const before = all.map(({ connections }) => connections);
      for (let index = 0; index < 4; index++) {
        const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        expect(await upgrade(router, cookie)).toMatch(/^HTTP\/1\.1 101 [\s\S]*set-cookie: serving-backend-socket=/);
      }
      const grown = all.filter(({ connections }, index) => connections > (before[index] as number));
      expect(grown.map(({ address }) => address)).toEqual([echo?.replica]);
    }));

  test('end without a lost request when a replica leaves, a weight becomes 0, a backend is removed, or they are turned off', () =>
    inLab(async (lab) => {
      const before = await lab.render(planOf({ weights: [1, 1] }));
      const after = {
        weight: await lab.render(planOf({ weights: [1, 0] })),
        removed: await lab.render(planOf({ weights: [1] })),
        off: await lab.render(planOf({ weights: [1, 1], split: {}, backend: {} })),
      };
      await replicas(lab, 'split-v1', 'split-v2');
      const router = await lab.route(before);
      const leaving = (lab.pools.get('split-v1') as Replica[])[0] as Replica;
      const clients = await visitors(router, 12);
      const kept = () => clients.filter(({ cookies }) => cookies.get('serving-backend-split') === 'split-v2').length;
      expect(kept()).toBe(6);
      // The same configuration, but clients keep a replica that does not answer.
      const forced = await lab.route(
        replaced(await lab.render(planOf({ weights: [1, 1] })), [
          [/^ {2}option redispatch 1\n/m, ''],
          [/^ {2}dynamic-cookie-key .*$/gm, '$&\n  option persist'],
        ]),
      );
      const controls = await visitors(forced, 8);

      await leaving.drop();
      expect(await statusesAt(forced, controls)).toContain(503);
      expect(await statusesAt(router, clients)).toEqual([200]);
      lab.remove('split-v1', [leaving]);
      lab.announce();
      expect(await statusesAt(router, clients)).toEqual([200]);
      expect(kept()).toBe(6);

      const { 'split-v2': _other, ...rest } = { 'split-v1': 1, 'split-v2': 2 };
      const off = await lab.route(after.off);
      expect(await statusesAt(off, clients)).toEqual([200]);
      expect(kept()).toBe(6);
      for (const config of [after.weight, after.removed]) {
        const next = await lab.route(config, rest);
        for (const visitor of clients) {
          visitor.router = next;
          expect(poolsOf(await sends(visitor, 3))).toEqual(['split-v1']);
        }
      }
      expect(await statusesAt(await lab.route(await lab.render(planOf({ weights: [1, 1] }))), clients)).toEqual([200]);
    }));

  test('fall back if no replica of the backend is ready', () =>
    inLab(async (lab) => {
      const plan = planOf({ weights: [1, 1] });
      await replicas(lab, 'split-v1', 'split-v2');
      const ours = await lab.render(plan);
      // The same configuration without the condition, and with persistence to servers that are down.
      const control = replaced(await lab.render(plan), [
        [/(strcmp\(txn[.]kept\) eq 0 [}]) [{] [^}]*nbsrv gt 0 [}]/g, '$1'],
      ]);
      const routers = { ours: await lab.route(ours), control: await lab.route(control) };
      const clients = await visitors(routers.ours, 8);
      const gone = lab.pools.get('split-v2') as Replica[];
      lab.remove('split-v2', gone);
      lab.hide('split-v2');
      await Promise.all(gone.map((replica) => replica.drop()));
      for (const router of Object.values(routers)) await router.untilServers('split-v2', 0);
      expect(await statusesAt(routers.control, clients.slice(0, 4))).toContain(503);
      expect(await statusesAt(routers.ours, clients)).toEqual([200]);
      for (const visitor of clients) expect(visitor.cookies.get('serving-backend-split')).toBe('split-v1');
    }));
});

function replaced(config: RenderedRouter, changes: readonly (readonly [RegExp, string])[]): RenderedRouter {
  const text = changes.reduce((current, [from, to]) => current.replace(from, to), config.text);
  expect(text).not.toBe(config.text);
  return { ...config, text };
}

/** Upgrades a connection to WebSocket and closes it after the head of the response. */
function upgrade(router: RouterProcess, cookie: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(router.port, router.address, () => {
      const handshake = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: ${KEY}\r\nCookie: ${cookie}`;
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${handshake}\r\n\r\n`);
    });
    let seen = '';
    socket.on('error', reject);
    socket.on('data', (data) => {
      seen += data;
      if (seen.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(seen));
  });
}
