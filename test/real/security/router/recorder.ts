import { createServer, type Server, type Socket } from 'node:net';
import { acceptOf } from '../../support/web-socket';
import type { Arrival } from './attack';

/** A server that records raw requests, and parses no more than RFC 9112 allows. */
export class Recorder {
  private readonly arrivals: Arrival[] = [];
  private readonly sockets = new Set<Socket>();

  public static async start(pool: string, address: string): Promise<Recorder> {
    const recorder = new Recorder(pool, address);
    await new Promise<void>((resolve, reject) => {
      recorder.server.once('error', reject);
      recorder.server.listen(8000, address, resolve);
    });
    return recorder;
  }

  private constructor(
    public readonly pool: string,
    public readonly address: string,
    private readonly server: Server = createServer((socket) => this.accept(socket)),
  ) {}

  /** What arrived since the last call. */
  public take(): Arrival[] {
    return this.arrivals.splice(0);
  }

  public async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    let buffer = '';
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      buffer += data.toString('latin1');
      for (let length = 1; length > 0; buffer = buffer.slice(length)) length = this.read(buffer, socket);
    });
  }

  /** Responds to the message at the start of the buffer. Returns its length, or 0 while it is incomplete. */
  private read(buffer: string, socket: Socket): number {
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    const [line = '', ...headers] = buffer.slice(0, end).split('\r\n');
    const [method = '', path = '', version = ''] = line.split(' ');
    const arrival: Arrival = {
      ...{ pool: this.pool, method, path, version },
      headers: headers.map((header) => [
        header.slice(0, header.indexOf(':')).toLowerCase(),
        header.slice(header.indexOf(':') + 1).replace(/^ /, ''),
      ]),
    };
    const length = messageLength(buffer, end + 4, arrival);
    if (length === 0) return 0;
    const own = [`${socket.localAddress}:${socket.localPort}`, 'localhost'];
    // The checks of the router have the address of the replica as their host.
    if (!own.includes(header(arrival, 'host') ?? '')) this.arrivals.push(arrival);
    socket.write(responseTo(arrival));
    return length;
  }
}

/** The first value of a header. */
export function header({ headers }: Arrival, name: string): string | undefined {
  return headers.find(([candidate]) => candidate === name)?.[1];
}

/** Accepts every upgrade, and upgrades without a request if the path contains `unasked`. */
function responseTo(arrival: Arrival): string {
  const upgrade = header(arrival, 'upgrade') ?? (arrival.path.includes('unasked') ? 'h2c' : undefined);
  const protocol = arrival.path.includes('other-protocol') ? 'h2c' : upgrade;
  if (protocol === undefined) return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: Upgrade',
    `Upgrade: ${protocol}`,
    `Sec-WebSocket-Accept: ${acceptOf(header(arrival, 'sec-websocket-key'))}`,
    '\r\n',
  ].join('\r\n');
}

function messageLength(buffer: string, start: number, arrival: Arrival): number {
  if (header(arrival, 'transfer-encoding') !== undefined) return chunkedLength(buffer, start);
  const whole = start + Number(header(arrival, 'content-length') ?? 0);
  return buffer.length < whole ? 0 : whole;
}

function chunkedLength(buffer: string, start: number): number {
  for (let at = start; ; ) {
    const end = buffer.indexOf('\r\n', at);
    if (end < 0) return 0;
    const size = Number.parseInt(buffer.slice(at, end), 16);
    if (size === 0) {
      const last = buffer.indexOf('\r\n\r\n', end);
      return last < 0 ? 0 : last + 4;
    }
    at = end + 2 + size + 2;
  }
}
