import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact, PublishEvent } from '../../../src/tools/artifact/artifact';
import { partSizeOf } from '../../../src/tools/ecr/layer-upload';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { countOf, ecrStore, publishTo } from '../../support/stores/publishing';
import { type Quirks, RegistryDouble } from '../../support/stores/registry-double';

const MIB = 2 ** 20;
// Parts of 5 MiB in base64 take a while on a busy machine.
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

/** Fails after some parts with an error that neither the SDK nor this package retries, as if the process had been killed. */
function failAfterParts(parts: number): void {
  let seen = 0;
  double.fault = ({ headers }) => {
    const isPart = String(headers['x-amz-target']).endsWith('UploadLayerPart');
    return isPart && ++seen > parts
      ? { status: 400, body: '{"__type":"AccessDeniedException","message":"enough"}' }
      : undefined;
  };
}

describe('the layer API of ECR', () => {
  test('receives an image in parts, and returns it', async () => {
    await start();
    const events = await publish();
    expect(events.at(-1)).toMatchObject({ event: 'published', bytesSent: bytes });
    expect(await problems()).toEqual([]);
    expect(readdirSync(journal)).toEqual([]);
  });

  test('receives nothing the second time', async () => {
    await start();
    await publish();
    expect((await publish()).map(({ event }) => event)).toEqual(['start', 'published']);
  });

  test('lets another process resume after the last confirmed byte', async () => {
    await start();
    failAfterParts(1);
    await expect(publish(artifact, { pid: 999_999_998 })).rejects.toThrow('AccessDeniedException');
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

  test('receives no bytes twice after the response to a part was lost', async () => {
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

  test('gets a new upload after it dropped the old one', async () => {
    await start();
    failAfterParts(1);
    await expect(publish(artifact, { pid: 999_999_998 })).rejects.toThrow();
    double.fault = () => undefined;
    double.uploads.clear();
    const events = await publish();
    expect(countOf(events, 'retry')).toBeGreaterThan(0);
    expect(await problems()).toEqual([]);
  });

  test('gets one upload from two publishers on this machine', async () => {
    await start();
    await Promise.all([publish(artifact, { pid: process.pid }), publish(artifact, { pid: process.ppid })]);
    expect(await problems()).toEqual([]);
  });

  test('is retried while it does not see its layers', async () => {
    await start({ manifestLag: 2 });
    expect(countOf(await publish(), 'retry')).toBe(2);
    expect(await problems()).toEqual([]);
  });

  test('reports a missing repository, and creates it if configured', async () => {
    await start({ repositories: [] });
    const { api } = await ecrStore(double.host, { journal });
    await expect(api.ensureRepository(false)).rejects.toThrow(
      /^\[RepositoryMissing\] cannot publish to .*\/models \(RepositoryNotFoundException: .*\); create it with --create-repository, or check its name, account and region in --to$/,
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

  test('keeps the digest of an immutable tag, and rejects another', async () => {
    await start({ immutableTags: true });
    await publish(artifact, { tags: ['v1'] });
    const other = testArtifact({ files: { 'a.bin': noise(10, 3) } });
    await expect(publish(other, { tags: ['v1'] })).rejects.toThrow('[ImmutableTag] cannot put the image v1');
  });

  test('rejects more layers than it supports', async () => {
    await start({ maxLayers: 1 });
    await expect(publish()).rejects.toThrow('Limit on number of layers per image exceeded');
  });

  test('rejects bytes with another digest', async () => {
    await start();
    const [layer] = artifact.blobs;
    const wrong = { ...layer!, read: (from?: number) => zeros(layer!.size, from) };
    await expect(publish({ ...artifact, blobs: [wrong, ...artifact.blobs.slice(1)] })).rejects.toThrow(
      '[DigestMismatch] cannot complete the upload of',
    );
    expect(readdirSync(journal)).toEqual([]);
  });

  test.each([
    ['ExpiredTokenException', '[TokenExpired] cannot read', 'sign in to AWS again'],
    ['AccessDeniedException', '[AccessDenied] cannot read', 'allow this action for the identity'],
    ['UnrecognizedClientException', '[AccessDenied] cannot read', 'sign in to AWS again'],
    ['KmsException', '[AccessDenied] cannot read', 'allow the identity to use the KMS key'],
  ])('reports what to do on %s', async (type, code, remedy) => {
    await start();
    double.fault = () => ({ status: 400, body: JSON.stringify({ __type: type, message: 'no' }) });
    const failure = await publish().catch((error: Error) => error);
    expect((failure as Error).message).toContain(code);
    expect((failure as Error).message).toContain(remedy);
  });

  test('is retried with the correct time if the clock of this machine is wrong', async () => {
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

test('rejects a layer that is too large for the maximum number of parts', () => {
  expect(() => partSizeOf(90_000 * MIB)).toThrow(
    /^\[LimitExceeded\] a layer of .* use --transport http, or split the file$/,
  );
});

async function* zeros(size: number, from = 0): AsyncIterable<Buffer> {
  yield Buffer.alloc(size - from);
}
