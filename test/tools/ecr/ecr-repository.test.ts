import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact, PublishEvent } from '../../../src/tools/artifact/artifact';
import { partSizeOf } from '../../../src/tools/ecr/layer-upload';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { countOf, ecrStore, publishTo } from '../../support/stores/publishing';
import { type Quirks, RegistryDouble } from '../../support/stores/registry-double';

const MIB = 2 ** 20;
// Parts of five MiB in base64 take their time on a busy machine.
jest.setTimeout(30_000);

const artifact = testArtifact({ files: { 'a.bin': noise(6 * MIB, 1), 'b.bin': noise(100, 2) } });
const bytes = artifact.blobs.reduce((sum, { size }) => sum + size, 0);

let double: RegistryDouble;
let journal: string;
const before = { ...process.env };

async function start(quirks: Quirks = {}): Promise<void> {
  double = await new RegistryDouble(quirks).start();
}

beforeEach(() => {
  journal = mkdtempSync(join(tmpdir(), 'journal-'));
});

afterEach(async () => {
  await double.stop();
  rmSync(journal, { recursive: true });
  process.env = { ...before };
});

async function publish(
  content: Artifact = artifact,
  options: { pid?: number; tags?: string[]; repository?: string } = {},
): Promise<PublishEvent[]> {
  return publishTo((await ecrStore(double.host, { journal, ...options })).store, content);
}

async function problems(): Promise<string[]> {
  const { store } = await ecrStore(double.host, { journal });
  return (await store.verify(artifact.index.digest).finally(() => store.close())).problems;
}

/** A connection that ends in the middle, which no retry outlives: as if the process had been killed. */
function failAfterParts(parts: number): void {
  let seen = 0;
  double.fault = ({ headers }) => {
    const isPart = String(headers['x-amz-target']).endsWith('UploadLayerPart');
    return isPart && ++seen > parts
      ? { status: 400, body: '{"__type":"LimitExceededException","message":"enough"}' }
      : undefined;
  };
}

