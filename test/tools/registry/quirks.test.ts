import { tagOf } from '../../../src/tools/registry/reference';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { countOf, httpStore, publishTo } from '../../support/stores/publishing';
import { type Quirks, RegistryDouble } from '../../support/stores/registry-double';

const MIB = 2 ** 20;
// Layers of many MiB take a while on a busy machine.
jest.setTimeout(30_000);

const artifact = testArtifact({ files: { 'a.bin': noise(300_000, 1), 'b.bin': noise(100, 2) } });
/** More than the proxy accepts in one request. */
const large = testArtifact({ files: { 'a.bin': noise(12 * MIB, 1), 'b.bin': noise(100, 2) } });

let double: RegistryDouble;

async function start(quirks: Quirks = {}): Promise<void> {
  double = await new RegistryDouble(quirks).start();
}

afterEach(() => double.stop());

/** Expects a complete artifact, and no blob that was sent twice. */
async function expectComplete({ index: { digest } } = artifact): Promise<void> {
  const { problems } = await httpStore(double.host, { credentials }).verify(digest);
  expect(problems).toEqual([]);
  expect([...double.received.values()].every((times) => times === 1)).toBe(true);
}

const credentials = async () => ({ kind: 'password', user: 'AWS', password: 'secret' }) as const;

describe('a registry that behaves like ECR', () => {
  test('gets a layer in one request', async () => {
    await start({ leastChunk: 5 * MIB });
    await publishTo(httpStore(double.host), artifact);
    expect(double.requests.filter((line) => line.startsWith('PATCH'))).toEqual([]);
    await expectComplete();
  });

  test('gets chunks behind a proxy that rejects large bodies, regardless of the Range in its responses', async () => {
    await start({ maxBody: 6 * MIB, patchCreates: true, staleRange: true, leastChunk: 5 * MIB });
    await publishTo(httpStore(double.host), large);
    // One half, which is rejected, and three chunks of at most 5 MiB.
    expect(double.requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(4);
    await expectComplete(large);
  });

  test('fails if a proxy rejects the smallest chunk', async () => {
    await start({ maxBody: 4 * MIB });
    await expect(publishTo(httpStore(double.host), large)).rejects.toThrow(
      `[LimitExceeded] ${double.host}/models accepts no chunk of ${5 * MIB} bytes; raise the limit of the registry or of the proxy in front of it`,
    );
  });

  test('is retried while it does not see a layer that was just uploaded', async () => {
    await start({ manifestLag: 3 });
    const events = await publishTo(httpStore(double.host), artifact);
    expect(countOf(events, 'retry')).toBe(3);
    expect(events.find(({ event }) => event === 'retry')).toMatchObject({
      reason: 'the registry does not see all layers yet',
    });
    await expectComplete();
  });

  test('closes the connection if the repository does not exist', async () => {
    await start({ closesOnMissingRepository: true });
    await expect(publishTo(httpStore(double.host, { repository: 'other' }), artifact)).rejects.toThrow(
      /^\[ConnectionLost\] the connection to .* was lost \(ECONNRESET: .*\); run the command again/,
    );
  });

  test('reports a missing repository', async () => {
    await start();
    await expect(publishTo(httpStore(double.host, { repository: 'other' }), artifact)).rejects.toThrow(
      `[RepositoryMissing] cannot start the upload of ${artifact.blobs[0]!.digest} (${double.host}/other returned 404, 'NAME_UNKNOWN: The repository with name 'other' does not exist'); create it, check its name in --to, or use --create-repository for ECR`,
    );
  });

  test('gets no manifest with an artifact type, which it would reject', async () => {
    await start({ refusesArtifactType: true });
    await publishTo(httpStore(double.host), artifact);
    await expectComplete();
  });

  test('rejects more layers than it supports', async () => {
    await start({ maxLayers: 1 });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      /^\[LimitExceeded\] cannot put the manifest .*Limit on number of layers per image exceeded/,
    );
  });

  test('keeps the digest of an immutable tag, and rejects another', async () => {
    await start({ immutableTags: true });
    await publishTo(httpStore(double.host, { tags: ['v1'] }), artifact);
    expect(countOf(await publishTo(httpStore(double.host, { tags: ['v1'] }), artifact), 'done')).toBe(0);
    const other = testArtifact({ files: { 'a.bin': noise(10, 3) } });
    await expect(publishTo(httpStore(double.host, { tags: ['v1'] }), other)).rejects.toThrow(
      /^\[ImmutableTag\] cannot put the manifest v1 .*; omit --tag or choose another tag/,
    );
    expect(double.tags.get(`models:${tagOf(other.index.digest)}`)).toBe(other.index.digest);
  });

  test('gets a user and password', async () => {
    await start({ signIn: { password: 'secret' } });
    await publishTo(httpStore(double.host, { credentials }), artifact);
    await expectComplete();
  });

  test('issues tokens, which are renewed when they expire', async () => {
    await start({ signIn: { password: 'secret', tokenUses: 3 } });
    await publishTo(httpStore(double.host, { credentials }), artifact);
    expect(double.requests.filter((line) => line.startsWith('GET /token')).length).toBeGreaterThan(2);
    await expectComplete();
  });

  test('rejects a wrong password', async () => {
    await start({ signIn: { password: 'other', tokenUses: 3 } });
    await expect(publishTo(httpStore(double.host, { credentials }), artifact)).rejects.toThrow(
      `[AccessDenied] ${double.host} issues no token for these credentials (401); sign in again with 'docker login ${double.host}'`,
    );
  });
});
