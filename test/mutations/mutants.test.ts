import { type Mutant, mutantsOf, sample } from './mutants';

const apply =
  (source: string) =>
  ({ text, start, end }: Mutant) =>
    source.slice(0, start) + text + source.slice(end);

describe('mutants', () => {
  test('remove each property, and change the values of literals', () => {
    const source = "export const x = { a: 1, b: 'c', d, e: f() };";
    expect(mutantsOf('x.ts', source).map(apply(source))).toEqual([
      "export const x = { b: 'c', d, e: f() };",
      "export const x = { a: 2, b: 'c', d, e: f() };",
      'export const x = { a: 1, d, e: f() };',
      "export const x = { a: 1, b: 'c-changed', d, e: f() };",
      "export const x = { a: 1, b: 'c', e: f() };",
      "export const x = { a: 1, b: 'c', d, };",
    ]);
  });

  test('invert booleans and remove strings from lists', () => {
    const source = "f({ a: true }, ['--recursive', `x`]);";
    expect(mutantsOf('x.ts', source).map(apply(source))).toEqual([
      "f({ }, ['--recursive', `x`]);",
      "f({ a: false }, ['--recursive', `x`]);",
      'f({ a: true }, [`x`]);',
      "f({ a: true }, ['--recursive',]);",
    ]);
  });

  test('contain their location', () => {
    expect(mutantsOf('x.ts', '\n\nf({ a: 1 })')).toMatchObject([
      { file: 'x.ts', line: 3, change: "without 'a'" },
      { file: 'x.ts', line: 3, change: "'a' as 2 instead of 1" },
    ]);
  });

  test('do not change errors', () => {
    expect(mutantsOf('x.ts', "throw new ServingError('A', text({ a: 1 }), this)")).toEqual([]);
  });
});

describe('a sample', () => {
  const list = Array.from({ length: 100 }, (_, index) => index);

  test('is the same for the same seed, in order', () => {
    expect(sample(list, 10, 1)).toEqual(sample(list, 10, 1));
    expect(sample(list, 10, 1)).not.toEqual(sample(list, 10, 2));
    expect(sample(list, 10, 1)).toEqual([...sample(list, 10, 1)].sort((a, b) => a - b));
  });

  test('is the whole list if it is not longer', () => {
    expect(sample(list, 100, 1)).toEqual(list);
  });
});
