import { Agent } from 'node:http';
import type { Backend } from '../../src/constructs/backend';
import { OwnAddress } from '../../src/plan/choices';
import { backendOptions, endpointOn } from '../support/definitions';
import { sleep, Traffic } from './support/load';
import type { Replica } from './support/replica';
import type { RouterLab } from './support/router-lab';
import { inLab, measurements, routerPlatform } from './support/router-tests';

const note = measurements();
const delay = () => 20 + Math.random() * 180;

/** The DNS cache time of the cluster in these tests. */
const DNS_TTL = 1;

/** Replaces the replicas of a pool like a rollout: starts new ones, then removes the old ones from DNS and stops them. */
async function replace(lab: RouterLab, pool: string, preStop: number, end: (replica: Replica) => Promise<void>) {
  const old = lab.pools.get(pool) as Replica[];
  await lab.add(pool, old.length, { delay });
  lab.announce(pool);
  await sleep(2500);
  lab.remove(pool, old);
  lab.announce(pool);
  await sleep(preStop * 1000);
  await Promise.all(old.map(end));
}

describe('a rollout', () => {
  test('of servers in the rendered order loses nothing', () =>
    inLab(async (lab) => {
      const platform = routerPlatform(DNS_TTL);
      const endpoint = endpointOn(platform);
      const ids = ['v1', 'control'];
      const backends = ids.map((id) =>
        endpoint.addBackend(id, backendOptions({ replicas: 3, ownAddress: OwnAddress.PATH })),
      );
      for (const { slug } of platform.plan().backends) await lab.add(slug, 3, { delay });
      lab.announce();
      const router = await lab.route(await lab.render(platform.plan()));
      const { preStop } = platform.plan().backend((backends[0] as Backend).node.path).times;
      const traffic = ids.map((id) => new Traffic(() => router, { path: `/_b/${id}`, method: 'POST' }, 20));
      for (let round = 0; round < 2; round++) {
        await Promise.all([
          replace(lab, 'endpoint-v1', preStop, (replica) => replica.drain()),
          replace(lab, 'endpoint-control', 0, (replica) => replica.drop()),
        ]);
      }
      const [ours, control] = await Promise.all(traffic.map((clients) => clients.stop()));
      if (ours === undefined || control === undefined) throw new Error('there are two');
      note(`two rollouts of 3 replicas, preStop ${preStop} s`, ours);
      note('  control without preStop and drain', control);
      expect(ours.lost).toBe(0);
      expect(control.lost).toBeGreaterThan(0);
    }, DNS_TTL));

  test.each(['SIGUSR1', 'SIGTERM'] as const)('of the router, stopped with %s', (signal) =>
    inLab(async (lab) => {
      const platform = routerPlatform();
      endpointOn(platform).addBackend('v1', backendOptions({ replicas: 2 }));
      await lab.add('endpoint-v1', 2, { delay });
      lab.announce();
      const old = await lab.route(await lab.render(platform.plan()));
      const next = await lab.route(await lab.render(platform.plan()));
      const idle = new Agent({ keepAlive: true, maxSockets: 1 });
      await old.send({ agent: idle });
      let current = old;
      const traffic = new Traffic(() => current, { method: 'POST' }, 20);
      await sleep(1000);
      // Every node has learned this when the router's wait before the signal is over.
      current = next;
      const ended = old.stop(signal);
      await sleep(1000);
      const last = await old.send({ agent: idle });
      idle.destroy();
      const { code } = await ended;
      const tally = await traffic.stop();
      note(`router ended by ${signal}`, tally);
      if (signal === 'SIGUSR1') {
        expect(tally.lost).toBe(0);
        expect([last.status, last.headers.connection, code]).toEqual([200, 'close', 0]);
      } else {
        expect(tally.lost).toBeGreaterThan(0);
      }
    }));
});
