import { Readable } from 'node:stream';
import fc from 'fast-check';
import { extract, type Header } from 'tar-stream';
import { directoryEntry, paddingOf, TAR_END, type TarEntry, tarHeader } from '../../../src/models/lock/tar';

/** Reads an archive of entries that contain zeros with another implementation. */
async function read(entries: readonly TarEntry[]): Promise<Header[]> {
  const archive = Buffer.concat([
    ...entries.flatMap((entry) => [tarHeader(entry), Buffer.alloc(entry.size + paddingOf(entry.size))]),
    TAR_END,
  ]);
  expect(archive.length % 512).toBe(0);
  const headers: Header[] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    headers.push(entry.header);
    entry.resume();
  }
  return headers;
}

const file = (path: string, size = 3): TarEntry => ({ path, size, mode: 0o644 });

test('a short ASCII name needs one block', () => {
  expect(tarHeader(file('models/weights.bin'))).toHaveLength(512);
});

test('a header contains no owner and no time', async () => {
  const [header] = await read([file('models/weights.bin')]);
  expect(header).toMatchObject({ mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', type: 'file', size: 3 });
  expect(header?.mtime?.getTime()).toBe(0);
});

test('a directory ends in a slash and is executable', async () => {
  const [header] = await read([directoryEntry('models/net')]);
  expect(header).toMatchObject({ name: 'models/net/', mode: 0o755, type: 'directory', size: 0 });
});

test.each([99, 100, 101, 255, 800])('a name of %d bytes is preserved', async (length) => {
  const path = `models/${'x'.repeat(length - 7)}`;
  const [header, next] = await read([file(path), file('next')]);
  expect([header?.name, next?.name]).toEqual([path, 'next']);
});

test.each([8 * 2 ** 30 - 1, 8 * 2 ** 30, 52e9, 2 ** 52])('a size of %d bytes is preserved', async (size) => {
  const parser = extract().on('error', () => {});
  const header = await new Promise<Header>((resolve) => {
    parser.on('entry', resolve).write(tarHeader(file('models/w', size)));
  });
  expect(header).toMatchObject({ name: 'models/w', size });
  parser.destroy();
});

test('another implementation reads any names and sizes as they were written', async () => {
  const part = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => !text.includes('/') && !text.includes('\0') && Buffer.from(text).toString() === text);
  const entry = fc.record({
    path: fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
    size: fc.nat(1500),
    mode: fc.constantFrom(0o644, 0o755),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
      const headers = await read(entries);
      expect(headers.map(({ name, size, mode }) => ({ path: name, size, mode }))).toEqual(entries);
    }),
    { numRuns: 300 },
  );
});
