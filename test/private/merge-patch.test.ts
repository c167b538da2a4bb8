import { composePatches, mergePatch } from '../../src/private/merge-patch';

/** The examples of RFC 7386, appendix A. */
test.each<[unknown, unknown, unknown]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j with %j is %j', (value, patch, expected) => {
  expect(mergePatch(value, patch)).toEqual(expected);
});

test('leaves its arguments unchanged and shares no data with them', () => {
  const value = Object.freeze({ a: { b: ['c'] }, d: { e: 1 } });
  const patch = Object.freeze({ f: { g: [{ h: 2 }] } });
  const merged = mergePatch(value, patch) as typeof value & typeof patch;
  expect(merged).toEqual({ ...value, ...patch });
  merged.a.b.push('x');
  merged.f.g.push({ h: 3 });
  expect([value.a.b, patch.f.g]).toEqual([['c'], [{ h: 2 }]]);
});

test('keeps class instances, and keys with the names of inherited members', () => {
  const instance = new Date(0);
  const patch = JSON.parse('{"__proto__": {"constructor": 1}}');
  const merged = mergePatch({ instance }, patch) as Record<string, unknown>;
  expect(merged.instance).toBe(instance);
  expect(Object.entries(merged)).toEqual([
    ['instance', instance],
    ['__proto__', { constructor: 1 }],
  ]);
});

test('ignores undefined values', () => {
  expect(mergePatch({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
});

test('two patches as one remove what either of them removes', () => {
  const first = { a: null, b: { c: null, d: 1 }, e: 1 };
  const second = { b: { d: null }, e: null };
  const both = composePatches(first, second);
  expect(both).toEqual({ a: null, b: { c: null, d: null }, e: null });
  const value = { a: 1, b: { c: 1, d: 2, f: 3 }, e: 4 };
  expect(mergePatch(value, both)).toEqual(mergePatch(mergePatch(value, first), second));
});
