/** A server behind a proxy, both as a ladder says, under load. */
import type { Ask } from '../support/client';
import { sendWaves, sleep, type Tally, Traffic } from '../support/load';
import { Loopback } from '../support/loopback';
import type { Upstream } from '../support/proxy-process';
import { Relay } from '../support/relay';
import { ServerProcess } from '../support/server-process';
import { type Ladder, PORT } from './ladder';
import { type ProxyKind, type ProxyOptions, startFront } from './proxies';

const CLIENTS = 32;

/** How much later everything arrives between proxy and server, in milliseconds. */
const DELAY_MS = 80;

/** Runs something that starts processes, and ends these whatever comes of it. */
async function withCleanUp<T>(run: (later: (end: () => Promise<void>) => void) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  try {
    return await run((end) => ends.unshift(end));
  } finally {
    for (const end of ends) await end();
  }
}

/** Requests of 50 to 500 ms, and one of thirty that takes nearly as long as one may. */
function someRequest(longest: number): Ask {
  const seconds = Math.random() < 1 / 30 ? 0.85 * longest : 0.05 + 0.45 * Math.random();
  return { method: 'POST', path: `/?seconds=${seconds.toFixed(3)}` };
}

/**
 * A rolling update under load: new replicas first, then the proxy hears, after its lag, that the old ones go, while each
 * of these is ended as the ladder says.
 */
export function rollOut(
  kind: ProxyKind,
  ladder: Ladder,
  options: ProxyOptions & { lag?: number } = {},
): Promise<Tally> {
  const { lag = kind.lag } = options;
  return withCleanUp(async (later) => {
    const network = new Loopback();
    const replicas = () =>
      Promise.all(
        Array.from({ length: ladder.backend.intent.replicas }, async () => {
          const server = await ServerProcess.start(ladder.start, network.next());
          later(() => server.dispose());
          return server;
        }),
      );
    const at = (servers: ServerProcess[]) => servers.map(({ address }) => ({ address, port: PORT }));
    const old = await replicas();
    const proxy = await kind.start(ladder, network, kind.reloads ? { ...options, clientIdle: 0 } : options);
    later(() => proxy.stop());
    await proxy.route(at(old));
    const traffic = new Traffic(
      () => proxy,
      () => someRequest(ladder.backend.times.requestTimeout),
      CLIENTS,
    );
    const [next] = await Promise.all([replicas(), sleep(2000)]);
    await proxy.route(at([...old, ...next]));
    await sleep(1000);
    const told = sleep(lag * 1000).then(() => proxy.route(at(next)));
    const ended = old.map(async (server) => {
      await sleep(ladder.ending.wait * 1000);
      await server.stop(ladder.ending.kill);
    });
    await Promise.all([told, ...ended]);
    await sleep(1000);
    return traffic.stop();
  });
}

/**
 * Waves of requests over kept connections with these pauses, in milliseconds. A stretch of network lies before the server,
 * or between two proxies where the ladder has two.
 */
export function raceKeepAlive(
  kind: ProxyKind,
  ladder: Ladder,
  pauses: readonly number[],
  options: ProxyOptions = {},
): Promise<Tally> {
  return withCleanUp(async (later) => {
    const network = new Loopback();
    const stretch = async (to: Upstream): Promise<Upstream> => {
      const from = { address: network.next(), port: PORT };
      const relay = await Relay.start(from, to, DELAY_MS);
      later(() => relay.close());
      return from;
    };
    const server = await ServerProcess.start(ladder.start, network.next());
    later(() => server.dispose());
    const front = await startFront(ladder, network);
    later(async () => front?.stop());
    const proxy = await kind.start(ladder, network, options);
    later(() => proxy.stop());
    const near = { address: server.address, port: PORT };
    await proxy.route([front === undefined ? await stretch(near) : near]);
    await front?.route([await stretch(proxy)]);
    return sendWaves(front ?? proxy, pauses, { method: 'POST', path: '/?seconds=0.05' }, CLIENTS);
  });
}
