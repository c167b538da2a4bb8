import { type Claim, VerifiedBytes } from '../../../src/tools/net/verified';
import { digestOf, noise } from '../../support/stores/artifacts';

const MIB = 2 ** 20;
const bytes = noise(20 * MIB + 5, 1);
const claim: Claim = { digest: digestOf(bytes), size: bytes.length, source: 'r.example/x' };

/** A store that delivers chunks of this size, and records where reads start. */
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

/** The bytes that a reader gets before reading fails, and the message. */
async function before(chunks: AsyncIterable<Buffer>): Promise<{ length: number; message: string }> {
  let length = 0;
  try {
    for await (const chunk of chunks) length += chunk.length;
  } catch (error) {
    return { length, message: (error as Error).message };
  }
  return { length, message: '' };
}

test('correct bytes can be read from any offset', async () => {
  const { open } = store(bytes);
  const verified = new VerifiedBytes(claim, open);
  for (const from of [0, 1, MIB, 9 * MIB + 3, bytes.length - 1])
    expect((await collect(verified.read(from))).equals(bytes.subarray(from))).toBe(true);
});

test('bytes that were hashed once are not read again', async () => {
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
    /^\[DigestMismatch\] sha256:\w+ from .* has the digest sha256:/,
  ],
  [
    'are too many',
    Buffer.concat([bytes, bytes]),
    /^\[DigestMismatch\] sha256:\w+ from .* has more than 20971525 bytes/,
  ],
  [
    'are too few',
    bytes.subarray(0, -9),
    /^\[ConnectionLost\] sha256:\w+ from .* ends after 20971516 of 20971525 bytes/,
  ],
  ['are missing', Buffer.alloc(0), /^\[ConnectionLost\] /],
])('bytes that %s never reach a reader completely', async (_, wrong, message) => {
  for (const from of [0, 12 * MIB]) {
    const found = await before(new VerifiedBytes(claim, store(wrong).open).read(from));
    expect(found.message).toMatch(message);
    expect(found.length).toBeLessThan(bytes.length - from);
  }
});

test('bytes before the start of a read are verified too', async () => {
  const wrong = Buffer.from(bytes);
  wrong[5] = (wrong[5] as number) ^ 1;
  const found = await before(new VerifiedBytes(claim, store(wrong).open).read(12 * MIB));
  expect(found.message).toMatch(/^\[DigestMismatch\]/);
});

test('a blob can be empty', async () => {
  const empty = { digest: digestOf(Buffer.alloc(0)), size: 0, source: 'x' };
  expect(await collect(new VerifiedBytes(empty, store(Buffer.alloc(0)).open).read())).toHaveLength(0);
});
