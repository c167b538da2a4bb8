import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artifact, PublishEvent } from '../../../src/tools/artifact/artifact';
import { parseDestination } from '../../../src/tools/destinations/destination';
import { openStore } from '../../../src/tools/destinations/open-store';
import { tagOf } from '../../../src/tools/registry/reference';
import { S3Bucket } from '../../../src/tools/s3/s3-bucket';
import type { Store } from '../../../src/tools/stores/store';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { FaultyProxy, type ProxyFault } from '../support/faulty-proxy';
import { type S3Server, startS3 } from '../support/s3-server';

const BUCKET = 'models';
const MIB = 2 ** 20;

let server: S3Server;
const before = { ...process.env };

beforeAll(async () => {
  server = await startS3(BUCKET);
  Object.assign(process.env, server.environment);
});

afterAll(async () => {
  process.env = before;
  await server.stop();
});

const artifact = testArtifact({
  files: { 'config.json': Buffer.from('{}'), 'weights/a.bin': noise(40 * MIB + 5, 1), 'b.bin': noise(5 * MIB, 2) },
});
const bytes = artifact.files.reduce((sum, { size }) => sum + size, 0);

async function withStore<T>(prefix: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(parseDestination(`s3://${BUCKET}/${prefix}`));
  return use(store).finally(() => store.close());
}

async function publish(prefix: string, content: Artifact = artifact): Promise<PublishEvent[]> {
  const events: PublishEvent[] = [];
  await withStore(prefix, (store) => store.publish(content, (event) => events.push(event)));
  return events;
}

async function problems(prefix: string, content: Artifact = artifact): Promise<string[]> {
  const found = await withStore(prefix, (store) => store.verify(content.index.digest, content));
  return [...found.problems, ...found.surplus];
}

function pathOf(prefix: string, path: string, content: Artifact = artifact): string {
  return join(server.buckets, BUCKET, prefix, tagOf(content.index.digest), path);
}

/** Overwrites an object with other bytes. */
async function overwrite(prefix: string, path: string, body: Buffer): Promise<void> {
  const bucket = S3Bucket.open(BUCKET);
  await bucket.put(`${prefix}/${tagOf(artifact.index.digest)}/${path}`, body);
  bucket.close();
}

const errorBody = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

