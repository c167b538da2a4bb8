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

/** Fails every request that matches. */
function always(fault: Fault, matches = (_: IncomingMessage) => true): void {
  double.fault = (request) => (matches(request) ? fault : undefined);
}

/** Fails every fourth request on average. The choice is random, but the same in every run. */
function intermittently(fault: Fault): void {
  const random = new Random(1);
  double.fault = () => (random.chance(1 / 4) ? fault : undefined);
}

const isPut = ({ method, url }: IncomingMessage): boolean => method === 'PUT' && url?.includes('/uploads/') === true;

describe('a registry with intermittent faults', () => {
  test.each<[string, Fault]>([
    ['returns 500', { status: 500, body: 'oops' }],
    ['returns 429', { status: 429, headers: { 'retry-after': '0' } }],
    [
      'returns 503 with a retry date in the past',
      { status: 503, headers: { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' } },
    ],
    ['drops connections immediately', { dropAfter: 0 }],
    ['drops connections in the middle of a layer', { dropAfter: 1_000_000 }],
    ['truncates its responses', 'truncate'],
    ['loses its responses', 'lose-answer'],
  ])('that %s gets everything eventually, and no complete layer twice', async (_, fault) => {
    intermittently(fault);
    const events = await publishTo(httpStore(double.host), artifact);
    double.fault = () => undefined;
    expect(countOf(events, 'retry')).toBeGreaterThan(0);
    expect((await httpStore(double.host).verify(digest)).problems).toEqual([]);
    expect([...double.received.values()]).toEqual(artifact.blobs.map(() => 1));
  });

  test('gets no more attempts than the policy allows', async () => {
    double.fault = () => ({ status: 503 });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      /^\[StoreFailed\] cannot look for .* returned 503\); check the registry log, and run the command again later to resume$/,
    );
    expect(double.requests).toHaveLength(6);
  });

  test('is retried after its Retry-After date, by its own clock', async () => {
    const date = new Date(Date.UTC(2001, 0, 1));
    const later = new Date(date.getTime() + 3600_000);
    always({ status: 429, headers: { date: date.toUTCString(), 'retry-after': later.toUTCString() } });
    const started = performance.now();
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow('[TooManyRequests]');
    // The wait is an hour by the registry's clock, limited by the policy, not years by ours.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test.each<[Fault, string]>([
    [{ status: 507 }, '[StoreFull] cannot upload'],
    [
      { status: 500, body: '{"errors":[{"code":"UNKNOWN","message":"write: no space left on device"}]}' },
      '[StoreFull] cannot upload',
    ],
    [{ status: 403, body: '{"errors":[{"code":"DENIED","message":"no permission"}]}' }, '[AccessDenied] cannot upload'],
    [
      {
        status: 403,
        body: '{"errors":[{"code":"DENIED","message":"Your authorization token has expired. Reauthenticate and try again."}]}',
      },
      '[TokenExpired] cannot upload',
    ],
    [{ status: 407 }, '[ProxyFailed] cannot upload'],
    [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }, '[UnexpectedAnswer] cannot upload'],
  ])('is not retried if that cannot help: %j', async (fault, message) => {
    always(fault, isPut);
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(message);
  });

  test('is distinguished from a website', async () => {
    double.fault = () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      `[NotARegistry] ${double.host} is not an OCI registry: it has no API at /v2/; check the address`,
    );
  });

  test('gets no tag if a file became shorter since it was locked', async () => {
    const [layer] = artifact.blobs;
    const short = { ...layer!, read: () => noiseOf(10) };
    const changed = { ...artifact, blobs: [short, ...artifact.blobs.slice(1)] };
    await expect(publishTo(httpStore(double.host), changed)).rejects.toThrow(
      'the body has 10 bytes, but its declared length is',
    );
    expect(double.tags.size).toBe(0);
  });
});

async function* noiseOf(bytes: number): AsyncIterable<Buffer> {
  yield noise(bytes, 9);
}
