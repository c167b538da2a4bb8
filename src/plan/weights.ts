/** Weights that agree to this precision are the same fraction, so that 1/3 and 0.333333333 are one share. */
const PRECISION = 1e-9;

/**
 * Turns weights into the smallest whole numbers in the same proportion.
 *
 * A fraction is replaced by the rational number with the smallest denominator within 1e-9, so that 1/3 and 2/3 become 1 and
 * 2. 0 stays 0.
 */
export function wholeWeights(weights: number[]): number[] {
  const fractions = weights.map(toFraction);
  const denominator = fractions.reduce((common, fraction) => leastCommonMultiple(common, fraction.denominator), 1);
  const whole = fractions.map((fraction) => Math.round((fraction.numerator * denominator) / fraction.denominator));
  const divisor = whole.reduce(greatestCommonDivisor, 0);
  return divisor === 0 ? whole : whole.map((weight) => weight / divisor);
}

/** The nearest weights that do not exceed `max` each and `maxTotal` in total. */
export function nearestWeights(weights: number[], max: number, maxTotal = Number.POSITIVE_INFINITY): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = Math.min(max / Math.max(...weights), (maxTotal - weights.length) / total);
  return wholeWeights(weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round(weight * scale)))));
}

/** The greatest common divisor of two whole numbers; that of 0 and n is n. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** The convergents of the continued fraction, and between two of them the semiconvergents, by rising denominator. */
function toFraction(value: number): Fraction {
  if (Number.isInteger(value)) return { numerator: value, denominator: 1 };
  let [before, current] = [
    { numerator: 0, denominator: 1 },
    { numerator: 1, denominator: 0 },
  ];
  for (let rest = value; ; ) {
    const whole = Math.floor(rest);
    const next = step(before, current, whole);
    if (Math.abs(next.numerator / next.denominator - value) <= PRECISION)
      return smallestWithin(before, current, whole, value);
    [before, current] = [current, next];
    rest = 1 / (rest - whole);
  }
}

function smallestWithin(before: Fraction, current: Fraction, whole: number, value: number): Fraction {
  // The error decreases as the step grows, so a binary search finds the first step within the precision.
  let [low, high] = [0, whole];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const candidate = step(before, current, middle);
    if (candidate.denominator > 0 && Math.abs(candidate.numerator / candidate.denominator - value) <= PRECISION)
      high = middle;
    else low = middle + 1;
  }
  return step(before, current, low);
}

function step(before: Fraction, current: Fraction, times: number): Fraction {
  return {
    numerator: before.numerator + times * current.numerator,
    denominator: before.denominator + times * current.denominator,
  };
}
