import fc from 'fast-check';
import { greatestCommonDivisor, nearestWeights, wholeWeights } from '../../src/plan/weights';

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

describe('whole weights', () => {
  test.each([
    [[], []],
    [
      [0, 0],
      [0, 0],
    ],
    [[7], [1]],
    [
      [0.5, 0.5],
      [1, 1],
    ],
    [
      [1 / 3, 2 / 3],
      [1, 2],
    ],
    [
      [1 / 7, 6 / 7],
      [1, 6],
    ],
    [
      [0.1, 0.2, 0.7],
      [1, 2, 7],
    ],
    [
      [0.1 + 0.2, 0.7],
      [3, 7],
    ],
    [
      [33.3, 66.7],
      [333, 667],
    ],
    [
      [100, 0],
      [1, 0],
    ],
    [
      [0.0001, 0.9999],
      [1, 9999],
    ],
  ])('%j are %j', (weights, whole) => {
    expect(wholeWeights(weights)).toEqual(whole);
  });

  test('of fractions with a common denominator are their numerators, reduced', () => {
    const fractions = fc
      .integer({ min: 1, max: 1000 })
      .chain((denominator) =>
        fc.tuple(fc.constant(denominator), fc.array(fc.nat({ max: denominator }), { minLength: 1, maxLength: 5 })),
      );
    fc.assert(
      fc.property(fractions, ([denominator, numerators]) => {
        const divisor = numerators.reduce(greatestCommonDivisor, 0) || 1;
        expect(wholeWeights(numerators.map((numerator) => numerator / denominator))).toEqual(
          numerators.map((numerator) => numerator / divisor),
        );
      }),
    );
  });

  test('have no common divisor, and are whole numbers in the original proportion', () => {
    const weight = fc.integer({ min: 0, max: 100_000 }).map((number) => number / 1000);
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 5 }), (weights) => {
        const whole = wholeWeights(weights);
        expect(whole.every(Number.isInteger)).toBe(true);
        if (sum(weights) === 0) return;
        expect(whole.reduce(greatestCommonDivisor, 0)).toBe(1);
        whole.forEach((number, index) => {
          expect(number / sum(whole)).toBeCloseTo((weights[index] as number) / sum(weights), 8);
          expect(number === 0).toBe(weights[index] === 0);
        });
      }),
    );
  });

  test('are the rational with the smallest denominator within the precision', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (weight) => {
        let denominator = 1;
        while (Math.abs(Math.round(weight * denominator) / denominator - weight) > 1e-9) denominator++;
        expect(wholeWeights([weight, 1])).toEqual([Math.round(weight * denominator), denominator]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('nearest weights', () => {
  test('respect both limits, and keep every non-zero share above 0', () => {
    const weights = fc
      .array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 5 })
      .filter((list) => sum(list) > 0);
    fc.assert(
      fc.property(
        weights,
        fc.constantFrom(999, 10_000),
        fc.constantFrom(10_000, Number.POSITIVE_INFINITY),
        (list, max, total) => {
          const nearest = nearestWeights(list, max, total);
          expect(Math.max(...nearest)).toBeLessThanOrEqual(max);
          expect(sum(nearest)).toBeLessThanOrEqual(total);
          nearest.forEach((weight, index) => {
            expect(weight === 0).toBe(list[index] === 0);
          });
        },
      ),
    );
  });

  test.each([
    [[1000, 1], 999, [999, 1]],
    [[1999, 1], 999, [999, 1]],
    [[3333, 6667], 999, [499, 999]],
  ])('of %j at most %i are %j', (weights, max, nearest) => {
    expect(nearestWeights(weights, max)).toEqual(nearest);
  });
});
