import { Agent } from 'node:http';
import type { Replica } from './replica';
import type { Ask, Reply, RouterProcess } from './router-process';

/** What became of many requests. */
export class Tally {
  public total = 0;
  /** The requests that got no answer or an error of the router's own. */
  public lost = 0;
  public readonly pools: Record<string, number> = {};
  public readonly replicas: Record<string, number> = {};
  public readonly statuses: Record<string, number> = {};

  public count(reply: Reply): void {
    this.total++;
    if (reply.status === 0 || reply.status >= 500) this.lost++;
    this.statuses[reply.status] = (this.statuses[reply.status] ?? 0) + 1;
    if (reply.echo === undefined) return;
    this.pools[reply.echo.pool] = (this.pools[reply.echo.pool] ?? 0) + 1;
    this.replicas[reply.echo.replica] = (this.replicas[reply.echo.replica] ?? 0) + 1;
  }

  /** The counts of the replicas of a pool, in the order of their start. */
  public of(replicas: readonly Replica[]): number[] {
    return replicas.map((replica) => this.replicas[replica.address] ?? 0);
  }
}

/** Sends `count` requests over `clients` kept connections. */
export async function sendMany(router: RouterProcess, count: number, ask: Ask = {}, clients = 16): Promise<Tally> {
  let left = count;
  const tally = new Tally();
  const one = () =>
    sendEach(
      tally,
      ask,
      () => router,
      () => left-- > 0,
    );
  await Promise.all(Array.from({ length: clients }, one));
  return tally;
}

/** Clients that send one request after another over kept connections until they are stopped. */
export class Traffic {
  private readonly tally = new Tally();
  private readonly clients: Promise<void>[];
  private running = true;

  /** `router` is asked for each new connection. */
  constructor(router: () => RouterProcess, ask: Ask = {}, clients = 4) {
    this.clients = Array.from({ length: clients }, () => sendEach(this.tally, ask, router, () => this.running));
  }

  public async stop(): Promise<Tally> {
    this.running = false;
    await Promise.all(this.clients);
    return this.tally;
  }
}

async function sendEach(tally: Tally, ask: Ask, router: () => RouterProcess, goOn: () => boolean): Promise<void> {
  let to = router();
  let agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (goOn()) {
    const reply = await to.send({ ...ask, agent });
    tally.count(reply);
    if (reply.status !== 0 && reply.headers.connection !== 'close') continue;
    agent.destroy();
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    to = router();
  }
  agent.destroy();
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
