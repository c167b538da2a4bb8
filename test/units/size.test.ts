import { Size } from '../../src/units/size';

describe('size', () => {
  test('converts mebibytes and gibibytes', () => {
    expect(Size.mebibytes(512).toMebibytes()).toBe(512);
    expect(Size.gibibytes(1.5).toMebibytes()).toBe(1536);
    expect(Size.mebibytes(512).toGibibytes()).toBe(0.5);
  });

  test.each([
    [Size.mebibytes(512), '512 MiB'],
    [Size.gibibytes(2), '2 GiB'],
    [Size.mebibytes(2048), '2 GiB'],
  ])('is formatted as text', (size, text) => {
    expect(String(size)).toBe(text);
  });

  test('fails when the amount is below 0', () => {
    expect(() => Size.gibibytes(-1)).toThrow("[InvalidNumber] 'size' (-1) must be a number of at least 0");
  });
});
