/** Conversations of the command line's registry client with a hostile registry, without a network. */
import { CommandError } from '../../src/tools/command-line/command-error';
import type { Exchange } from '../../src/tools/net/exchange';
import type { HttpRequest, HttpStream } from '../../src/tools/net/message';
import { StoreError } from '../../src/tools/net/store-error';
import type { Credentials } from '../../src/tools/registry/credentials';
import { HttpRepository } from '../../src/tools/registry/http-repository';
import { registrySource } from '../../src/tools/registry/image-source';
import { RegistryClient } from '../../src/tools/registry/registry-client';
import { loadFrom, resolveFrom } from '../../src/tools/registry/resolve-image';
import { ImageStore } from '../../src/tools/stores/image-store';
import { digestOf } from '../support/stores/artifacts';
import type { Random } from '../support/stores/random';
import type { Fuzzer, Tally } from './fuzzer';
import { MUTATIONS, randomOf } from './registry-mutations';
import { type Answer, ARTIFACT, HonestRegistry, type Scheme, SECRET } from './registry-world';

/** A registry that the client connects to, and the token services that may receive its credentials. */
interface Home {
  readonly url: string;
  readonly address: string | undefined;
  readonly tokenServices: readonly string[];
  /** Hosts that are in a closer network than the registry. */
  readonly forbidden: RegExp;
}

const LINK_LOCAL = String.raw`169\.254\.|fd00:ec2:|a9fe|metadata\.`;
const LOOPBACK = String.raw`127\.|0\.0\.0\.0|localhost|::1\]`;
const PRIVATE = String.raw`10\.|192\.168\.`;
const hosts = (...patterns: string[]): RegExp => new RegExp(`^\\[?(::ffff:)?(${patterns.join('|')})`);

const HOMES: readonly Home[] = [
  {
    url: 'https://registry.example',
    address: '198.51.100.7',
    tokenServices: ['https://registry.example:444'],
    forbidden: hosts(LINK_LOCAL, LOOPBACK, PRIVATE),
  },
  {
    url: 'https://registry.gitlab.example:5050',
    address: undefined,
    tokenServices: ['https://registry.gitlab.example:444', 'https://gitlab.example'],
    forbidden: hosts(LINK_LOCAL, LOOPBACK, PRIVATE),
  },
  {
    url: 'https://registry.corp.example',
    address: '10.0.0.5',
    tokenServices: ['https://registry.corp.example:444'],
    forbidden: hosts(LINK_LOCAL, LOOPBACK),
  },
  {
    url: 'http://127.0.0.1:5000',
    address: '127.0.0.1',
    tokenServices: [
      'https://127.0.0.1',
      'http://127.0.0.1',
      'http://localhost:5001',
      'https://[::1]',
      'https://0.0.0.0',
      'https://127.0.0.1:444',
    ],
    forbidden: hosts(LINK_LOCAL),
  },
];

/** Small, so that endless bodies end soon; all limits are relative to it. */
const MOST_BYTES = 65_536;
const CHUNK = 16_384;
const MOST_REQUESTS = 1500;
const MOST_MILLISECONDS = 5000;
const NO_WAIT = { attempts: 3, firstWait: 0, maxWait: 0 };
const PASSWORD: Credentials = { kind: 'password', user: 'user', password: SECRET };
const IDENTITY: Credentials = { kind: 'identity', token: SECRET };

/** Something that must never happen. */
class Violation extends Error {}

/** The network: an honest registry, some of whose responses are changed. */
class HostileExchange implements Exchange {
  readonly changes: string[] = [];
  /** Kept, because a client may continue after an error. */
  violation: string | undefined;
  private requests = 0;
  private readonly registry: HonestRegistry;

  constructor(
    private readonly home: Home,
    private readonly random: Random,
    private readonly settings: { readonly scheme: Scheme; readonly share: number; readonly mostChanges: number },
  ) {
    this.registry = new HonestRegistry(home.url, settings.scheme);
  }

  addressOf(url: URL): string | undefined {
    return url.origin === this.home.url ? this.home.address : undefined;
  }

  close(): void {}

  async send(request: HttpRequest): Promise<HttpStream> {
    if (++this.requests > MOST_REQUESTS) throw this.refuse(`more than ${MOST_REQUESTS} requests`);
    const body = await bodyOf(request);
    this.judge(request, body);
    const answer = this.registry.answer(request, body);
    this.change(answer, request);
    const { status, headers } = answer;
    return { status, headers, url: request.url, chunks: this.chunks(answer) };
  }

  private refuse(violation: string): Violation {
    this.violation ??= violation;
    return new Violation(violation);
  }

  private judge({ method, url, headers = {} }: HttpRequest, body: Buffer): void {
    const { home } = this;
    const shown = `${method} ${url.origin} of ${home.url}`;
    const isHome = url.origin === home.url;
    const isCredential =
      Object.keys(headers).some((name) => /^(authorization|cookie)$/i.test(name)) ||
      body.includes(SECRET) ||
      url.href.includes(SECRET);
    const isToken = body.includes('grant_type=');
    if (url.username !== '' || url.password !== '') throw this.refuse(`a user in the address: ${shown}`);
    if (home.url.startsWith('https:') && url.protocol !== 'https:') throw this.refuse(`plain text: ${shown}`);
    if (isCredential && !isHome && !home.tokenServices.includes(url.origin)) throw this.refuse(`credentials: ${shown}`);
    if (body.length > 0 && !isHome && !isToken) throw this.refuse(`${body.length} bytes: ${shown}`);
    if (!isHome && home.forbidden.test(url.hostname)) throw this.refuse(`a nearer network: ${shown}`);
  }