describe('a real S3 server', () => {
  test('stores each file as an object, and a marker next to them', async () => {
    const events = await publish('whole');
    const hex = tagOf(artifact.index.digest);
    expect(events.at(-1)).toEqual({
      event: 'published',
      artifact: 'models/test',
      reference: `s3://models/whole/${hex}/`,
      bytesSent: bytes,
    });
    expect(readFileSync(pathOf('whole', 'weights/a.bin')).equals(noise(40 * MIB + 5, 1))).toBe(true);
    const marker = JSON.parse(readFileSync(join(server.buckets, BUCKET, 'whole', `${hex}.json`), 'utf8'));
    expect(marker.files.map(({ path }: { path: string }) => path)).toEqual(artifact.files.map(({ path }) => path));
    expect(marker.files[1].checksum).toMatch(/^[A-Za-z0-9+/]{43}=-3$/);
    expect(await problems('whole')).toEqual([]);
  });

  test('receives nothing the second time', async () => {
    await publish('twice');
    expect((await publish('twice')).map(({ event }) => event)).toEqual(['start', 'published']);
  });

  test('receives only the missing parts of a file', async () => {
    const bucket = S3Bucket.open(BUCKET);
    const key = `resumed/${tagOf(artifact.index.digest)}/weights/a.bin`;
    const uploadId = await bucket.startUpload(key);
    await bucket.sendPart(key, uploadId, 2, noise(40 * MIB + 5, 1).subarray(16 * MIB, 32 * MIB));
    bucket.close();
    const events = await publish('resumed');
    expect(events.at(-1)).toMatchObject({ event: 'published', bytesSent: bytes - 16 * MIB });
    expect(readFileSync(pathOf('resumed', 'weights/a.bin')).equals(noise(40 * MIB + 5, 1))).toBe(true);
    expect(await problems('resumed')).toEqual([]);
  });

  test('completes an upload with all parts', async () => {
    const bucket = S3Bucket.open(BUCKET);
    const key = `ended/${tagOf(artifact.index.digest)}/weights/a.bin`;
    const uploadId = await bucket.startUpload(key);
    const content = noise(40 * MIB + 5, 1);
    for (const number of [1, 2, 3])
      await bucket.sendPart(key, uploadId, number, content.subarray((number - 1) * 16 * MIB, number * 16 * MIB));
    bucket.close();
    expect((await publish('ended')).at(-1)).toMatchObject({ bytesSent: 5 * MIB + 2 });
    expect(await problems('ended')).toEqual([]);
  });

  test('is reported as incomplete, damaged, or with unpublished objects', async () => {
    await publish('broken');
    rmSync(pathOf('broken', 'config.json'));
    writeFileSync(pathOf('broken', 'b.bin'), 'short');
    writeFileSync(pathOf('broken', 'other.bin'), 'other');
    expect(await problems('broken')).toEqual([
      "'config.json' is missing",
      `'b.bin' has 5 bytes instead of ${5 * MIB}`,
      "'other.bin' was not published; remove it",
    ]);
  });

  test('is repaired by publishing again, without sending correct objects', async () => {
    await publish('mended');
    rmSync(pathOf('mended', 'config.json'));
    await overwrite('mended', 'b.bin', noise(5 * MIB, 9));
    expect(await problems('mended')).toEqual([
      "'config.json' is missing",
      expect.stringMatching(/^'b\.bin' has the checksum \S+ instead of \S+$/),
    ]);
    expect((await publish('mended')).at(-1)).toMatchObject({ bytesSent: 5 * MIB + 2 });
    expect(await problems('mended')).toEqual([]);
    expect(readFileSync(pathOf('mended', 'b.bin')).equals(noise(5 * MIB, 2))).toBe(true);
  });

  test('is repaired if the marker is damaged', async () => {
    await publish('marker');
    const marker = `marker/${tagOf(artifact.index.digest)}.json`;
    const bucket = S3Bucket.open(BUCKET);
    await bucket.put(marker, Buffer.from('{'));
    bucket.close();
    expect(await problems('marker')).toEqual([`${marker} is damaged`]);
    expect((await publish('marker')).at(-1)).toMatchObject({ bytesSent: 0 });
    expect(await problems('marker')).toEqual([]);
  });

  test('is reported as incomplete without a publication', async () => {
    expect(await problems('nothing')).toEqual([`nothing/${tagOf(artifact.index.digest)}.json is missing`]);
  });

  test('has the correct bytes after two concurrent publishers', async () => {
    const fresh = testArtifact({ files: { 'x.bin': randomBytes(36 * MIB), 'y.bin': randomBytes(1000) } });
    const ends = await Promise.allSettled([publish('race', fresh), publish('race', fresh)]);
    // A server may reject one of two concurrent completions of the same file; that publisher runs the command again.
    const lost = ends.filter(({ status }) => status === 'rejected');
    expect(lost.length).toBeLessThan(2);
    for (const _ of lost) await publish('race', fresh);
    expect(await problems('race', fresh)).toEqual([]);
  });

  test.each<[string, ProxyFault]>([
    ['returns SlowDown', { status: 503, body: errorBody('SlowDown') }],
    ['returns InternalError', { status: 500, body: errorBody('InternalError') }],
    ['returns RequestTimeout', { status: 400, method: 'PUT', body: errorBody('RequestTimeout') }],
    ['drops connections immediately', { dropAfter: 0 }],
    ['drops connections in the middle of a part', { dropAfter: 3 * MIB }],
    ['loses its responses', 'lose-answer'],
    ['truncates its responses', 'truncate'],
  ])('that sometimes %s gets everything eventually, and no complete part twice', async (name, fault) => {
    const proxy = await FaultyProxy.start(server.environment.AWS_ENDPOINT_URL_S3 as string, fault);
    const prefix = `faults/${name.replaceAll(' ', '-')}`;
    process.env.AWS_ENDPOINT_URL_S3 = proxy.url;
    try {
      const finished = new Set<string>();
      const resent: string[] = [];
      // A user runs the command again if it fails.
      for (let tries = 1; ; tries++) {
        const run = withStore(prefix, (store) =>
          store.publish(artifact, (event) => {
            if (event.event === 'sent' && finished.has(event.part)) resent.push(event.part);
            if (event.event === 'done' || event.event === 'present') finished.add(event.part);
          }),
        );
        const error = await run.then(
          () => undefined,
          (reason: { exitCode?: number; message: string }) => reason,
        );
        if (error === undefined) break;
        if (error.exitCode !== 4 || tries === 5) throw error;
      }
      expect(proxy.failed).toBeGreaterThan(0);
      expect(resent).toEqual([]);
    } finally {
      process.env.AWS_ENDPOINT_URL_S3 = server.environment.AWS_ENDPOINT_URL_S3;
      await proxy.stop();
    }
    expect(await problems(prefix)).toEqual([]);
  });

  test('is retried with the correct time if the clock of this machine is wrong', async () => {
    const { now } = Date;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3 * 3_600_000);
    await publish('clock').finally(() => clock.mockRestore());
    expect(await problems('clock')).toEqual([]);
  });

  test('stores an empty file', async () => {
    const empty = testArtifact({ files: { 'empty.txt': Buffer.alloc(0), 'x.bin': randomBytes(10) } });
    await publish('empty', empty);
    expect(await problems('empty', empty)).toEqual([]);
  });

  test.each([
    [
      's3://no-such-bucket/x',
      {},
      /^\[RepositoryMissing\] cannot .* in the bucket no-such-bucket \(NoSuchBucket: .*\); create the bucket, or check its name in --to$/,
    ],
    ['s3://models/x', { AWS_SECRET_ACCESS_KEY: 'wrong' }, /^\[AccessDenied\] cannot .* in the bucket models \(.*\); /],
  ])('fails on %s with %j', async (to, environment, message) => {
    const saved = { ...process.env };
    Object.assign(process.env, environment);
    const store = await openStore(parseDestination(to));
    await expect(store.publish(artifact, () => undefined)).rejects.toThrow(message);
    store.close();
    process.env = saved;
  });
});
