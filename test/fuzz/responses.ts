/** Operations on a registry whose every response is random. */
import { CommandError } from '../../src/tools/command-line/command-error';
import type { HttpRequest, HttpResponse } from '../../src/tools/net/message';
import { registrySource } from '../../src/tools/registry/image-source';
import { RegistryClient } from '../../src/tools/registry/registry-client';
import { resolveFrom } from '../../src/tools/registry/resolve-image';
import { noise, testArtifact } from '../support/stores/artifacts';
import { httpStore } from '../support/stores/publishing';
import { Random } from '../support/stores/random';
import type { Fuzzer, Tally } from './fuzzer';

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
export async function operate(random: Random, options: object, host = '127.0.0.1:5000'): Promise<unknown> {
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

/** What is wrong with an outcome: errors have a code, and no control characters for a terminal. */
export function problemOf(outcome: unknown): string | undefined {
  if (!(outcome instanceof Error)) return undefined;
  if (!(outcome instanceof CommandError)) return `${outcome.name}: ${outcome.message}`;
  return NAMED.test(outcome.message) ? undefined : `an error without a code: ${JSON.stringify(outcome.message)}`;
}

function endOf(outcome: unknown): string {
  return outcome instanceof CommandError ? (/^\[\w+\]/.exec(outcome.message)?.[0] ?? '') : 'success';
}

/** Operates until the registry has sent that many responses. */
export async function receiveResponses({ runs, seed }: { runs: number; seed: number }): Promise<Tally> {
  const random = new Random(Math.imul(seed, 1_000_003));
  const ends: Record<string, number> = {};
  const { stackTraceLimit } = Error;
  // Stack traces would take half of the time.
  Error.stackTraceLimit = 0;
  let responses = 0;
  try {
    while (responses < runs) {
      const before = responses;
      const send = async ({ url }: HttpRequest): Promise<HttpResponse> => {
        if (++responses - before > TOO_MANY) throw new Error('too many requests');
        const status = random.pick(random.chance(0.7) ? STATUSES : MORE_STATUSES);
        return { status, headers: randomHeaders(random), body: randomBody(random), url };
      };
      const outcome = await operate(random, { carrier: { send, stream: send, close: () => undefined } });
      const problem = problemOf(outcome);
      if (problem !== undefined)
        return { runs: responses, ends, failure: `after ${before} responses of seed ${seed}: ${problem}` };
      ends[endOf(outcome)] = (ends[endOf(outcome)] ?? 0) + 1;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { runs: responses, ends };
}

/** For `npm run test:fuzz`. */
export const responses: Fuzzer = { name: 'responses', what: 'random responses', run: receiveResponses };
