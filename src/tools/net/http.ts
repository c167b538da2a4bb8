import { oneLine } from '../../private/credentials/redact';
import { type Exchange, NetworkExchange } from './exchange';
import type { HttpRequest, HttpResponse, HttpStream } from './message';
import { namersOf, type Permit, permitOf, scopeOfChain } from './origins';
import { timedOut } from './pace';
import { StoreError } from './store-error';

/** The transport of requests: HTTP, or a double in tests. */
export interface Carrier {
  send(request: HttpRequest): Promise<HttpResponse>;
  stream(request: HttpRequest): Promise<HttpStream>;
  /** The IP address that served an origin, if known. */
  addressOf?(url: URL): string | undefined;
  close(): void;
}

export interface HttpOptions {
  /** Milliseconds without a byte in either direction until a connection counts as lost. @default 60000 */
  readonly idleTimeout?: number;
  /** Milliseconds until the response to a body that the store has received. @default 900000 */
  readonly uploadTimeout?: number;
  /** Milliseconds for a response that is read to its end. @default 300000 */
  readonly answerTimeout?: number;
  /** The maximum size in bytes of a response that is read to its end. @default 8388608 */
  readonly maxResponseBytes?: number;
  /** What sends the requests. @default - the network */
  readonly exchange?: Exchange;
}

const IDLE_TIMEOUT = 60_000;
/** Registries hash a layer again, and some copy it to other storage, before they respond. */
const UPLOAD_TIMEOUT = 900_000;
const ANSWER_TIMEOUT = 300_000;
/** Twice the size of the largest manifest. */
const MAX_RESPONSE_BYTES = 8 * 2 ** 20;
const MAX_ERROR_BYTES = 65_536;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** An HTTP client for registries: streamed bodies, proxies of the environment, and an error code for every failure. */
export class HttpClient implements Carrier {
  private readonly exchange: Exchange;
  private readonly limits: ReadLimits;

  constructor(options: HttpOptions = {}) {
    const { idleTimeout = IDLE_TIMEOUT, uploadTimeout = UPLOAD_TIMEOUT, answerTimeout, maxResponseBytes } = options;
    this.exchange = options.exchange ?? new NetworkExchange({ idle: idleTimeout, upload: uploadTimeout });
    this.limits = { answerTimeout, maxBytes: maxResponseBytes };
  }

  /** Sends a request and reads the whole response. Follows redirects of GET and HEAD. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    return readWhole(await this.stream(request), this.limits);
  }

  /** The same for a response of any size, which is streamed. It must be read to its end, or discarded. */
  async stream(request: HttpRequest): Promise<HttpStream> {
    let current = request;
    for (let redirects = 0; ; redirects++) {
      const response = await this.exchange.send(current);
      if (!isRedirect(current, response)) return response;
      await discard(response);
      if (redirects === MAX_REDIRECTS)
        throw new StoreError('UnexpectedAnswer', `${request.url.origin} redirects more than ${MAX_REDIRECTS} times`);
      current = this.redirected(current, response.headers.location as string);
    }
  }

  addressOf(url: URL): string | undefined {
    return this.exchange.addressOf(url);
  }

  /** Closes idle connections, so that the process can exit. */
  close(): void {
    this.exchange.close();
  }

  /** The request after a redirect. It keeps its credentials only for the same origin. */
  private redirected(request: HttpRequest, location: string): HttpRequest {
    const { url: from } = request;
    const url = parseLocation(location, from);
    const via = [...(request.via ?? []), from];
    const chain = scopeOfChain(namersOf({ ...request, via }), (one) => this.addressOf(one));
    const permit = permitOf({ step: 'redirect', from, to: url, fromAddress: this.addressOf(from), chain });
    return { ...request, url, via, headers: headersFor(permit, request.headers) };
  }
}

function isRedirect({ method }: HttpRequest, { status, headers }: HttpStream): boolean {
  return (method === 'GET' || method === 'HEAD') && REDIRECTS.includes(status) && headers.location !== undefined;
}

function headersFor(permit: Permit, headers: Record<string, string> = {}): Record<string, string> {
  if (permit === 'credentials') return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)));
}

interface ReadLimits {
  readonly maxBytes?: number;
  readonly answerTimeout?: number;
}

/** Reads a response to its end. Nothing is decompressed, so the limit applies to the bytes received. */
export async function readWhole(response: HttpStream | HttpResponse, limits: ReadLimits = {}): Promise<HttpResponse> {
  if ('body' in response) return response;
  const { maxBytes = MAX_RESPONSE_BYTES, answerTimeout = ANSWER_TIMEOUT } = limits;
  const { status, headers, url, chunks } = response;
  const body: Buffer[] = [];
  let bytes = 0;
  const started = performance.now();
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new StoreError(
        'LimitExceeded',
        `the response of ${url.origin} exceeds ${maxBytes} bytes; check the address`,
      );
    if (performance.now() - started > answerTimeout) {
      const { message } = timedOut();
      throw new StoreError(
        'ConnectionLost',
        `the response of ${url.origin} takes more than ${answerTimeout / 1000} s (${message})`,
      );
    }
    body.push(chunk);
  }
  return { status, headers, url, body: Buffer.concat(body) };
}

/** Closes a response without reading it: an open one would keep the connection, and so the process, alive. */
export async function discard(response: HttpStream | HttpResponse): Promise<void> {
  if ('chunks' in response) for await (const _ of response.chunks) break;
}

/** Reads the beginning of an error response, as much as messages show of it. */
export async function readError(response: HttpStream | HttpResponse): Promise<HttpResponse> {
  if ('body' in response) return response;
  const { status, headers, url, chunks } = response;
  const body: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    body.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR_BYTES) break;
  }
  return { status, headers, url, body: Buffer.concat(body) };
}

/** The address in a `Location` header, which may be relative. */
export function parseLocation(location: string, base: URL): URL {
  const wrong = (why: string): StoreError =>
    new StoreError('UnexpectedAnswer', `${base.origin} returned the location '${shownLocation(location)}', ${why}`);
  if (!URL.canParse(location, base.href)) throw wrong('which is not a URL');
  const url = new URL(location, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('which is not HTTP or HTTPS');
  return url;
}

/** Query strings and user names in addresses can be secrets. */
function shownLocation(location: string): string {
  return oneLine(location.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')).slice(0, 200);
}
