import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Random } from '../../support/stores/random';
import { freePort } from './registry';

/** What happens to a request instead of a response. */
export type ProxyFault =
  | { readonly status: number; readonly body: string; readonly method?: string }
  /** The connection is closed after this many bytes of the request body. */
  | { readonly dropAfter: number }
  /** The server gets the request, but its response is lost. */
  | 'lose-answer'
  /** Half of the response is lost. */
  | 'truncate';

/** A proxy in front of an HTTP server that fails one request in four, the same ones in every run. */
export class FaultyProxy {
  public static async start(target: string, fault: ProxyFault): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(new URL(target), fault);
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.server.listen(port, '127.0.0.1', resolve));
    return proxy;
  }

  /** The number of failed requests. */
  public failed = 0;
  private readonly server: Server;
  private readonly random = new Random(1);

  private constructor(
    private readonly target: URL,
    private readonly fault: ProxyFault,
  ) {
    this.server = createServer((request, response) => this.handle(request, response));
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  public stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private failureOf({ method }: IncomingMessage): ProxyFault | undefined {
    const fault = this.fault;
    if (typeof fault === 'object' && 'method' in fault && fault.method !== method) return undefined;
    return this.random.chance(1 / 4) ? fault : undefined;
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.failureOf(request);
    if (fault !== undefined) this.failed++;
    if (typeof fault === 'object' && 'status' in fault) {
      // The whole body is read first, as a busy server does.
      request.resume().on('end', () => response.writeHead(fault.status).end(fault.body));
      return;
    }
    if (typeof fault === 'object') {
      let left = fault.dropAfter;
      request.on('data', (data) => {
        left -= data.length;
        if (left <= 0) request.socket.destroy();
      });
      request.on('end', () => request.socket.destroy());
      return;
    }
    const { method, url, headers } = request;
    const forwarded = httpRequest(new URL(url as string, this.target), { method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (data) => parts.push(data));
      answer.on('end', () => {
        if (fault === 'lose-answer') return request.socket.destroy();
        const body = Buffer.concat(parts);
        response.writeHead(answer.statusCode as number, { ...answer.headers, connection: 'close' });
        if (fault !== 'truncate') return response.end(body);
        return response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
      });
    });
    forwarded.on('error', () => request.socket.destroy());
    request.pipe(forwarded);
  }
}