describe('the layer API of ECR', () => {
  test('takes an image in parts, and shows it', async () => {
    await start();
    const events = await publish();
    expect(events.at(-1)).toMatchObject({ event: 'published', bytesSent: bytes });
    expect(await problems()).toEqual([]);
    expect(readdirSync(journal)).toEqual([]);
  });

  test('is sent nothing the second time', async () => {
    await start();
    await publish();
    expect((await publish()).map(({ event }) => event)).toEqual(['start', 'published']);
  });

  test('is gone on with by another process from the last byte that it confirmed', async () => {
    await start();
    failAfterParts(1);
    await expect(publish(artifact, { pid: 999_999_998 })).rejects.toThrow('[LimitExceeded]');
    double.fault = () => undefined;
    const kept = [...double.uploads.values()].reduce((sum, { size }) => sum + size, 0);
    expect(kept).toBeGreaterThan(0);
    const events = await publish(artifact, { pid: 999_999_999 });
    const already = [...double.received.keys()].length;
    expect(already).toBe(artifact.blobs.length);
    const sent = (events.at(-1) as { bytesSent: number }).bytesSent;
    const present = events.reduce((sum, event) => sum + (event.event === 'present' ? event.bytes : 0), 0);
    expect(sent + present + kept).toBe(bytes);
    expect(await problems()).toEqual([]);
  });

  test('is sent a part again whose answer was lost only as far as it has not got it', async () => {
    await start();
    let lost = false;
    double.fault = ({ headers }) => {
      if (lost || !String(headers['x-amz-target']).endsWith('UploadLayerPart')) return undefined;
      lost = true;
      return 'lose-answer';
    };
    await publish();
    expect(await problems()).toEqual([]);
    expect([...double.received.values()]).toEqual(artifact.blobs.map(() => 1));
  });

  test('is begun with anew when it forgot the upload', async () => {
    await start();
    failAfterParts(1);
    await expect(publish(artifact, { pid: 999_999_998 })).rejects.toThrow();
    double.fault = () => undefined;
    double.uploads.clear();
    const events = await publish();
    expect(countOf(events, 'retry')).toBeGreaterThan(0);
    expect(await problems()).toEqual([]);
  });

  test('is left alone by a second publisher on this machine', async () => {
    await start();
    await Promise.all([publish(artifact, { pid: process.pid }), publish(artifact, { pid: process.ppid })]);
    expect(await problems()).toEqual([]);
  });

  test('is waited for when it does not know its layers yet', async () => {
    await start({ manifestLag: 2 });
    expect(countOf(await publish(), 'retry')).toBe(2);
    expect(await problems()).toEqual([]);
  });

  test('names a repository that is not there, and makes it when asked', async () => {
    await start({ repositories: [] });
    const { api } = await ecrStore(double.host, { journal });
    await expect(api.ensureRepository(false)).rejects.toThrow(
      /^\[RepositoryMissing\] cannot publish to .*\/models \(RepositoryNotFoundException: .*\); make it with --create-repository, or check its name, account and region in --to$/,
    );
    await api.ensureRepository(true);
    await api.ensureRepository(true);
    api.close();
    expect(double.created).toEqual([
      {
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'AES256' },
      },
    ]);
    await publish();
    expect(await problems()).toEqual([]);
  });

  test('keeps the digest of an immutable tag, and refuses another', async () => {
    await start({ immutableTags: true });
    await publish(artifact, { tags: ['v1'] });
    const other = testArtifact({ files: { 'a.bin': noise(10, 3) } });
    await expect(publish(other, { tags: ['v1'] })).rejects.toThrow('[ImmutableTag] cannot put the image v1');
  });

  test('refuses more layers than it has room for', async () => {
    await start({ maxLayers: 1 });
    await expect(publish()).rejects.toThrow('Limit on number of layers per image exceeded');
  });

  test('is believed to have the bytes only when their digest is right', async () => {
    await start();
    const [layer] = artifact.blobs;
    const wrong = { ...layer!, read: (from?: number) => zeros(layer!.size, from) };
    await expect(publish({ ...artifact, blobs: [wrong, ...artifact.blobs.slice(1)] })).rejects.toThrow(
      '[DigestMismatch] cannot end the upload of',
    );
    expect(readdirSync(journal)).toEqual([]);
  });

  test.each([
    ['ExpiredTokenException', '[TokenExpired] cannot read', 'sign in to AWS again'],
    ['AccessDeniedException', '[AccessDenied] cannot read', 'allow the action that it names for this identity'],
    ['UnrecognizedClientException', '[AccessDenied] cannot read', 'sign in to AWS again'],
    ['KmsException', '[AccessDenied] cannot read', 'allow the use of the key'],
  ])('says what to do on %s', async (type, code, remedy) => {
    await start();
    double.fault = () => ({ status: 400, body: JSON.stringify({ __type: type, message: 'no' }) });
    const failure = await publish().catch((error: Error) => error);
    expect((failure as Error).message).toContain(code);
    expect((failure as Error).message).toContain(remedy);
  });

  test('is asked again with the right time when the clock of this machine is wrong', async () => {
    await start();
    const skew = 3 * 3600_000;
    const now = Date.now;
    double.fault = ({ headers }) => {
      const signed = String(headers['x-amz-date']).replace(
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
        '$1-$2-$3T$4:$5:$6Z',
      );
      if (Math.abs(Date.parse(signed) - now()) < 900_000) return undefined;
      return {
        status: 403,
        headers: { date: new Date(now()).toUTCString() },
        body: '{"__type":"InvalidSignatureException","message":"Signature expired"}',
      };
    };
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - skew);
    await publish().finally(() => clock.mockRestore());
    expect(await problems()).toEqual([]);
  });
});

test.each([
  [1, 5 * MIB],
  [21_000 * MIB, 5 * MIB],
  [42_000 * MIB, 10 * MIB],
  [52_000 * MIB, 13 * MIB],
])('a layer of %d bytes is sent in parts of %d', (layer, part) => {
  expect(partSizeOf(layer)).toBe(part);
});

test('fails on a layer that no number of parts holds', () => {
  expect(() => partSizeOf(90_000 * MIB)).toThrow(
    /^\[LimitExceeded\] a layer of .* use --transport http or divide the file$/,
  );
});

async function* zeros(size: number, from = 0): AsyncIterable<Buffer> {
  yield Buffer.alloc(size - from);
}
