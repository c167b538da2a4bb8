import type { Backend } from '../../src/constructs/backend';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { backendOptions, endpointOn } from '../support/definitions';
import { sendMany, sleep, Traffic } from './support/load';
import type { Replica } from './support/replica';
import type { RouterLab } from './support/router-lab';
import { inLab, measurements, routerPlatform } from './support/router-tests';

const note = measurements();

/** A router of an endpoint with two backends of equal share, and one with a changed configuration. */
async function twoRouters(lab: RouterLab, replicas: number, change: (text: string) => string, findsAll = true) {
  const platform = routerPlatform();
  const endpoint = endpointOn(platform);
  endpoint.addBackend('v1', backendOptions({ replicas }));
  endpoint.addBackend('v2', backendOptions());
  await lab.add('endpoint-v1', replicas);
  await lab.add('endpoint-v2', 1);
  lab.announce();
  const control = await lab.render(platform.plan());
  const changed = change(control.text);
  expect(changed).not.toBe(control.text);
  return {
    ours: await lab.route(await lab.render(platform.plan())),
    control: await lab.route(
      { ...control, text: changed },
      { ...(findsAll && { 'endpoint-v1': replicas }), 'endpoint-v2': 1 },
    ),
  };
}

/** Sends requests to both routers while something happens. */
async function during(routers: Awaited<ReturnType<typeof twoRouters>>, what: string, body: () => Promise<void>) {
  const [ours, control] = [new Traffic(() => routers.ours), new Traffic(() => routers.control)];
  await body();
  const tallies = { ours: await ours.stop(), control: await control.stop() };
  note(what, tallies.ours);
  note('  control', tallies.control);
  return tallies;
}

describe('a router and the DNS of the cluster', () => {
  test('finds more replicas than a plain DNS response can contain', () =>
    inLab(async (lab) => {
      const change = (text: string) => text.replace('  accepted_payload_size 65535\n', '');
      const { ours, control } = await twoRouters(lab, 20, change, false);
      const tally = await sendMany(ours, 400);
      // HAProxy releases differ for truncated responses: some ignore them, some use the remaining records.
      const found = await control.servers('endpoint-v1');
      expect(found).toBeLessThan(10);
      note(`20 replicas, of which a control without accepted_payload_size finds ${found}`, tally);
      expect(lab.dns.truncated).toBeGreaterThan(0);
      expect(tally.of(lab.pools.get('endpoint-v1') as Replica[])).toEqual(Array(20).fill(10));
    }));

  test('loses nothing when a backend is scaled to zero and back', () =>
    inLab(async (lab) => {
      const routers = await twoRouters(lab, 2, (text) => text.replace('hold nx 1s', 'hold nx 30s'));
      const old = lab.pools.get('endpoint-v1') as Replica[];
      const { ours, control } = await during(routers, 'scale to zero and back, control with hold nx 30s', async () => {
        await sleep(500);
        lab.remove('endpoint-v1', old);
        lab.announce();
        await sleep(routerProfile(0).propagationSeconds * 1000);
        await Promise.all(old.map((replica) => replica.drain()));
        await sleep(1000);
        expect(await routers.ours.servers('endpoint-v1')).toBe(0);
        await lab.add('endpoint-v1', 2);
        lab.announce();
        await routers.ours.untilServers('endpoint-v1', 2, 5);
        await sleep(500);
      });
      expect(ours.lost).toBe(0);
      expect(control.lost).toBeGreaterThan(0);
    }));

  test('loses nothing while the DNS does not respond, or refuses queries', async () => {
    const outage = (mode: 'silent' | 'refuse') =>
      inLab(async (lab) => {
        const routers = await twoRouters(lab, 2, (text) => text.replace(/24h/g, '1s'));
        const { ours, control } = await during(routers, `7 s of ${mode} DNS, control with hold 1s`, async () => {
          lab.dns.mode = mode;
          await sleep(7000);
          lab.dns.mode = 'answer';
          await sleep(1500);
        });
        expect(ours.lost).toBe(0);
        expect(control.lost).toBeGreaterThan(0);
      });
    await Promise.all([outage('silent'), outage('refuse')]);
  });

  test('moves the share of a backend without a ready replica to the next, and back', () =>
    inLab(async (lab) => {
      const platform = routerPlatform();
      const endpoint = endpointOn(platform);
      const backends = ['a', 'b', 'c', 'dark'].map((id) => endpoint.addBackend(id, backendOptions()));
      const shares = [5, 3, 2].map((weight, index) => ({ backend: backends[index] as Backend, weight }));
      endpoint.splitTraffic({ shares });
      for (const { slug } of platform.plan().backends) await lab.add(slug, 1);
      lab.announce();
      const router = await lab.route(await lab.render(platform.plan()));
      const without = async (...gone: string[]) => {
        for (const slug of gone) lab.hide(slug);
        for (const slug of gone) await router.untilServers(slug, 0);
        const tally = await sendMany(router, 1000);
        lab.announce(...gone);
        for (const slug of gone) await router.untilServers(slug, 1);
        note(`5 : 3 : 2 without ${gone.join(' and ') || 'any loss'}`, tally);
        return tally.pools;
      };
      expect(await without()).toEqual({ 'endpoint-a': 500, 'endpoint-b': 300, 'endpoint-c': 200 });
      expect(await without('endpoint-a')).toEqual({ 'endpoint-b': 800, 'endpoint-c': 200 });
      expect(await without('endpoint-c')).toEqual({ 'endpoint-a': 700, 'endpoint-b': 300 });
      expect(await without('endpoint-a', 'endpoint-b')).toEqual({ 'endpoint-c': 1000 });
      lab.hide('endpoint-dark');
      await router.untilServers('endpoint-dark', 0);
      expect((await router.send({ headers: { 'x-serving-backend': 'dark' } })).status).toBe(503);
    }));

  test('uses the Service of a backend while DNS lists none of its replicas', () =>
    inLab(async (lab) => {
      const routers = await twoRouters(lab, 2, (text) => text.replace(/^.*set-var\(txn\.service\).*\n/m, ''));
      const service = await lab.serve('endpoint-v1');
      const { ours, control } = await during(routers, 'no replica in DNS, control without the Service', async () => {
        for (const pool of ['endpoint-v1', 'endpoint-v2']) lab.hide(pool);
        for (const pool of ['endpoint-v1', 'endpoint-v2']) await routers.ours.untilServers(pool, 0);
        await sleep(1000);
        lab.announce();
        for (const pool of ['endpoint-v1', 'endpoint-v2'])
          await routers.ours.untilServers(pool, pool.endsWith('1') ? 2 : 1);
      });
      expect(ours.lost).toBe(0);
      expect(service.requests).toBeGreaterThan(0);
      expect(ours.replicas[service.address]).toBe(service.requests);
      expect(control.lost).toBeGreaterThan(0);
    }));

  test('limits the concurrency of the Service of a backend too, and answers 503 without replicas', () =>
    inLab(async (lab) => {
      const platform = routerPlatform();
      const at = (path: string, maxConcurrency?: number) =>
        endpointOn(platform, path.slice(1), { path }).addBackend('v1', backendOptions({ maxConcurrency }));
      at('/limited', 3);
      at('/none');
      const service = await lab.serve('limited-v1', { delay: 20 });
      const router = await lab.route(await lab.render(platform.plan()));
      await router.untilServers('limited-v1', 0);
      const tally = await sendMany(router, 60, { path: '/limited' }, 20);
      expect(tally.lost).toBe(0);
      expect(service.busiest).toBe(3);
      expect((await router.send({ path: '/none' })).status).toBe(503);
    }));
});
