import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { acceptOf } from './web-socket';

/** A request as reported by the replica that received it. */
export interface Echo {
  readonly pool: string;
  readonly replica: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** How a replica behaves. */
export interface ReplicaOptions {
  /** How long a response takes, in milliseconds. */
  readonly delay?: number | (() => number);
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAlive?: number;
  /** @default 8000 */
  readonly port?: number;
}

/** One server of a pool: a real HTTP server at its own address, which echoes requests. */
export class Replica {
  /** The number of requests, without health checks. */
  public requests = 0;
  /** The maximum number of concurrent requests. */
  public busiest = 0;
  /** The paths of requests whose connection was closed before the response. */
  public aborted: string[] = [];
  /** The number of connections that were opened to it. */
  public connections = 0;
  /** The health checks that it received. */
  public checks: string[] = [];
  /** Whether it passes its health check. */
  public healthy = true;

  private busy = 0;
  private readonly server: Server;

  public static async start(pool: string, address: string, options: ReplicaOptions = {}): Promise<Replica> {
    const replica = new Replica(pool, address, options);
    await new Promise<void>((resolve, reject) => {
      replica.server.once('error', reject);
      replica.server.listen(options.port ?? 8000, address, resolve);
    });
    return replica;
  }

  private constructor(
    public readonly pool: string,
    public readonly address: string,
    private readonly options: ReplicaOptions,
  ) {
    this.server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
      // Only the checks of the router have the address of the replica as their host.
      if (request.headers.host === `${this.address}:8000`) {
        this.checks.push(`${request.method} ${request.url} HTTP/${request.httpVersion}`);
        response.writeHead(this.healthy ? 200 : 503).end();
        return;
      }
      this.requests++;
      this.busy++;
      this.busiest = Math.max(this.busiest, this.busy);
      const { delay = 0 } = this.options;
      const echo: Echo = {
        pool: this.pool,
        replica: this.address,
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
      };
      response.on('close', () => {
        if (!response.writableFinished) this.aborted.push(echo.path);
      });
      const finish = () => {
        this.busy--;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(echo));
      };
      request.resume();
      const wait = typeof delay === 'number' ? delay : delay();
      if (wait === 0) finish();
      else setTimeout(finish, wait);
    });
    // Longer than the router keeps an idle connection, as in the rendered command lines of servers.
    this.server.keepAliveTimeout = options.keepAlive ?? 4_010_000;
    this.server.on('connection', () => this.connections++);
    this.server.on('upgrade', ({ headers }, socket) => {
      const accept = acceptOf(headers['sec-websocket-key']);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.pipe(socket);
      socket.on('error', () => socket.destroy());
    });
  }

  /** Stops with a drain: no new connections, running requests finish. */
  public async drain(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Stops immediately and drops running requests. */
  public async drop(): Promise<void> {
    const closed = this.drain();
    this.server.closeAllConnections();
    await closed;
  }
}
