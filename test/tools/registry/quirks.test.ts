import { tagOf } from '../../../src/tools/registry/reference';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { countOf, httpStore, publishTo } from '../../support/stores/publishing';
import { type Quirks, RegistryDouble } from '../../support/stores/registry-double';

const MIB = 2 ** 20;
// Layers of many MiB take their time on a busy machine.
jest.setTimeout(30_000);

const artifact = testArtifact({ files: { 'a.bin': noise(300_000, 1), 'b.bin': noise(100, 2) } });
/** More than a proxy lets through at once. */
const large = testArtifact({ files: { 'a.bin': noise(12 * MIB, 1), 'b.bin': noise(100, 2) } });

let double: RegistryDouble;

async function start(quirks: Quirks = {}): Promise<void> {
  double = await new RegistryDouble(quirks).start();
}

afterEach(() => double.stop());

/** That all came over as it should, and nothing twice. */
async function expectWhole({ index: { digest } } = artifact): Promise<void> {
  const { problems } = await httpStore(double.host, { credentials }).verify(digest);
  expect(problems).toEqual([]);
  expect([...double.received.values()].every((times) => times === 1)).toBe(true);
}

const credentials = async () => ({ kind: 'password', user: 'AWS', password: 'secret' }) as const;

describe('a registry as ECR was observed', () => {
  test('is sent a layer in one piece', async () => {
    await start({ leastChunk: 5 * MIB });
    await publishTo(httpStore(double.host), artifact);
    expect(double.requests.filter((line) => line.startsWith('PATCH'))).toEqual([]);
    await expectWhole();
  });

  test('is sent chunks where a proxy takes no large body, whatever its Range says', async () => {
    await start({ maxBody: 6 * MIB, patchCreates: true, staleRange: true, leastChunk: 5 * MIB });
    await publishTo(httpStore(double.host), large);
    // One half, which is refused, and three of 5 MiB at most.
    expect(double.requests.filter((line) => line.startsWith('PATCH'))).toHaveLength(4);
    await expectWhole(large);
  });

  test('is given up when a proxy takes less than the smallest chunk', async () => {
    await start({ maxBody: 4 * MIB });
    await expect(publishTo(httpStore(double.host), large)).rejects.toThrow(
      `[LimitExceeded] ${double.host}/models takes no chunk of ${5 * MIB} bytes; raise the limit of the registry or of the proxy before it`,
    );
  });

  test('is waited for when it does not know a layer yet that it has just taken', async () => {
    await start({ manifestLag: 3 });
    const events = await publishTo(httpStore(double.host), artifact);
    expect(countOf(events, 'retry')).toBe(3);
    expect(events.find(({ event }) => event === 'retry')).toMatchObject({
      reason: 'the registry does not know all layers yet',
    });
    await expectWhole();
  });

  test('closes the connection on a repository that is not there', async () => {
    await start({ closesOnMissingRepository: true });
    await expect(publishTo(httpStore(double.host, { repository: 'other' }), artifact)).rejects.toThrow(
      /^\[ConnectionLost\] the connection to .* was lost \(ECONNRESET: .*\); run the command again/,
    );
  });

  test('is named when a repository is missing and it says so', async () => {
    await start();
    await expect(publishTo(httpStore(double.host, { repository: 'other' }), artifact)).rejects.toThrow(
      `[RepositoryMissing] cannot begin to send ${artifact.blobs[0]!.digest} (${double.host}/other answers 404, 'NAME_UNKNOWN: The repository with name 'other' does not exist'); create it, check its name in --to, or use --create-repository for ECR`,
    );
  });

  test('gets no manifest with an artifact type, which it would refuse', async () => {
    await start({ refusesArtifactType: true });
    await publishTo(httpStore(double.host), artifact);
    await expectWhole();
  });

  test('refuses more layers than it has room for', async () => {
    await start({ maxLayers: 1 });
    await expect(publishTo(httpStore(double.host), artifact)).rejects.toThrow(
      /^\[LimitExceeded\] cannot put the manifest .*Limit on number of layers per image exceeded/,
    );
  });

  test('keeps the digest of an immutable tag, and refuses another', async () => {
    await start({ immutableTags: true });
    await publishTo(httpStore(double.host, { tags: ['v1'] }), artifact);
    expect(countOf(await publishTo(httpStore(double.host, { tags: ['v1'] }), artifact), 'done')).toBe(0);
    const other = testArtifact({ files: { 'a.bin': noise(10, 3) } });
    await expect(publishTo(httpStore(double.host, { tags: ['v1'] }), other)).rejects.toThrow(
      /^\[ImmutableTag\] cannot put the manifest v1 .*; leave --tag out or choose another tag/,
    );
    expect(double.tags.get(`models:${tagOf(other.index.digest)}`)).toBe(other.index.digest);
  });

  test('is shown a user and password', async () => {
    await start({ signIn: { password: 'secret' } });
    await publishTo(httpStore(double.host, { credentials }), artifact);
    await expectWhole();
  });

  test('gives tokens, which are exchanged anew when they end', async () => {
    await start({ signIn: { password: 'secret', tokenUses: 3 } });
    await publishTo(httpStore(double.host, { credentials }), artifact);
    expect(double.requests.filter((line) => line.startsWith('GET /token')).length).toBeGreaterThan(2);
    await expectWhole();
  });

  test('refuses a wrong password', async () => {
    await start({ signIn: { password: 'other', tokenUses: 3 } });
    await expect(publishTo(httpStore(double.host, { credentials }), artifact)).rejects.toThrow(
      `[AccessDenied] ${double.host} refuses a token for these credentials (401); sign in again with 'docker login ${double.host}'`,
    );
  });
});
