import type { IncomingMessage } from 'node:http';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { countOf, httpStore, publishTo } from '../../support/stores/publishing';
import { Random } from '../../support/stores/random';
import { type Fault, RegistryDouble } from '../../support/stores/registry-double';

const artifact = testArtifact({ files: { 'a.bin': noise(3_000_000, 1), 'b.bin': noise(2_000_000, 2) } });
const { digest } = artifact.index;

let double: RegistryDouble;

beforeEach(async () => {
  double = await new RegistryDouble().start();
});

afterEach(() => double.stop());

/** The same fault for every request that matches. */
function always(fault: Fault, matches = (_: IncomingMessage) => true): void {
  double.fault = (request) => (matches(request) ? fault : undefined);
}

/** The same fault for one request of four, which are drawn but are the same in every run. */
function nowAndThen(fault: Fault): void {
  const random = new Random(1);
  double.fault = () => (random.chance(1 / 4) ? fault : undefined);
}

const isPut = ({ method, url }: IncomingMessage): boolean => method === 'PUT' && url?.includes('/uploads/') === true;

describe('a registry that fails now and then', () => {
  test.each<[string, Fault]>([
    ['answers 500', { status: 500, body: 'oops' }],
    ['answers 429', { status: 429, headers: { 'retry-after': '0' } }],
    [
      'answers 503 with a date in the past',
      { status: 503, headers: { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' } },
    ],
    ['drops connections at once', { dropAfter: 0 }],
    ['drops connections in the middle of a layer', { dropAfter: 1_000_000 }],
    ['cuts its answers off', 'truncate'],
    ['loses its answers', 'lose-answer'],
  ])('that %s has everything in the end, and no finished layer twice', async (_, fault) => {
    nowAndThen(fault);
    const events = await publishTo(httpStore(double.host), artifact);
    double.fault = () => undefined;
    expect(countOf(events, 'retry')).toBeGreaterThan(0);
    expect((await httpStore(double.host).verify(digest)).problems).toEqual([]);
    expect([...double.received.values()]).toEqual(artifact.blobs.map(() => 1));
  });

  test('is asked no more often than the policy says', async () => {
    double.fault = () => ({ status: 503 });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      /^\[StoreFailed\] cannot look for .* answers 503\); look at its log; run the command again later, it resumes where it stopped$/,
    );
    expect(double.requests).toHaveLength(6);
  });

  test('is waited for as long as it asks, by its own clock', async () => {
    const date = new Date(Date.UTC(2001, 0, 1));
    const later = new Date(date.getTime() + 3600_000);
    always({ status: 429, headers: { date: date.toUTCString(), 'retry-after': later.toUTCString() } });
    const started = performance.now();
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow('[TooManyRequests]');
    // An hour by the registry's clock, bounded by the policy, and not the years by ours.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each<[Fault, string]>([
    [{ status: 507 }, '[StoreFull] cannot send'],
    [
      { status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"write: no space left on device"}]}' },
      '[StoreFull] cannot send',
    ],
    [{ status: 403, body: '{"errors":[{"code":"DENIED","message":"no permission"}]}' }, '[AccessDenied] cannot send'],
    [
      {
        status: 403,
        body: '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}',
      },
      '[TokenExpired] cannot send',
    ],
    [{ status: 407 }, '[ProxyFailed] cannot send'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, '[UnexpectedAnswer] cannot send'],
  ])('is not tried again where that cannot help: %j', async (fault, message) => {
    always(fault, isPut);
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(message);
  });

  test('is told apart from a web site', async () => {
    double.fault = () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      `[NotARegistry] ${double.host} is no OCI registry: it does not answer at /v2/; check the address`,
    );
  });

  test('is sent nothing by a publisher whose file has become shorter', async () => {
    const [layer] = artifact.blobs;
    const short = { ...layer!, read: () => noiseOf(10) };
    const changed = { ...artifact, blobs: [short, ...artifact.blobs.slice(1)] };
    await expect(publishTo(httpStore(double.host), changed)).rejects.toThrow('the body has 10 bytes and not the');
    expect(double.tags.size).toBe(0);
  });
});

async function* noiseOf(bytes: number): AsyncIterable<Buffer> {
  yield noise(bytes, 9);
}
