import { createServer } from 'node:net';

/** Networks that other processes are unlikely to use, unique in this process. */
const NETWORK = 64 + (process.pid % 128);
let lastNetwork = Math.floor(Math.random() * 256);

/** Unused loopback addresses: each process gets its own, like a pod. */
export class Loopback {
  private readonly network = `127.${NETWORK}.${++lastNetwork % 256}`;
  private last = 100;

  /** A fixed address, below those of `next`. */
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
