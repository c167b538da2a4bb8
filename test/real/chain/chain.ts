/** A server behind a proxy, both with the times of a ladder, under load. */
import type { Ask } from '../support/client';
import { sendWaves, sleep, type Tally, Traffic } from '../support/load';
import { Loopback } from '../support/loopback';
import type { Upstream } from '../support/proxy-process';
import { Relay } from '../support/relay';
import { ServerProcess } from '../support/server-process';
import { type Ladder, PORT } from './ladder';
import { type ProxyKind, type ProxyOptions, startFront } from './proxies';

const CLIENTS = 32;

/** The network delay between proxy and server, in milliseconds. */
const DELAY_MS = 80;

/** Runs a function that starts processes, and always stops them. */
async function withCleanUp<T>(run: (later: (end: () => Promise<void>) => void) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  try {
    return await run((end) => ends.unshift(end));
  } finally {
    for (const end of ends) await end();
  }
}

/** A request of 50 to 500 ms; one in thirty takes nearly as long as allowed. */
function someRequest(longest: number): Ask {
  const seconds = Math.random() < 1 / 30 ? 0.85 * longest : 0.05 + 0.45 * Math.random();
  return { method: 'POST', path: `/?seconds=${seconds.toFixed(3)}` };
}

/**
 * A rolling update under load. New replicas start first; then the proxy is notified, after its lag, that the old ones
 * are removed, while each of these is stopped with the times of the ladder.
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
    const rerouted = sleep(lag * 1000).then(() => proxy.route(at(next)));
    const ended = old.map(async (server) => {
      await sleep(ladder.ending.wait * 1000);
      await server.stop(ladder.ending.kill);
    });
    await Promise.all([rerouted, ...ended]);
    await sleep(1000);
    return traffic.stop();
  });
}

/**
 * Sends waves of requests over kept connections with these pauses, in milliseconds. A delayed network link is in front
 * of the server, or between the two proxies if the ladder has two.
 */
export function raceKeepAlive(
  kind: ProxyKind,
  ladder: Ladder,
  pauses: readonly number[],
  options: ProxyOptions = {},
): Promise<Tally> {
  return withCleanUp(async (later) => {
    const network = new Loopback();
    const delayed = async (to: Upstream): Promise<Upstream> => {
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
    await proxy.route([front === undefined ? await delayed(near) : near]);
    await front?.route([await delayed(proxy)]);
    return sendWaves(front ?? proxy, pauses, { method: 'POST', path: '/?seconds=0.05' }, CLIENTS);
  });
}
