import { Agent } from 'node:http';
import { App, Chart } from 'cdk8s';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway, GatewayProfile, KubernetesPlatform } from '../../src/kubernetes';
import { Duration } from '../../src/units/duration';
import { backendOptions } from '../support/definitions';
import type { Reply } from './support/client';
import { EnvoyProcess, type EnvoySettings } from './support/envoy-process';
import { envoySettingsOf } from './support/envoy-settings';
import { sleep } from './support/load';
import { freePort, Loopback } from './support/loopback';
import { Replica } from './support/replica';
import { Visitor } from './support/visitor';

const REPLICAS = 4;
const CLIENTS = 40;

/** What Envoy Gateway makes of a backend whose clients keep their replica, or not. */
function settingsOf(stickySession?: { readonly maxAge: Duration }): EnvoySettings {
  const chart = new Chart(new App(), 'serving');
  const gateway = Gateway.fromName('gateway', { profile: GatewayProfile.ENVOY_GATEWAY });
  new KubernetesPlatform(chart, 'Platform', { gateway });
  const backend = backendOptions({ replicas: REPLICAS, stickySession });
  new ServingEndpoint(chart, 'digits', { path: '/' }).addBackend('svm', backend);
  const settings = envoySettingsOf(chart.toJson());
  if (settings === undefined) throw new Error('there is no BackendTrafficPolicy');
  return settings;
}

const STICKY = settingsOf({ maxAge: Duration.hours(1) });

/** Servers, and proxies in front of all of them. */
class Lab {
  private readonly network = new Loopback();
  private readonly proxies: EnvoyProcess[] = [];

  public static async in<T>(body: (lab: Lab) => Promise<T>): Promise<T> {
    const lab = new Lab();
    try {
      for (let index = 0; index < REPLICAS; index++)
        lab.replicas.push(await Replica.start('digits-svm', lab.network.next()));
      return await body(lab);
    } finally {
      await Promise.all([
        ...lab.proxies.map((proxy) => proxy.stop()),
        ...lab.replicas.map((replica) => replica.drop()),
      ]);
    }
  }

  public readonly replicas: Replica[] = [];

  public async proxy(settings: EnvoySettings): Promise<EnvoyProcess> {
    const proxy = new EnvoyProcess(this.network.next(), await freePort(), settings);
    this.proxies.push(proxy);
    await proxy.route(upstreams(this.replicas));
    return proxy;
  }
}

const upstreams = (replicas: readonly Replica[]) => replicas.map(({ address }) => ({ address, port: 8000 }));

/** Clients have connections of their own: Envoy derives the cookie of a new client from the addresses of its connection. */
const CLOSING = new Agent({ keepAlive: false });

async function sends(visitor: Visitor, requests: number, agent = CLOSING): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let index = 0; index < requests; index++) replies.push(await visitor.send({ agent }));
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  return replies;
}

const replicasOf = (replies: readonly Reply[]) => [...new Set(replies.map(({ echo }) => echo?.replica))];

/** New clients, each with the replica that its first requests reached. */
async function arrive(proxy: EnvoyProcess): Promise<[Visitor, string | undefined][]> {
  const clients: [Visitor, string | undefined][] = [];
  for (let client = 0; client < CLIENTS; client++) {
    const visitor = new Visitor(proxy);
    const kept = replicasOf(await sends(visitor, 4));
    expect(kept).toHaveLength(1);
    clients.push([visitor, kept[0]]);
  }
  return clients;
}

describe('a sticky session behind Envoy', () => {
  test('keeps the replica of each client, at every Envoy, and gives new clients different ones', () =>
    Lab.in(async (lab) => {
      const [one, two] = [await lab.proxy(STICKY), await lab.proxy(STICKY)];
      const clients = await arrive(one);
      expect(new Set(clients.map(([, replica]) => replica)).size).toBe(REPLICAS);
      for (const [visitor, replica] of clients) {
        visitor.router = two;
        expect(replicasOf(await sends(visitor, 4))).toEqual([replica]);
      }
    }));

  test('is a cookie with the declared age that scripts cannot read, once for each client', () =>
    Lab.in(async (lab) => {
      const visitor = new Visitor(await lab.proxy(STICKY));
      await sends(visitor, 3);
      expect(visitor.received).toEqual([
        expect.stringMatching(/^serving-replica-digits-svm="?[0-9a-f]+"?; Max-Age=3600; HttpOnly$/),
      ]);
    }));

  test('is the same for clients of one connection, as behind a proxy that reuses connections', () =>
    Lab.in(async (lab) => {
      const proxy = await lab.proxy(STICKY);
      const shared = new Agent({ keepAlive: true, maxSockets: 1 });
      const replies: Reply[] = [];
      for (let client = 0; client < 10; client++) replies.push(...(await sends(new Visitor(proxy), 1, shared)));
      shared.destroy();
      expect(replicasOf(replies)).toHaveLength(1);
    }));

  test('is off by default', () =>
    Lab.in(async (lab) => {
      const visitor = new Visitor(await lab.proxy(settingsOf()));
      expect(replicasOf(await sends(visitor, 2 * REPLICAS))).toHaveLength(REPLICAS);
      expect(visitor.received).toEqual([]);
    }));

  test('moves the clients of a replica that leaves, and few others', () =>
    Lab.in(async (lab) => {
      const proxy = await lab.proxy(STICKY);
      const clients = await arrive(proxy);
      const [leaving, ...staying] = lab.replicas as [Replica, ...Replica[]];
      await proxy.route(upstreams(staying));
      const [mover] = clients.find(([, replica]) => replica === leaving.address) as [Visitor, string];
      // Until Envoy has read the file.
      while (replicasOf(await sends(mover, 1))[0] === leaving.address) await sleep(20);
      const others = clients.filter(([, replica]) => replica !== leaving.address);
      let kept = 0;
      for (const [visitor, replica] of clients) {
        const now = replicasOf(await sends(visitor, 3));
        expect(now).toHaveLength(1);
        expect(now).not.toContain(leaving.address);
        if (now[0] === replica) kept++;
      }
      expect(kept).toBeGreaterThan(0.8 * others.length);
    }));
});