  private change(answer: Answer, { method, url }: HttpRequest): void {
    for (const name of Object.keys(MUTATIONS)) {
      if (this.changes.length >= this.settings.mostChanges || !this.random.chance(this.settings.share)) continue;
      MUTATIONS[name]?.(answer, this.random, new URL(this.home.url));
      this.changes.push(
        `${method} ${url.origin}${url.pathname.slice(0, 40)}: ${name} -> ${answer.status} ${answer.headers.location ?? answer.headers['www-authenticate'] ?? ''}`,
      );
    }
  }

  private async *chunks({ body, isEndless, isCut }: Answer): AsyncIterable<Buffer> {
    if (body.length > 0) yield body;
    for (let given = 0; isEndless; given += CHUNK) {
      if (given > MOST_BYTES + 2 * CHUNK) throw this.refuse(`${given} bytes are read of an endless body`);
      yield Buffer.alloc(CHUNK, 32);
    }
    if (isCut) throw new StoreError('ConnectionLost', 'the connection was lost');
  }
}

async function bodyOf({ body }: HttpRequest): Promise<Buffer> {
  if (body === undefined || Buffer.isBuffer(body)) return body ?? Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== body.length) throw new Violation('a body of another length than announced');
  return bytes;
}

/** What the client requests, and the checks of the responses. */
const QUESTIONS: { readonly [name: string]: (client: RegistryClient) => Promise<void> } = {
  publish: async (client) => new ImageStore(new HttpRepository(client, ['other']), ['v2']).publish(ARTIFACT, () => {}),
  verify: async (client) => {
    await new ImageStore(new HttpRepository(client)).verify(ARTIFACT.index.digest);
  },
  lock: async (client) => {
    const { platforms } = await resolveFrom(registrySource(client), 'v1', 'x/models:v1');
    const text = JSON.stringify(platforms);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not reach a terminal.
    if (/\\u00|[\u0000-\u001f\u007f-\u009f]/.test(text)) throw new Violation(`locked: ${text}`);
  },
  base: async (client) => {
    const { platforms } = await loadFrom(registrySource(client), 'v1', 'x/models:v1');
    for (const { layers } of platforms)
      for (const { digest, size, read } of layers)
        for (const from of [0, Math.floor(size / 2)]) {
          const bytes = await bodyOf({
            method: '',
            url: new URL('x:'),
            body: { length: size - from, chunks: read(from) },
          });
          if (from === 0 && digestOf(bytes) !== digest) throw new Violation(`other bytes as ${digest}`);
        }
  },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not reach a terminal.
const NAMED = /^\[[A-Z]\w+\] [^\u0000-\u001f\u007f-\u009f]+$/;

/** One conversation: how it ended, or a violation. */
async function converse(seed: number, index: number, mostChanges: number) {
  const random = randomOf(seed, index);
  const home = random.pick(HOMES);
  const name = random.pick(Object.keys(QUESTIONS));
  const credentials = random.pick([PASSWORD, PASSWORD, IDENTITY, undefined]);
  const settings = {
    scheme: random.pick(['none', 'Basic', 'Bearer', 'Bearer'] as const),
    share: random.pick([0.005, 0.02, 0.1]),
    mostChanges,
  };
  const exchange = new HostileExchange(home, random, settings);
  const client = new RegistryClient(new URL(home.url).host, 'models', {
    plainHttp: home.url.startsWith('http:'),
    push: true,
    credentials: async () => credentials,
    retry: NO_WAIT,
    http: { exchange, maxResponseBytes: MOST_BYTES },
  });
  const started = performance.now();
  const outcome: unknown = await QUESTIONS[name]?.(client).then(
    () => `${name} succeeds`,
    (error) => error,
  );
  const problem = exchange.violation ?? problemOf(outcome, performance.now() - started);
  return { outcome: endOf(name, outcome), problem, changes: exchange.changes };
}

function problemOf(outcome: unknown, milliseconds: number): string | undefined {
  if (milliseconds > MOST_MILLISECONDS) return `it took ${milliseconds.toFixed(0)} ms`;
  if (!(outcome instanceof Error)) return undefined;
  if (!(outcome instanceof CommandError)) return `${outcome.name}: ${outcome.message}\n${outcome.stack}`;
  if (!NAMED.test(outcome.message)) return `no named error: ${JSON.stringify(outcome.message)}`;
  return outcome.message.includes(SECRET) ? `the secret is in the error: ${outcome.message}` : undefined;
}

function endOf(name: string, outcome: unknown): string {
  return outcome instanceof StoreError ? `${name} [${outcome.code}]` : String(outcome);
}

/** Runs conversations until one has a problem, which is reported with the fewest changes that cause it. */
export async function holdConversations({ runs, seed }: { runs: number; seed: number }): Promise<Tally> {
  const ends: Record<string, number> = {};
  for (let index = 0; index < runs; index++) {
    const { outcome, problem, changes } = await converse(seed, index, Number.POSITIVE_INFINITY);
    if (problem !== undefined) return { runs: index, ends, failure: await smallest(seed, index, changes.length) };
    ends[outcome] = (ends[outcome] ?? 0) + 1;
  }
  return { runs, ends };
}

async function smallest(seed: number, index: number, most: number): Promise<string> {
  for (let changes = 0; changes <= most; changes++) {
    const found = await converse(seed, index, changes);
    if (found.problem === undefined) continue;
    return `conversation ${index} of seed ${seed}: ${found.problem}\n  ${found.changes.join('\n  ')}`;
  }
  return `conversation ${index} of seed ${seed} is not reproducible`;
}

export const conversations: Fuzzer = {
  name: 'conversations',
  what: 'hostile registry conversations',
  run: holdConversations,
};
