import * as dns from 'node:dns';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { HttpRequest, HttpStream } from './message';
import { explainNetworkError, proxyRefusal } from './network-error';
import { namersOf, refuseAddress, scopeOfChain } from './origins';
import { Pace, timedOut } from './pace';
import { type Agents, agentsFor } from './proxy';
import type { Scope } from './scope';

/** Sends requests and returns responses whose bodies are streamed, without following redirects. */
export interface Exchange {
  send(request: HttpRequest): Promise<HttpStream>;
  /** The IP address that served an origin. Unknown behind a proxy. */
  addressOf(url: URL): string | undefined;
  close(): void;
}

/** How long the other side may take, in milliseconds. */
export interface ExchangeTimeouts {
  /** Without a byte in either direction, and from the end of a request without a body to its response. */
  readonly idle: number;
  /** From the end of the body to the response. */
  readonly upload: number;
}

/** Requests over the network, through the proxies of the environment. */
export class NetworkExchange implements Exchange {
  private readonly agents: Agents = agentsFor();
  private readonly addresses = new Map<string, string>();

  constructor(private readonly timeouts: ExchangeTimeouts) {}

  addressOf(url: URL): string | undefined {
    return this.addresses.get(url.origin);
  }

  close(): void {
    this.agents.close();
  }

  async send(request: HttpRequest): Promise<HttpStream> {
    const { url } = request;
    const proxy = this.agents.proxyOf(url);
    const message = this.open(request);
    const pending = responseTo(message);
    const pace = new Pace(this.timeouts.idle);
    message.setTimeout(this.timeouts.idle, () => message.destroy(timedOut()));
    let deadline: NodeJS.Timeout | undefined;
    try {
      const complete = await writeBody(message, pending, request, pace);
      const limit = request.body === undefined ? this.timeouts.idle : this.timeouts.upload;
      message.setTimeout(limit);
      // Bytes that never form a response keep the connection busy.
      deadline = setTimeout(() => message.destroy(timedOut()), limit);
      if (complete) message.end();
      const response = await pending;
      message.setTimeout(this.timeouts.idle);
      const { remoteAddress } = response.socket;
      if (proxy === undefined && remoteAddress !== undefined) this.addresses.set(url.origin, remoteAddress);
      const { statusCode: status = 0, headers } = response;
      return { status, headers, url, chunks: this.read(message, response, url, complete) };
    } catch (error) {
      message.destroy();
      throw explainNetworkError(error, url, proxy);
    } finally {
      clearTimeout(deadline);
    }
  }

  private open(request: HttpRequest): ClientRequest {
    const { url, method, headers, body } = request;
    const length = body?.length;
    const options: RequestOptions = {
      method,
      agent: this.agents.of(url),
      headers: { ...headers, ...(length === undefined ? {} : { 'content-length': String(length) }) },
      ...this.lookupFor(request),
    };
    return (url.protocol === 'https:' ? https : http).request(url, options);
  }

  /** Host names from a store may resolve to addresses that only this machine or its network can reach. */
  private lookupFor(request: HttpRequest): { readonly lookup?: LookupFunction } {
    const namers = namersOf(request);
    const from = namers.at(-1);
    if (from === undefined || namers[0]?.origin === request.url.origin) return {};
    const source = scopeOfChain(namers, (url) => this.addressOf(url));
    return { lookup: lookupFrom(from, request.url, source) };
  }

  private async *read(
    message: ClientRequest,
    response: IncomingMessage,
    url: URL,
    complete: boolean,
  ): AsyncIterable<Buffer> {
    try {
      yield* new Pace(this.timeouts.idle).watch(response);
      // The server would take the rest of the body for the next request on this connection.
      if (!complete) message.destroy();
    } catch (error) {
      message.destroy();
      throw explainNetworkError(error, url, this.agents.proxyOf(url));
    }
  }
}

/** Resolves names, but never to an address that is closer to this machine than the addresses that led to it. */
function lookupFrom(from: URL, to: URL, source: Scope): LookupFunction {
  return (hostname, options, callback) =>
    dns.lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      const [refusal] = addresses.flatMap((address) => refuseAddress(from, to, { address, source }) ?? []);
      callback(error ?? refusal ?? null, found, family);
    });
}

/** Writes the body and returns whether it is complete: the store may respond before it has read everything. */
async function writeBody(
  message: ClientRequest,
  pending: Promise<IncomingMessage>,
  { body, onSent }: HttpRequest,
  pace: Pace,
): Promise<boolean> {
  if (body === undefined) return true;
  let responded = false;
  let resume: () => void = () => undefined;
  const stop = (): void => {
    responded = true;
    resume();
  };
  pending.then(stop, stop);
  let sent = 0;
  const chunks = Buffer.isBuffer(body) ? [body] : body.chunks;
  for await (const chunk of chunks) {
    if (responded) return false;
    sent += chunk.length;
    if (sent > body.length) throw new Error(`the body exceeds its declared length of ${body.length} bytes`);
    if (!message.write(chunk)) {
      const drained = new Promise<void>((resolve) => {
        resume = resolve;
        message.once('drain', resolve);
        if (responded) resolve();
      });
      await pace.during(drained);
    }
    pace.moved(chunk.length);
    onSent?.(chunk.length);
  }
  if (sent < body.length) throw new Error(`the body has ${sent} bytes, but its declared length is ${body.length}`);
  return true;
}

function responseTo(message: ClientRequest): Promise<IncomingMessage> {
  const pending = new Promise<IncomingMessage>((resolve, reject) => {
    message.once('response', resolve);
    message.on('error', reject);
    // A request that is destroyed between two events emits no other event.
    message.once('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })));
    message.once('proxyConnect', (connect: { statusCode: number; statusText: string }) => {
      if (connect.statusCode !== 200) reject(proxyRefusal(connect.statusCode, connect.statusText));
    });
  });
  // It is awaited only after the body is written.
  pending.catch(() => undefined);
  return pending;
}
