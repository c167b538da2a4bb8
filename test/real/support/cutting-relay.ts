import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A relay that cuts connections: the one that carries the byte of a cut is closed. */
export class CuttingRelay {
  /** Starts a relay in front of `host:port`. */
  public static async start(target: string): Promise<CuttingRelay> {
    const relay = new CuttingRelay(target);
    await once(relay.server.listen(0, '127.0.0.1'), 'listening');
    return relay;
  }

  /** How many connections were cut. */
  public cuts = 0;
  /** The bytes that were relayed, in both directions. */
  public carried = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private pending: number[] = [];

  private constructor(private readonly target: string) {
    this.server = createServer((client) => this.join(client));
  }

  /** `127.0.0.1:<port>`. */
  public get host(): string {
    const { port } = this.server.address() as { port: number };
    return `127.0.0.1:${port}`;
  }

  /** Cuts after each of these numbers of further bytes. */
  public cutAfter(...bytes: readonly number[]): void {
    this.pending = bytes.map((count) => this.carried + Math.round(count)).sort((a, b) => a - b);
  }

  public stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(client: Socket): void {
    const [host, port] = this.target.split(':');
    const upstream = connect({ host, port: Number(port) });
    const pair = [client, upstream] as const;
    const cut = () => {
      this.cuts++;
      // Alternates between a reset, and an end before the declared length.
      for (const socket of pair) this.cuts % 2 === 1 ? socket.resetAndDestroy() : socket.destroy();
    };
    for (const [from, to] of [pair, [upstream, client] as const]) {
      this.sockets.add(from);
      from.on('data', (data) => {
        this.carried += data.length;
        if (this.pending[0] !== undefined && this.carried >= this.pending[0]) {
          this.pending.shift();
          cut();
        } else if (!to.write(data)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        // Bytes received before are sent first.
        to.end();
      });
    }
  }
}
