import { resolve } from 'node:path';
import { type Mutant, mutantsIn, mutantsOf, mutated, observed, overlap, sample } from './mutants';

const mutationsOf = (source: string) => mutantsOf('x.ts', source).map((mutant) => mutated(source, [mutant]));

describe('mutants', () => {
  test('remove each property, and change the values of literals', () => {
    const source = "export const x = { a: 1, b: 'c', d, e: f() };";
    expect(mutationsOf(source)).toEqual([
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
    expect(mutationsOf(source)).toEqual([
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

  test('contain the line of code', () => {
    expect(mutantsOf('x.ts', 'f({\n  a,\n  b,\n})').map(({ code }) => code)).toEqual(['a,', 'b,']);
  });

  test('are made together if they do not overlap', () => {
    const source = 'f({ a: 1, b: { c: 2 } })';
    const [withoutA, otherA, withoutB, withoutC, otherC] = mutantsOf('x.ts', source) as [
      Mutant,
      Mutant,
      Mutant,
      Mutant,
      Mutant,
    ];
    expect(mutated(source, [otherA, otherC])).toBe('f({ a: 2, b: { c: 3 } })');
    expect(mutated(source, [withoutC, withoutA])).toBe('f({ b: { } })');
    expect(overlap(withoutA, otherA)).toBe(true);
    expect(overlap(withoutB, otherC)).toBe(true);
    expect(overlap(otherA, otherC)).toBe(false);
    expect(overlap(withoutA, { ...otherA, file: 'y.ts' })).toBe(false);
  });

  test('do not change errors', () => {
    expect(mutantsOf('x.ts', "throw new ServingError('A', text({ a: 1 }), this)")).toEqual([]);
  });
});

describe('the mutants of a folder', () => {
  test('do not concern sources that a script writes', () => {
    const files = new Set(mutantsIn(resolve(__dirname, '../..'), 'src/kubernetes/private').map(({ file }) => file));
    expect(files).toContain('src/kubernetes/private/pod.ts');
    expect(files).not.toContain('src/kubernetes/private/pod-fields.ts');
  });
});

describe('observed sources', () => {
  const source = "export const x = (a, d) => ({ a, b: 1, c: ['e', d, `x`] });";

  test('report each mutant that is evaluated, and return the same values', () => {
    const mutants = mutantsOf('x.ts', source);
    const reached: number[] = [];
    const code = observed(source, [...mutants.entries()], 'reach').replace('export const x =', 'return');
    const create = new Function('reach', code)((index: number) => {
      reached.push(index);
      return [];
    });
    expect(reached).toEqual([]);
    expect(create('A', 'D')).toEqual({ a: 'A', b: 1, c: ['e', 'D', 'x'] });
    expect(reached.sort()).toEqual([...mutants.keys()]);
  });

  test('contain the numbers that they are given', () => {
    const [first] = mutantsOf('x.ts', 'f({ a })');
    expect(observed('f({ a })', [[7, first as never]], 'reach')).toBe('f({ ...reach(7), a })');
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
