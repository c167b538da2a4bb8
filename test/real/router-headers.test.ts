import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { backendOptions, endpointOn } from '../support/definitions';
import { sleep } from './support/load';
import { RouterLab } from './support/router-lab';
import type { RouterProcess } from './support/router-process';
import { measurements, routerPlatform } from './support/router-tests';

const note = measurements();

/** The size of the heads of slow clients, in bytes. */
const HEAD = 60 * 1024;
const CLIENTS = 800;

describe('the head of a request', () => {
  let lab: RouterLab;
  let router: RouterProcess;

  beforeAll(async () => {
    lab = await RouterLab.start();
    const platform = routerPlatform();
    endpointOn(platform, 'plain').addBackend('v1', backendOptions());
    await lab.add('plain-v1', 1);
    lab.announce();
    router = await lab.route(await lab.render(platform.plan()));
  });
  afterAll(() => lab?.dispose());

  const headers = (kib: number) =>
    Object.fromEntries(Array.from({ length: kib }, (_, index) => [`x-${index}`, 'v'.repeat(1024 - 10)]));

  test.each([1, 15, 40, 60])('passes with %i KiB of headers', async (kib) => {
    const { status, echo } = await router.send({ headers: headers(kib) });
    expect(status).toBe(200);
    expect(Object.keys(echo?.headers ?? {}).filter((name) => /^x-\d+$/.test(name))).toHaveLength(kib);
  });

  const short = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'v']));

  test.each([96, 101, 102, 250, 480])('passes with %i headers', async (count) => {
    const { status, echo } = await router.send({ headers: short(count) });
    expect(status).toBe(200);
    expect(Object.keys(echo?.headers ?? {}).filter((name) => /^x-\d+$/.test(name))).toHaveLength(count);
  });

  test('is refused with more than 500 headers', async () => {
    expect((await router.send({ headers: short(501) })).status).toBe(400);
  });

  test('passes with a header of 60 KiB, and is refused above 64 KiB', async () => {
    expect((await router.send({ headers: { 'x-one': 'v'.repeat(60 * 1024) } })).status).toBe(200);
    expect((await router.send({ headers: headers(66) })).status).toBe(400);
  });

  test('holds one buffer until it is complete, which it then releases', async () => {
    const before = memory();
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => slowClient(router)));
    await sleep(1000);
    const perClient = (memory() - before) / CLIENTS;
    note(`${CLIENTS} incomplete heads of 60 KiB`, `${perClient.toFixed(1)} KiB each`);
    expect((await router.send()).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    expect(perClient).toBeGreaterThan(HEAD / 1024 / 2);
    expect(perClient).toBeLessThan((2 * (HEAD + 8 * 1024)) / 1024);
  });

  /** The resident memory of the router in KiB. */
  function memory(): number {
    const status = readFileSync(`/proc/${router.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  }
});

/** A client that sends most of a head, and then nothing. */
function slowClient({ address, port }: RouterProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port }, () => {
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'v'.repeat(HEAD)}`, () => resolve(socket));
    });
    socket.on('error', reject);
  });
}
