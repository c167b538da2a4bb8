import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';

/** A received request, with or without TLS. */
export interface Received {
  readonly isPlain: boolean;
  readonly method: string;
  readonly path: string;
  readonly authorization?: string;
  readonly cookie?: string;
  readonly range?: string;
  /** The size of the body in bytes. */
  bytes: number;
}

/** A response; its body may be endless. */
export interface ScriptedResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | AsyncIterable<Buffer>;
  /** Closes the connection after this many bytes of the body. */
  readonly cutAfter?: number;
}

export type Script = (received: Received) => ScriptedResponse | undefined;

/** A certificate for all host names of these tests, and the CA file for clients. */
export function makeCertificate(): { readonly key: Buffer; readonly cert: Buffer; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = ['registry.test', '*.registry.test', 'other.test', '127.0.0.1'].map((name) =>
    /^\d/.test(name) ? `IP:${name}` : `DNS:${name}`,
  );
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=hostile', '-addext', `subjectAltName=${names.join(',')}`, '-keyout', key, '-out', cert],
  ]);
  return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
}

/** A host and port that accepts TLS and plain text, like a port behind a misconfigured proxy. */
export class Origin {
  readonly received: Received[] = [];
  /** The response, if the script returns one. */
  script: Script = () => undefined;
  private readonly front: Server;
  private readonly sockets = new Set<Socket>();

  constructor(
    readonly name: string,
    certificate: { readonly key: Buffer; readonly cert: Buffer },
    /** The server for requests without a scripted response. */
    private readonly fallback: (request: IncomingMessage, response: ServerResponse) => unknown,
  ) {
    const secure = https.createServer(certificate, this.listener(false));
    const plain = http.createServer(this.listener(true));
    this.front = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
      socket.once('readable', () => {
        const first = socket.read(1) as Buffer | null;
        if (first === null) return;
        socket.unshift(first);
        // A TLS handshake starts with this byte, a request never does.
        (first[0] === 0x16 ? secure : plain).emit('connection', socket);
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.front.listen(0, '127.0.0.1', resolve));
    return this;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.front.close();
  }

  get port(): number {
    return (this.front.address() as AddressInfo).port;
  }

  get host(): string {
    return `${this.name}:${this.port}`;
  }

  private listener(isPlain: boolean): RequestListener {
    return (request, response) => {
      const { method = '', url: path = '', headers } = request;
      const { authorization, cookie, range } = headers;
      const received: Received = { isPlain, method, path, authorization, cookie, range, bytes: 0 };
      this.received.push(received);
      request.on('data', (chunk: Buffer) => {
        received.bytes += chunk.length;
      });
      const answer = this.script(received);
      if (answer === undefined) return this.fallback(request, response);
      request.resume();
      request.on('error', () => undefined);
      return give(answer, response);
    };
  }
}

/** Forwards requests to a server without TLS. */
export function forwardTo(host: string) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { method, url, headers } = request;
    const onward = http.request(`http://${host}${url}`, { method, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
}

function give({ status, headers, body, cutAfter }: ScriptedResponse, response: ServerResponse): void {
  response.on('error', () => undefined);
  response.writeHead(status, headers as Record<string, string>);
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
    if (cutAfter === undefined) response.end(body);
    else response.write(Buffer.from(body ?? '').subarray(0, cutAfter), () => response.destroy());
    return;
  }
  pipeline(Readable.from(body), response, () => undefined);
}

/** More bytes than any client should read. Limited, so that a client that reads them all does not fill the disk. */
export async function* endless(chunk = Buffer.alloc(65_536)): AsyncIterable<Buffer> {
  for (let given = 0; given < 2 ** 29; given += chunk.length) yield chunk;
}
