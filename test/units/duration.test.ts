import { Duration } from '../../src/units/duration';

describe('duration', () => {
  test.each([
    ['millis', Duration.millis(1500), 1500],
    ['seconds', Duration.seconds(90), 90_000],
    ['minutes', Duration.minutes(1.5), 90_000],
    ['hours', Duration.hours(2), 7_200_000],
    ['days', Duration.days(1), 86_400_000],
  ])('converts %s', (_, duration, millis) => {
    expect(duration.toMillis()).toBe(millis);
  });

  test('has seconds with fractions', () => {
    expect(Duration.millis(1500).toSeconds()).toBe(1.5);
  });

  test.each([
    [Duration.minutes(1.5), '90 s'],
    [Duration.millis(1500), '1500 ms'],
    [Duration.seconds(0), '0 s'],
  ])('is formatted as text', (duration, text) => {
    expect(String(duration)).toBe(text);
  });

  test.each([
    [-1, 'a number'],
    [Number.NaN, 'a number'],
    [Number.POSITIVE_INFINITY, 'a finite number'],
  ])('fails when the amount is %p', (amount, kind) => {
    expect(() => Duration.seconds(amount)).toThrow(
      `[InvalidNumber] 'duration' (${amount}) must be ${kind} of at least 0`,
    );
  });

  test('fails when the amount is a token', () => {
    expect(() => Duration.seconds(-1.8881545897087626e289)).toThrow(
      "[UnresolvedNumber] 'duration' is a token, but its value must be known at synthesis; pass a plain number",
    );
  });
});
