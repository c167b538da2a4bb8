import { Construct, RootConstruct } from 'constructs';
import { requireNumber } from '../../src/private/checks';
import { describe as describeValue } from '../../src/private/describe';
import { isUnresolved } from '../../src/private/tokens';

describe('numbers', () => {
  test.each([
    [1, {}],
    [0.5, { min: 0.5, max: 0.5 }],
    [3, { integer: true }],
  ])('%p is accepted by %j', (value, rule) => {
    expect(requireNumber('prop', value, rule)).toBe(value);
  });

  test.each([
    [Number.NaN, {}, "[InvalidNumber] 'prop' (NaN) must be a number"],
    [Number.POSITIVE_INFINITY, {}, "[InvalidNumber] 'prop' (Infinity) must be a finite number"],
    [0, { min: 1 }, "[InvalidNumber] 'prop' (0) must be a number of at least 1"],
    [2, { max: 1 }, "[InvalidNumber] 'prop' (2) must be a number of at most 1"],
    [1.5, { integer: true, min: 0, max: 9 }, "[InvalidNumber] 'prop' (1.5) must be a whole number between 0 and 9"],
    ['3' as unknown as number, {}, "[InvalidNumber] 'prop' ('3') must be a number"],
    [undefined as unknown as number, {}, "[InvalidNumber] 'prop' (undefined) must be a number"],
    [null as unknown as number, {}, "[InvalidNumber] 'prop' (null) must be a number"],
    [
      61,
      { max: 60, unit: 'seconds' },
      "[InvalidNumber] 'prop' (61) must be a number of at most 60; the value is in seconds",
    ],
    [
      61,
      { max: 60, unit: 'seconds', hint: 'stream longer responses' },
      "[InvalidNumber] 'prop' (61) must be a number of at most 60; the value is in seconds; stream longer responses",
    ],
    [
      0,
      { min: 1, hint: 'add one', code: 'ReplicasOutOfRange' as const },
      "[ReplicasOutOfRange] 'prop' (0) must be a number of at least 1; add one",
    ],
  ])('%p is rejected by %j', (value, rule, message) => {
    expect(() => requireNumber('prop', value, rule)).toThrow(message);
  });

  test('errors contain the path of the construct', () => {
    const at = new Construct(new RootConstruct(), 'endpoint');
    expect(() => requireNumber('prop', 0, { min: 1, at })).toThrow(/\(at endpoint\)$/);
  });

  test('tokens of the framework are rejected', () => {
    expect(() => requireNumber('prop', -1.8881545897087626e289, { min: 0 })).toThrow(
      "[UnresolvedNumber] 'prop' is a token, but its value must be known at synthesis; pass a plain number",
    );
  });
});

describe('values in messages', () => {
  test.each([
    ['text', "'text'"],
    [3, '3'],
    [[1, 'a'], "[1, 'a']"],
    [{ count: 1 }, '{ count }'],
    [{}, '{}'],
    [new RootConstruct(), 'a RootConstruct'],
    [new Error(), 'an Error'],
    [new (class {})(), 'an object'],
    [Object.create(null), '{}'],
    [{ constructor: 5 }, '{ constructor }'],
    [() => 1, 'a function that was not called'],
    [[[1], []], '[a list, a list]'],
    [undefined, 'undefined'],
  ])('%p is shown as %s', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });
});

test('a text with a token is unresolved', () => {
  expect(isUnresolved('$' + '{Token[Bucket.1]}/x')).toBe(true);
  expect(isUnresolved('$' + '{other}')).toBe(false);
});
