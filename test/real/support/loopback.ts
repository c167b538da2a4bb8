import { createServer } from 'node:net';

/** Networks that other processes are unlikely to use, and that are all different in this one. */
const NETWORK = 64 + (process.pid % 128);
let lastNetwork = Math.floor(Math.random() * 256);

/** Loopback addresses that no one else uses: each process gets one of its own, as a pod does. */
export class Loopback {
  private readonly network = `127.${NETWORK}.${++lastNetwork % 256}`;
  private last = 100;

  /** A fixed address, below those that are given one after another. */
  public at(host: number): string {
    return `${this.network}.${host}`;
  }

  public next(): string {
    return this.at(++this.last);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
