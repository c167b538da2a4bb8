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

const RESPONSES = 100_000;
const RAW_RESPONSES = 1_000;
// Stack traces are not used here, and take half of the time.
Error.stackTraceLimit = 0;

/** More requests than any operation may send. */
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

/** Runs one operation with a registry at random. Returns its result or its error. */
async function operate(random: Random, options: object, host = '127.0.0.1:5000'): Promise<unknown> {
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

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters must not reach a terminal.
const NAMED = /^\[[A-Z]\w+\] [^\u0000-\u001f\u007f-\u009f]+$/;

/** Errors have a code, and no control characters for a terminal. */
function expectNamed(outcome: unknown): void {
  if (!(outcome instanceof Error)) return;
  if (!(outcome instanceof CommandError)) throw outcome;
  if (!NAMED.test(outcome.message)) throw new Error(`an error without a code: ${JSON.stringify(outcome.message)}`);
}

test(`${RESPONSES} random responses end with success or an error code`, async () => {
  const random = new Random(20_261_126);
  let responses = 0;
  const kinds = new Map<string, number>();
  while (responses < RESPONSES) {
    let requests = 0;
    const send = async ({ url }: HttpRequest): Promise<HttpResponse> => {
      responses++;
      if (++requests > TOO_MANY) throw new Error('too many requests');
      const status = random.pick(random.chance(0.7) ? STATUSES : MORE_STATUSES);
      return { status, headers: randomHeaders(random), body: randomBody(random), url };
    };
    const outcome = await operate(random, { carrier: { send, stream: send, close: () => undefined } });
    expectNamed(outcome);
    const kind = outcome instanceof CommandError ? (/^\[(\w+)\]/.exec(outcome.message)?.[1] ?? '') : 'well';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  process.stdout.write(`${responses} random responses: ${JSON.stringify(Object.fromEntries(kinds))}\n`);
  // Random responses must cause most kinds of errors, or they would prove little.
  expect(kinds.size).toBeGreaterThan(12);
}, 300_000);

describe('bytes that are not HTTP', () => {
  let server: Server;
  const random = new Random(7);
  const sockets = new Set<Socket>();
  let responses = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', () => {
        responses++;
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

  test(`${RAW_RESPONSES} times end with an error code`, async () => {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    while (responses < RAW_RESPONSES)
      expectNamed(await operate(random, { http: { idleTimeout: 50, uploadTimeout: 50 } }, host));
    process.stdout.write(`${responses} responses that are not HTTP\n`);
  }, 300_000);
});
