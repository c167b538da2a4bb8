import { type Claim, VerifiedBytes } from '../../../src/tools/net/verified';
import { digestOf, noise } from '../../support/stores/artifacts';

const MIB = 2 ** 20;
const bytes = noise(20 * MIB + 5, 1);
const claim: Claim = { digest: digestOf(bytes), size: bytes.length, source: 'r.example/x' };

/** The reads of a store, in chunks of this size. */
function store(content: Buffer, chunk = MIB) {
  const opened: number[] = [];
  async function* open(from: number): AsyncIterable<Buffer> {
    opened.push(from);
    for (let at = from; at < content.length; at += chunk) yield content.subarray(at, at + chunk);
  }
  return { opened, open };
}

async function collect(chunks: AsyncIterable<Buffer>, most = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const found: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    found.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(found).subarray(0, Math.min(most, length));
}

/** What a reader has when reading fails. */
async function before(chunks: AsyncIterable<Buffer>): Promise<{ length: number; message: string }> {
  let length = 0;
  try {
    for await (const chunk of chunks) length += chunk.length;
  } catch (error) {
    return { length, message: (error as Error).message };
  }
  return { length, message: '' };
}

test('the right bytes are given from anywhere', async () => {
  const { open } = store(bytes);
  const verified = new VerifiedBytes(claim, open);
  for (const from of [0, 1, MIB, 9 * MIB + 3, bytes.length - 1])
    expect((await collect(verified.read(from))).equals(bytes.subarray(from))).toBe(true);
});

test('what was hashed once is not read again', async () => {
  const { open, opened } = store(bytes);
  const verified = new VerifiedBytes(claim, open);
  await collect(verified.read(), 10 * MIB);
  await collect(verified.read(10 * MIB));
  expect(opened).toEqual([0, 8 * MIB]);
});

test.each([
  [
    'differ at their end',
    Buffer.concat([bytes.subarray(0, -1), Buffer.from([0])]),
    /^\[DigestMismatch\] .* sends bytes of the digest sha256:/,
  ],
  [
    'are too many',
    Buffer.concat([bytes, bytes]),
    /^\[DigestMismatch\] .* sends more than the 20971525 bytes of sha256:/,
  ],
  ['are too few', bytes.subarray(0, -9), /^\[ConnectionLost\] .* ends sha256:\w+ after 20971516 of 20971525 bytes/],
  ['are none', Buffer.alloc(0), /^\[ConnectionLost\] /],
])('bytes that %s never reach a reader whole', async (_, wrong, message) => {
  for (const from of [0, 12 * MIB]) {
    const found = await before(new VerifiedBytes(claim, store(wrong).open).read(from));
    expect(found.message).toMatch(message);
    expect(found.length).toBeLessThan(bytes.length - from);
  }
});

test('what lies before the begin of a read is verified with it', async () => {
  const wrong = Buffer.from(bytes);
  wrong[5] = (wrong[5] as number) ^ 1;
  const found = await before(new VerifiedBytes(claim, store(wrong).open).read(12 * MIB));
  expect(found.message).toMatch(/^\[DigestMismatch\]/);
});

test('nothing is a blob too', async () => {
  const empty = { digest: digestOf(Buffer.alloc(0)), size: 0, source: 'x' };
  expect(await collect(new VerifiedBytes(empty, store(Buffer.alloc(0)).open).read())).toHaveLength(0);
});
