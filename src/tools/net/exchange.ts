import * as dns from 'node:dns';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { HttpRequest, HttpStream } from './message';
import { explainNetworkError, proxyRefusal } from './network-error';
import { namersOf, scopeOfChain, strayAddress } from './origins';
import { Pace, timedOut } from './pace';
import { type Agents, agentsFor } from './proxy';
import type { Scope } from './scope';

/** One request and the beginning of its answer, without redirects. */
export interface Exchange {
  send(request: HttpRequest): Promise<HttpStream>;
  /** The IP address that answered for an origin. Unknown behind a proxy. */
  addressOf(url: URL): string | undefined;
  close(): void;
}

/** How long the other side may take, in milliseconds. */
export interface Patience {
  /** Without a byte in either direction, and from the end of a request without a body to its answer. */
  readonly idle: number;
  /** From the end of a body to the answer. */
  readonly upload: number;
}

/** Requests over the network, through the proxies of the environment. */
export class NetworkExchange implements Exchange {
  private readonly agents: Agents = agentsFor();
  private readonly addresses = new Map<string, string>();

  constructor(private readonly patience: Patience) {}

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
    const answer = answerTo(message);
    const pace = new Pace(this.patience.idle);
    message.setTimeout(this.patience.idle, () => message.destroy(timedOut()));
    let deadline: NodeJS.Timeout | undefined;
    try {
      const complete = await writeBody(message, answer, request, pace);
      const limit = request.body === undefined ? this.patience.idle : this.patience.upload;
      message.setTimeout(limit);
      // Bytes that never become an answer keep the connection busy.
      deadline = setTimeout(() => message.destroy(timedOut()), limit);
      if (complete) message.end();
      const response = await answer;
      message.setTimeout(this.patience.idle);
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

  /** Names that a store gives may resolve to addresses that only this machine or its network can reach. */
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
      yield* new Pace(this.patience.idle).watch(response);
      // What is left of the body would be taken for the next request of this connection.
      if (!complete) message.destroy();
    } catch (error) {
      message.destroy();
      throw explainNetworkError(error, url, this.agents.proxyOf(url));
    }
  }
}

/** Resolves names, but to no address that is nearer to this machine than those that named it. */
function lookupFrom(from: URL, to: URL, source: Scope): LookupFunction {
  return (hostname, options, callback) =>
    dns.lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      const [stray] = addresses.flatMap((address) => strayAddress(from, to, { address, source }) ?? []);
      callback(error ?? stray ?? null, found, family);
    });
}

/** Writes the body, and returns whether it is complete: the store may answer before it has read everything. */
async function writeBody(
  message: ClientRequest,
  answer: Promise<IncomingMessage>,
  { body, onSent }: HttpRequest,
  pace: Pace,
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
      const drained = new Promise<void>((resolve) => {
        goOn = resolve;
        message.once('drain', resolve);
        if (answered) resolve();
      });
      await pace.during(drained);
    }
    pace.moved(chunk.length);
    onSent?.(chunk.length);
  }
  if (sent < body.length) throw new Error(`the body has ${sent} bytes and not the ${body.length} that were announced`);
  return true;
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
