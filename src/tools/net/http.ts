import { oneLine } from '../../private/credentials/redact';
import { type Exchange, NetworkExchange } from './exchange';
import type { HttpRequest, HttpResponse, HttpStream } from './message';
import { namersOf, type Permit, permitOf, scopeOfChain } from './origins';
import { timedOut } from './pace';
import { StoreError } from './store-error';

/** What carries requests: HTTP, or what a test puts in its place. */
export interface Carrier {
  send(request: HttpRequest): Promise<HttpResponse>;
  stream(request: HttpRequest): Promise<HttpStream>;
  /** The IP address that answered for an origin, where it is known. */
  addressOf?(url: URL): string | undefined;
  close(): void;
}

export interface HttpOptions {
  /** Milliseconds without a byte in either direction before a connection counts as lost. @default 60000 */
  readonly idleTimeout?: number;
  /** Milliseconds for the answer to a body that the store has received. @default 900000 */
  readonly uploadTimeout?: number;
  /** Milliseconds for an answer that is read whole. @default 300000 */
  readonly answerTimeout?: number;
  /** The most bytes that an answer may have that is read whole. @default 8388608 */
  readonly maxResponseBytes?: number;
  /** What requests go over. @default - the network */
  readonly exchange?: Exchange;
}

const IDLE_TIMEOUT = 60_000;
/** A registry hashes a layer again, and some copy it to other storage, before they answer. */
const UPLOAD_TIMEOUT = 900_000;
const ANSWER_TIMEOUT = 300_000;
/** Twice what the largest manifest may have. */
const MAX_RESPONSE_BYTES = 8 * 2 ** 20;
const MAX_ERROR_BYTES = 65_536;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** HTTP as a registry needs it: streamed bodies, proxies of the environment, and every failure as a named error. */
export class HttpClient implements Carrier {
  private readonly exchange: Exchange;
  private readonly limits: ReadLimits;

  constructor(options: HttpOptions = {}) {
    const { idleTimeout = IDLE_TIMEOUT, uploadTimeout = UPLOAD_TIMEOUT, answerTimeout, maxResponseBytes } = options;
    this.exchange = options.exchange ?? new NetworkExchange({ idle: idleTimeout, upload: uploadTimeout });
    this.limits = { answerTimeout, maxBytes: maxResponseBytes };
  }

  /** Sends a request and reads the whole answer. Follows redirects of requests that can be repeated. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    return readWhole(await this.stream(request), this.limits);
  }

  /** The same for an answer of any size, which is read as it comes. It must be read to its end, or left. */
  async stream(request: HttpRequest): Promise<HttpStream> {
    let current = request;
    for (let redirects = 0; ; redirects++) {
      const response = await this.exchange.send(current);
      if (!isRedirect(current, response)) return response;
      await leave(response);
      if (redirects === MAX_REDIRECTS)
        throw new StoreError('UnexpectedAnswer', `${request.url.origin} redirects more than ${MAX_REDIRECTS} times`);
      current = this.redirected(current, response.headers.location as string);
    }
  }

  addressOf(url: URL): string | undefined {
    return this.exchange.addressOf(url);
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.exchange.close();
  }

  /** The request that a redirect asks for, with credentials only where they were meant to go. */
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

/** Reads an answer to its end. Nothing is decompressed, so that what is received is what is counted. */
export async function readWhole(answer: HttpStream | HttpResponse, limits: ReadLimits = {}): Promise<HttpResponse> {
  if ('body' in answer) return answer;
  const { maxBytes = MAX_RESPONSE_BYTES, answerTimeout = ANSWER_TIMEOUT } = limits;
  const { status, headers, url, chunks } = answer;
  const body: Buffer[] = [];
  let bytes = 0;
  const begun = performance.now();
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new StoreError(
        'LimitExceeded',
        `${url.origin} answers with more than ${maxBytes} bytes; check the address`,
      );
    if (performance.now() - begun > answerTimeout) {
      const { message } = timedOut();
      throw new StoreError(
        'ConnectionLost',
        `${url.origin} takes more than ${answerTimeout / 1000} s for an answer (${message})`,
      );
    }
    body.push(chunk);
  }
  return { status, headers, url, body: Buffer.concat(body) };
}

/** What is left unread would keep the connection, and with it the process. */
export async function leave(answer: HttpStream | HttpResponse): Promise<void> {
  if ('chunks' in answer) for await (const _ of answer.chunks) break;
}

/** The beginning of an answer that is an error, as much as is shown of it. */
export async function readError(answer: HttpStream | HttpResponse): Promise<HttpResponse> {
  if ('body' in answer) return answer;
  const { status, headers, url, chunks } = answer;
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
    new StoreError('UnexpectedAnswer', `${base.origin} answers with the location '${shownLocation(location)}', ${why}`);
  if (!URL.canParse(location, base.href)) throw wrong('which is not a URL');
  const url = new URL(location, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('which is not HTTP');
  return url;
}

/** Queries and user names in addresses can be secrets. */
function shownLocation(location: string): string {
  return oneLine(location.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//')).slice(0, 200);
}
