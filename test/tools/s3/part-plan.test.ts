import { readMarker, renderMarker } from '../../../src/tools/s3/marker';
import { partSizeOf, partsInFlight, planParts } from '../../../src/tools/s3/part-plan';

const MIB = 2 ** 20;

test.each([
  [0, 1, 0],
  [16 * MIB, 1, 16 * MIB],
  [16 * MIB + 1, 2, 1],
  [200 * 1024 * MIB, 9753, 8 * MIB],
])('a file of %d bytes has %d parts, the last of %d bytes', (size, count, last) => {
  const parts = planParts(size);
  expect(parts).toHaveLength(count);
  expect(parts.at(-1)?.length).toBe(last);
  expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(size);
});

test('parts grow with the file, and fewer are sent concurrently', () => {
  expect(partSizeOf(5 * 1024 * 1024 * MIB)).toBe(525 * MIB);
  expect([16, 32, 64, 525].map((size) => partsInFlight(size * MIB))).toEqual([8, 4, 2, 2]);
});

test('a marker can be read back, and other content is rejected', () => {
  const files = [{ path: 'a', size: 1, checksum: 'x' }];
  expect(readMarker(renderMarker('sha256:1', files), 'sha256:1')).toEqual(files);
  for (const text of ['', 'null', '{}', '{"digest":"sha256:1","files":[null]}', '{"digest":"sha256:2","files":[]}'])
    expect(readMarker(Buffer.from(text), 'sha256:1')).toBeUndefined();
});
