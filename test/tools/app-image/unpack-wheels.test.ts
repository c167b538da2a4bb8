import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UNPACK_WHEELS } from '../../../src/tools/app-image/unpack-wheels';
import { type WheelContent, wheelEntries, wheelName } from '../../support/wheels/wheel';
import { type ZipEnd, zipOf } from '../../support/wheels/zip';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unpack-'));
  mkdirSync(join(folder, 'wheels'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Unpacks one archive as the only wheel. */
function unpack(bytes: Buffer, program = UNPACK_WHEELS): { status: number | null; stdout: string; stderr: string } {
  writeFileSync(join(folder, 'wheels', wheelName({ name: 'pkg' })), bytes);
  const args = ['-I', '-c', program, join(folder, 'wheels'), join(folder, 'packages')];
  return spawnSync('python3', args, { encoding: 'utf8' });
}

function unpackWheel(content: Omit<WheelContent, 'name'>, end?: ZipEnd): ReturnType<typeof unpack> {
  return unpack(zipOf(wheelEntries({ name: 'pkg', ...content }), end));
}

describe('the list of entries', () => {
  const MANY = 210_000;
  const WITHOUT_READING = `import sys, zipfile\nzipfile.ZipFile = lambda _: sys.exit('the list was read')\n${UNPACK_WHEELS}`;
  const many = (end: ZipEnd): Buffer =>
    zipOf(
      Array.from({ length: MANY }, () => ({ name: 'x', claims: { offset: 0 } })),
      end,
    );

  test.each<[string, ZipEnd]>([
    ['zip64 has the true count, and the end record claims one', { entries: 1, length: 100, zip64: {} }],
    ['zip64 claims one entry', { entries: 1, length: 100, zip64: { entries: 1 } }],
    ['the end record claims one entry', { entries: 1 }],
    ['the count does not fit into the end record', { entries: 0xffff, length: 0xffffffff, zip64: {} }],
  ])('with more than 200000 entries is refused before it is read: %s', (_, end) => {
    const { status, stderr } = unpack(many(end), WITHOUT_READING);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('more than 200000 entries') });
  });

  test.each([1, -56, -1])('is refused if the zip64 locator misses its record by %i bytes', (shift) => {
    const { status, stderr } = unpackWheel({}, { zip64: { shift } });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('its zip64 record is not where its locator points'),
    });
  });

  test.each<[string, ZipEnd]>([
    ['in addition to the true fields', { zip64: {} }],
    ['instead of the fields', { entries: 0xffff, length: 0xffffffff, zip64: {} }],
  ])('may be described by zip64, %s', (_, end) => {
    expect(unpackWheel({ files: { 'pkg/a.py': 'a' } }, end)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'packages/pkg/a.py'), 'utf8')).toBe('a');
  });
});

test.each([
  ['sitecustomize.py', 'sitecustomize.py'],
  ['usercustomize.pyc', 'usercustomize.pyc'],
  ['sitecustomize.cpython-312-x86_64-linux-gnu.so', 'sitecustomize.cpython-312-x86_64-linux-gnu.so'],
  ['sitecustomize/__init__.py', 'sitecustomize'],
  ['pkg-1.0.data/purelib/usercustomize/__init__.pyc', 'usercustomize'],
])('%s is reported', (file, shown) => {
  expect(unpackWheel({ files: { [file]: '' } })).toMatchObject({
    status: 0,
    stdout: `'pkg-1.0-py3-none-any.whl' has ${shown}, which every Python process of the image runs at startup\n`,
  });
});

test.each(['pkg/sitecustomize.py', 'sitecustomizer.py', 'my_sitecustomize.py'])('%s is not reported', (file) => {
  expect(unpackWheel({ files: { [file]: '' } })).toMatchObject({ status: 0, stdout: '' });
});
