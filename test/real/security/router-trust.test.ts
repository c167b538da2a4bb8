import { connect, type Socket } from 'node:net';
import { sleep } from '../support/load';
import type { RouterProcess } from '../support/router-process';
import { measurements } from '../support/router-tests';
import { get } from './router/attack';
import { DISGUISED } from './router/attacks/headers';
import { AttackLab, VERSIONS } from './router/lab';
import { sendRaw } from './router/raw-client';

const note = measurements();
const [PROXY, STRANGER] = ['127.0.1.7', '127.0.2.7'];
const LIMIT = 5;

/** Opens connections that send nothing, and counts those that are still open after a moment. */
async function held(router: RouterProcess, from: string, count: number): Promise<number> {
  const open = new Set<Socket>();
  for (let index = 0; index < count; index++) {
    const socket = connect({ host: router.address, port: router.port, localAddress: from });
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  }
  await sleep(500);
  const { size } = open;
  for (const socket of open) socket.destroy();
  return size;
}

describe.each(Object.entries(VERSIONS))('HAProxy %s', (version, program) => {
  let lab: AttackLab;
  let router: RouterProcess;

  beforeAll(async () => {
    lab = await AttackLab.start();
    router = await lab.route(program(), { trustedProxies: ['127.0.1.0/24', '::1'], maxConnectionsPerSource: LIMIT });
  });
  afterAll(() => lab?.dispose());

  /** A counter of the router's metrics. */
  const counted = async (name: string) => {
    const { body } = await router.admin('/metrics');
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')[1],
    );
  };

  const sent = get(
    '/echo',
    'X-Forwarded-For: 192.0.2.1',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: models.example.com',
    'X-Forwarded-Port: 443',
    'X-Real-IP: 192.0.2.1',
    'Forwarded: for=192.0.2.1',
    'X_Forwarded_For: 6.6.6.6',
    'Connection: X-Forwarded-For',
    'Upgrade: h2c',
  );
  const headersFrom = async (from: string) => {
    const { arrivals } = await lab.attack(router, { name: '', send: sent, status: 200, arrives: [] }, from);
    return arrivals[0]?.headers.filter(([name]) => /forwarded|real|upgrade|connection/.test(name)) ?? [];
  };

  test('forwards the headers of a trusted proxy, and appends its address', async () => {
    expect(new Set(await headersFrom(PROXY))).toEqual(
      new Set([
        ['x-forwarded-for', '192.0.2.1'],
        ['x-forwarded-for', PROXY],
        ['x-forwarded-proto', 'https'],
        ['x-forwarded-host', 'models.example.com'],
        ['x-forwarded-port', '443'],
        ['x-real-ip', '192.0.2.1'],
        ['forwarded', 'for=192.0.2.1'],
      ]),
    );
  });

  test('replaces the headers of other clients', async () => {
    expect(new Set(await headersFrom(STRANGER))).toEqual(
      new Set([
        ['x-forwarded-for', STRANGER],
        ['x-forwarded-proto', 'http'],
        ['x-forwarded-host', 'any.example'],
        ['x-forwarded-port', '80'],
      ]),
    );
  });

  test('forwards names with underscores if enabled, but none that looks like one of its own headers', async () => {
    const open = await lab.route(program(), { trustedProxies: ['127.0.1.0/24'], underscoresInHeaders: true });
    const send = get('/echo', 'X_Model: m', ...DISGUISED);
    const namesFrom = async (from: string) => {
      const { arrivals } = await lab.attack(open, { name: '', send, status: 200, arrives: [] }, from);
      return arrivals[0]?.headers.map(([name]) => name).filter((name) => name.includes('_'));
    };
    expect(await namesFrom(STRANGER)).toEqual(['x_model']);
    expect(await namesFrom(PROXY)).toEqual(['x_model']);
    await open.stop('SIGKILL');
  });

  test('limits the connections of one address, except those of a trusted proxy', async () => {
    expect(await held(router, STRANGER, 3 * LIMIT)).toBe(LIMIT);
    expect(await held(router, PROXY, 3 * LIMIT)).toBe(3 * LIMIT);
    expect(await held(router, '127.0.2.8', LIMIT)).toBe(LIMIT);
    expect(await counted('haproxy_frontend_denied_connections_total{proxy="_router"}')).toBe(2 * LIMIT);
    // Closed connections no longer count.
    await sleep(200);
    expect(
      await sendRaw({ address: router.address, port: router.port, from: STRANGER }, { send: get('/echo') }),
    ).toEqual([200]);
  });

  test('counts the requests that it rejects', async () => {
    const answered = 'haproxy_frontend_http_responses_total{proxy="_router",code="4xx"}';
    const before = await counted(answered);
    await sendRaw({ address: router.address, port: router.port, from: STRANGER }, { send: get('/a/../b') });
    expect(await counted(answered)).toBe(before + 1);
  });

  test('does not wait for a header for longer than ten seconds', async () => {
    const started = Date.now();
    const received = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect({ host: router.address, port: router.port, localAddress: STRANGER }, () =>
        socket.write('GET /echo HTTP/1.1\r\nHost: x\r\n'),
      );
      const drip = setInterval(() => socket.write('X-A: b\r\n'), 1000);
      socket.on('data', (data) => {
        text += data;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(drip);
        resolve(text);
      });
    });
    const seconds = (Date.now() - started) / 1000;
    note(`headers one by one on ${version}`, `${received.slice(9, 12)} after ${seconds.toFixed(1)} s`);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(14);
  });
});
