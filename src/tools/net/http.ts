import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { StoreError } from '../store-error';
import { explainNetworkError, proxyRefusal } from './network-error';
import { type Agents, agentsFor } from './proxy';

/** A request whose body, if it has one, can be read once. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Record<string, string>;
  /** Bytes, or a stream of exactly `length` bytes. */
  readonly body?: Buffer | { readonly length: number; readonly chunks: AsyncIterable<Buffer> };
  /** Hears how many more bytes of the body were handed over. */
  readonly onSent?: (bytes: number) => void;
}

/** The first part of an answer, and its body as it comes. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly chunks: AsyncIterable<Buffer>;
}

/** An answer that was read to its end. */
export interface HttpResponse extends Omit<HttpStream, 'chunks'> {
  readonly body: Buffer;
}

export interface HttpOptions {
  /** Milliseconds without a byte in either direction before a connection counts as lost. @default 60000 */
  readonly idleTimeout?: number;
  /** The same while the store works on a body that it has received. @default 900000 */
  readonly uploadTimeout?: number;
  /** The most bytes that an answer may have. @default 8388608 */
  readonly maxResponseBytes?: number;
}

const IDLE_TIMEOUT = 60_000;
/** A registry hashes a layer again, and some copy it to other storage, before they answer. */
const UPLOAD_TIMEOUT = 900_000;
/** Twice what the largest manifest may have. */
const MAX_RESPONSE_BYTES = 8 * 2 ** 20;
const MAX_REDIRECTS = 5;

/** HTTP as a registry needs it: streamed bodies, proxies of the environment, and every failure as a named error. */
export class HttpClient {
  private readonly agents: Agents = agentsFor();
  private readonly idleTimeout: number;
  private readonly uploadTimeout: number;
  private readonly maxResponseBytes: number;

  constructor(options: HttpOptions = {}) {
    this.idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT;
    this.uploadTimeout = options.uploadTimeout ?? UPLOAD_TIMEOUT;
    this.maxResponseBytes = options.maxResponseBytes ?? MAX_RESPONSE_BYTES;
  }

  /** Sends a request and reads the whole answer. Follows redirects of requests that can be repeated. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    return readWhole(await this.stream(request), this.maxResponseBytes);
  }

  /** The same for an answer of any size, which is read as it comes. It must be read to its end, or left. */
  async stream(request: HttpRequest): Promise<HttpStream> {
    let current = request;
    for (let redirects = 0; ; redirects++) {
      const response = await this.exchange(current);
      const next = redirectOf(current, response);
      if (next === undefined) return response;
      if (redirects === MAX_REDIRECTS)
        throw new StoreError('UnexpectedAnswer', `${request.url.origin} redirects more than ${MAX_REDIRECTS} times`);
      for await (const _ of response.chunks) break;
      current = next;
    }
  }

  /** Closes idle connections, so that the process can end. */
  close(): void {
    this.agents.close();
  }

  private async exchange(request: HttpRequest): Promise<HttpStream> {
    const { url, method, headers, body } = request;
    const length = body?.length;
    const message = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent: this.agents.of(url),
      headers: { ...headers, ...(length === undefined ? {} : { 'content-length': String(length) }) },
    });
    const answer = answerTo(message);
    message.setTimeout(this.idleTimeout, () => message.destroy(timedOut()));
    try {
      const complete = await this.writeBody(message, answer, request);
      if (complete) message.end();
      const response = await answer;
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        url,
        chunks: this.read(message, response, url, complete),
      };
    } catch (error) {
      message.destroy();
      throw explainNetworkError(error, url, this.agents.proxyOf(url));
    }
  }

  private async *read(
    message: ClientRequest,
    response: IncomingMessage,
    url: URL,
    complete: boolean,
  ): AsyncIterable<Buffer> {
    try {
      yield* response as AsyncIterable<Buffer>;
      // What is left of the body would be taken for the next request of this connection.
      if (!complete) message.destroy();
    } catch (error) {
      message.destroy();
      throw explainNetworkError(error, url, this.agents.proxyOf(url));
    }
  }

  /** Writes the body, and says whether it is over: the store may answer before it has read everything. */
  private async writeBody(
    message: ClientRequest,
    answer: Promise<IncomingMessage>,
    { body, onSent }: HttpRequest,
  ): Promise<boolean> {
    if (body === undefined) return true;
    let answered = false;
    let goOn: () => void = () => undefined;
    const stop = (): void => {
      answered = true;
      goOn();
    };
    answer.then(stop, stop);
    let sent = 0;
    const chunks = Buffer.isBuffer(body) ? [body] : body.chunks;
    for await (const chunk of chunks) {
      if (answered) return false;
      sent += chunk.length;
      if (sent > body.length) throw new Error(`the body has more than the ${body.length} bytes that were announced`);
      if (!message.write(chunk)) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
          message.once('drain', resolve);
          if (answered) resolve();
        });
      }
      onSent?.(chunk.length);
    }
    if (sent < body.length)
      throw new Error(`the body has ${sent} bytes and not the ${body.length} that were announced`);
    message.setTimeout(this.uploadTimeout);
    return true;
  }
}

/** Reads an answer to its end. */
export async function readWhole(
  answer: HttpStream | HttpResponse,
  maxBytes = MAX_RESPONSE_BYTES,
): Promise<HttpResponse> {
  if ('body' in answer) return answer;
  const { status, headers, url, chunks } = answer;
  const body: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new StoreError('UnexpectedAnswer', `${url.origin} answers with more than ${maxBytes} bytes`);
    body.push(chunk);
  }
  return { status, headers, url, body: Buffer.concat(body) };
}

function answerTo(message: ClientRequest): Promise<IncomingMessage> {
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    message.once('response', resolve);
    message.on('error', reject);
    // A request that is destroyed between two events has no other sign of its end.
    message.once('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })));
    message.once('proxyConnect', (connect: { statusCode: number; statusText: string }) => {
      if (connect.statusCode !== 200) reject(proxyRefusal(connect.statusCode, connect.statusText));
    });
  });
  // It is awaited only after the body was written.
  answer.catch(() => undefined);
  return answer;
}

function timedOut(): Error {
  return Object.assign(new Error('nothing was heard for too long'), { code: 'ETIMEDOUT' });
}

/** The request that a redirect asks for, with credentials only where they were meant to go. */
function redirectOf(request: HttpRequest, { status, headers }: HttpStream): HttpRequest | undefined {
  const { location } = headers;
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const url = parseLocation(location, request.url);
  if (request.url.protocol === 'https:' && url.protocol !== 'https:')
    throw new StoreError(
      'UnexpectedAnswer',
      `${request.url.origin} redirects from https to ${url.protocol}//${url.host}`,
    );
  const { authorization, ...others } = request.headers ?? {};
  const keepsCredentials = url.host === request.url.host && authorization !== undefined;
  return { ...request, url, headers: keepsCredentials ? { ...others, authorization } : others };
}

/** The address in a `Location` header, which may be relative. */
export function parseLocation(location: string, base: URL): URL {
  let url: URL;
  try {
    url = new URL(location, base);
  } catch {
    throw new StoreError('UnexpectedAnswer', `${base.origin} answers with the location '${location}', which is no URL`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new StoreError(
      'UnexpectedAnswer',
      `${base.origin} answers with the location '${location}', which is not HTTP`,
    );
  return url;
}
