import { createServer, type Server, Socket } from 'node:net';

/**
 * A stretch of network: everything that passes arrives so much later, data as well as the end and the reset of a
 * connection. Without it both sides of a loopback connection learn of its end at once.
 */
export class Relay {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  public static async start(
    from: { readonly address: string; readonly port: number },
    to: { readonly address: string; readonly port: number },
    delayMs: number,
  ): Promise<Relay> {
    const relay = new Relay(to, delayMs);
    await new Promise<void>((resolve, reject) => {
      relay.server.once('error', reject);
      relay.server.listen(from.port, from.address, resolve);
    });
    return relay;
  }

  private constructor(
    to: { readonly address: string; readonly port: number },
    private readonly delayMs: number,
  ) {
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      const far = new Socket({ allowHalfOpen: true });
      far.connect(to.port, to.address);
      far.setNoDelay();
      this.pass(near, far);
      this.pass(far, near);
    });
  }

  public async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private pass(from: Socket, to: Socket): void {
    const later = (act: () => void) => setTimeout(act, this.delayMs);
    this.sockets.add(from);
    from.on('data', (data) => later(() => to.write(data)));
    from.on('end', () => later(() => to.end()));
    from.on('error', () => later(() => to.resetAndDestroy()));
    from.on('close', () => this.sockets.delete(from));
  }
}
