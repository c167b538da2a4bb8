import fc from 'fast-check';

/** The share of the random values that a property usually gets in `npm test`; `npm run test:properties` gives all. */
const SHARE = process.env.PROPERTIES === 'all' ? 1 : 1 / 4;

/** Checks a property of definitions, which take a while to declare. */
export function check<T>(property: fc.IProperty<T>, numRuns = 100): void {
  fc.assert(property, { numRuns: Math.ceil(numRuns * SHARE) });
}
