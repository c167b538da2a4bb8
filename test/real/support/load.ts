import { Agent } from 'node:http';
import type { Ask, Reply, Sender } from './client';
import type { Replica } from './replica';

/** The results of many requests. */
export class Tally {
  public total = 0;
  /** The requests without a response, or with an error from the router. */
  public lost = 0;
  public readonly pools: Record<string, number> = {};
  public readonly replicas: Record<string, number> = {};
  public readonly statuses: Record<string, number> = {};
  /** The errors of the lost requests. */
  public readonly losses: Record<string, number> = {};

  public count(reply: Reply): void {
    this.total++;
    if (reply.status === 0 || reply.status >= 500) {
      this.lost++;
      const loss = reply.status === 0 ? reply.body : `${reply.status} ${reply.body.slice(0, 120)}`;
      this.losses[loss] = (this.losses[loss] ?? 0) + 1;
    }
    this.statuses[reply.status] = (this.statuses[reply.status] ?? 0) + 1;
    if (reply.echo === undefined) return;
    this.pools[reply.echo.pool] = (this.pools[reply.echo.pool] ?? 0) + 1;
    this.replicas[reply.echo.replica] = (this.replicas[reply.echo.replica] ?? 0) + 1;
  }

  /** The counts of the replicas of a pool, in start order. */
  public of(replicas: readonly Replica[]): number[] {
    return replicas.map((replica) => this.replicas[replica.address] ?? 0);
  }
}

/** Sends `count` requests over `clients` keep-alive connections. */
export async function sendMany(router: Sender, count: number, ask: Ask = {}, clients = 16): Promise<Tally> {
  let left = count;
  const tally = new Tally();
  const one = () =>
    sendEach(
      tally,
      () => ask,
      () => router,
      () => left-- > 0,
    );
  await Promise.all(Array.from({ length: clients }, one));
  return tally;
}

/**
 * Sends a request over each of `clients` keep-alive connections concurrently, waits for all responses, pauses, and repeats:
 * at the start of a pause, all these connections to the server become idle together.
 */
export async function sendWaves(router: Sender, pauses: readonly number[], ask: Ask, clients: number): Promise<Tally> {
  const tally = new Tally();
  const connections = Array.from({ length: clients }, () => new Connection(() => router));
  for (const pause of [...pauses, 0]) {
    const replies = await Promise.all(connections.map((connection) => connection.send(ask)));
    for (const reply of replies) tally.count(reply);
    await sleep(pause);
  }
  for (const connection of connections) connection.close();
  return tally;
}

/** Clients that send one request after another over keep-alive connections until they are stopped. */
export class Traffic {
  private readonly tally = new Tally();
  private readonly clients: Promise<void>[];
  private running = true;

  /** `router` is called for each new connection; `ask`, if it is a function, for each request. */
  constructor(router: () => Sender, ask: Ask | (() => Ask) = {}, clients = 4) {
    const each = typeof ask === 'function' ? ask : () => ask;
    this.clients = Array.from({ length: clients }, () => sendEach(this.tally, each, router, () => this.running));
  }

  public async stop(): Promise<Tally> {
    this.running = false;
    await Promise.all(this.clients);
    return this.tally;
  }
}

async function sendEach(tally: Tally, ask: () => Ask, router: () => Sender, isRunning: () => boolean): Promise<void> {
  const connection = new Connection(router);
  while (isRunning()) tally.count(await connection.send(ask()));
  connection.close();
}

/** A keep-alive connection. After the server closed it, or announced that, the next one goes to the current target. */
class Connection {
  private agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private to: Sender;

  constructor(private readonly router: () => Sender) {
    this.to = router();
  }

  public async send(ask: Ask): Promise<Reply> {
    const reply = await this.to.send({ ...ask, agent: this.agent });
    if (reply.status !== 0 && reply.headers.connection !== 'close') return reply;
    this.close();
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.to = this.router();
    return reply;
  }

  public close(): void {
    this.agent.destroy();
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
