import { firstRepeated } from '../../src/private/repeated';

test.each([
  [[], undefined],
  [['a'], undefined],
  [['a', 'b', 'A'], undefined],
  [['a', 'b', 'b', 'a'], 'b'],
  [['a', 'a', 'a'], 'a'],
])('the first repeated item of %j is %p', (items: string[], repeated) => {
  expect(firstRepeated(items)).toBe(repeated);
});

test('objects are compared by identity', () => {
  const backend = {};
  expect(firstRepeated([{}, {}])).toBeUndefined();
  expect(firstRepeated([backend, {}, backend])).toBe(backend);
});
