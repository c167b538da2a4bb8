import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { CommandError } from '../../../src/tools/command-line/command-error';
import type { HttpRequest, HttpResponse } from '../../../src/tools/net/message';
import { registrySource } from '../../../src/tools/registry/image-source';
import { RegistryClient } from '../../../src/tools/registry/registry-client';
import { resolveFrom } from '../../../src/tools/registry/resolve-image';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { httpStore } from '../../support/stores/publishing';
import { Random } from '../../support/stores/random';

const ANSWERS = 100_000;
const RAW_ANSWERS = 1_000;
// Where errors come from is not looked at, and costs half of the time.
Error.stackTraceLimit = 0;

/** More questions than any one operation may ask. */
const TOO_MANY = 2_000;

const artifact = testArtifact({ files: { 'a.bin': noise(3000, 1), 'b.bin': noise(1000, 2) } });
const { digest } = artifact.index;
const NO_WAIT = { attempts: 3, firstWait: 0, maxWait: 0 };
const password = async () => ({ kind: 'password', user: 'user', password: 'secret' }) as const;

const STATUSES = [
  200, 200, 200, 201, 201, 202, 202, 204, 206, 301, 307, 400, 401, 401, 403, 404, 404, 405, 407, 409, 411,
];
const MORE_STATUSES = [412, 413, 416, 418, 429, 451, 500, 501, 502, 503, 504, 507, 599, 999, 0];

function randomText(random: Random): string {
  return random.bytes(random.below(40)).toString('latin1');
}

function randomHeaders(random: Random): Record<string, string> {
  const headers: Record<string, string> = {};
  const maybe = (name: string, values: readonly string[]): void => {
    if (random.chance(0.5)) headers[name] = random.pick([...values, randomText(random)]);
  };
  maybe('location', [
    '/v2/models/blobs/uploads/1',
    'uploads/1?state=2',
    'http://other.example/x',
    'ftp://x/',
    'http://',
    '',
  ]);
  maybe('docker-content-digest', [digest, artifact.blobs[0]!.digest, 'sha256:', 'md5:1']);
  maybe('www-authenticate', [
    'Basic realm="x"',
    'Bearer realm="http://127.0.0.1:5000/token",service="s"',
    'Bearer',
    'Bearer realm=,',
    'Bearer realm="https://x.example/t',
    ',,,',
    'Digest a=b',
  ]);
  maybe('content-type', [
    'text/html',
    'application/json',
    artifact.index.mediaType,
    'application/vnd.oci.image.manifest.v1+json',
  ]);
  maybe('content-length', ['0', '3000', '-1', 'NaN', '99999999999999999999', String(artifact.blobs[0]!.size)]);
  maybe('retry-after', ['0', '-5', '999999999', 'tomorrow', 'Fri, 31 Dec 9999 23:59:59 GMT']);
  maybe('date', ['Fri, 31 Dec 1999 23:59:59 GMT', 'never']);
  maybe('oci-chunk-min-length', ['0', '1e9', '-1']);
  return headers;
}

const BODIES: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('<html>login</html>'),
  ...[artifact.index, ...artifact.manifests].map(({ bytes }) => bytes),
  ...[
    null,
    [],
    {},
    1,
    'x',
    { errors: null },
    { errors: [null, 1, {}] },
    { errors: [{ code: {}, message: [] }] },
    { errors: [{ code: 'NAME_UNKNOWN' }] },
    { errors: [{ code: 'MANIFEST_BLOB_UNKNOWN' }] },
    { errors: [{ code: 'X', message: 'the tag is immutable \u001b[2J' }] },
    { token: 'abc' },
    { token: 1 },
    { access_token: 'x y' },
    { token: 'abc', expires_in: 'soon' },
    { manifests: {} },
    { manifests: [{ digest, mediaType: 'x', size: -1 }] },
    { manifests: [{ digest, mediaType: 'x', size: 1, platform: null }] },
    { layers: 'x' },
    { config: null, layers: [] },
    { architecture: 'amd64', os: 'linux' },
  ].map((json: unknown) => Buffer.from(JSON.stringify(json))),
];

function randomBody(random: Random): Buffer {
  const body = random.pick(BODIES);
  if (random.chance(0.1)) return random.bytes(random.below(100));
  return random.chance(0.1) ? body.subarray(0, random.below(body.length + 1)) : body;
}

/** Asks all questions that a registry is asked, one kind at random; true when it ends well or with a named error. */
async function ask(random: Random, options: object, host = '127.0.0.1:5000'): Promise<unknown> {
  const store = httpStore(host, {
    credentials: password,
    retry: NO_WAIT,
    mountFrom: ['other'],
    tags: ['v1'],
    ...options,
  });
  const source = registrySource(
    new RegistryClient(host, 'models', { plainHttp: true, credentials: password, retry: NO_WAIT, ...options }),
  );
  const operation = random.pick([
    () => store.publish(artifact, () => undefined),
    () => store.verify(digest),
    () => resolveFrom(source, 'latest', 'x/models'),
  ]);
  return operation()
    .catch((error: unknown) => error)
    .finally(() => store.close());
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal.
const NAMED = /^\[[A-Z]\w+\] [^\u0000-\u001f\u007f-\u009f]+$/;

/** Errors are named, and have nothing in them that a terminal would obey. */
function expectNamed(outcome: unknown): void {
  if (!(outcome instanceof Error)) return;
  if (!(outcome instanceof CommandError)) throw outcome;
  if (!NAMED.test(outcome.message)) throw new Error(`no named error: ${JSON.stringify(outcome.message)}`);
}

test(`${ANSWERS} random answers end well or with a named error`, async () => {
  const random = new Random(20_261_126);
  let answers = 0;
  const kinds = new Map<string, number>();
  while (answers < ANSWERS) {
    let asked = 0;
    const send = async ({ url }: HttpRequest): Promise<HttpResponse> => {
      answers++;
      if (++asked > TOO_MANY) throw new Error('this never ends');
      const status = random.pick(random.chance(0.7) ? STATUSES : MORE_STATUSES);
      return { status, headers: randomHeaders(random), body: randomBody(random), url };
    };
    const outcome = await ask(random, { carrier: { send, stream: send, close: () => undefined } });
    expectNamed(outcome);
    const kind = outcome instanceof CommandError ? (/^\[(\w+)\]/.exec(outcome.message)?.[1] ?? '') : 'well';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  process.stdout.write(`${answers} random answers: ${JSON.stringify(Object.fromEntries(kinds))}\n`);
  // Random answers reach most ends, or they would prove little.
  expect(kinds.size).toBeGreaterThan(12);
}, 300_000);

describe('bytes that are no HTTP', () => {
  let server: Server;
  const random = new Random(7);
  const sockets = new Set<Socket>();
  let answers = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', () => {
        answers++;
        const good = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
        const [cut, at] = [random.below(good.length), random.below(good.length)];
        const mutated = Buffer.from(good);
        mutated[at] = random.below(256);
        const bytes = random.pick([
          random.bytes(random.below(200)),
          Buffer.from(good.slice(0, cut)),
          mutated,
          Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'),
          Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}\r\n`),
          Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'),
        ]);
        if (random.chance(0.9)) socket.end(bytes);
        else if (random.chance(0.5)) socket.destroy();
        else socket.write(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test(`${RAW_ANSWERS} times end with a named error`, async () => {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    while (answers < RAW_ANSWERS)
      expectNamed(await ask(random, { http: { idleTimeout: 50, uploadTimeout: 50 } }, host));
    process.stdout.write(`${answers} answers that are no HTTP\n`);
  }, 300_000);
});
