import { programOf, sample } from './definition';
import { judge } from './judge';
import { kindOf, reduce } from './reduce';
import { add, EMPTY, problemsOf, render, type Tally } from './tally';

/** Fixed, so that failures are reproducible; `npm run test:properties` renders many more definitions. */
const SEED = 1;
const RUNS = 40;

test.each(sample(SEED, RUNS).map((definition) => [programOf(definition), definition] as const))(
  'is refused with a code, or rendered completely: %s',
  (_, definition) => {
    expect(judge(definition).violations).toEqual([]);
  },
  60_000,
);

describe('random definitions', () => {
  test('depend only on the seed', () => {
    expect(sample(7, 20)).toEqual(sample(7, 20));
    expect(sample(7, 20)).not.toEqual(sample(8, 20));
  });

  test('are mostly different', () => {
    const programs = sample(SEED, 200).map(programOf);
    expect(new Set(programs).size).toBeGreaterThan(190);
  });
});

describe('a definition with a fault', () => {
  const [definition] = sample(3, 1);

  test('is reduced to the parts that cause it', () => {
    if (definition === undefined) throw new Error('no definition');
    const hasFault = (one: typeof definition) => programOf(one).includes('addBackend');
    const least = reduce(definition, hasFault);
    expect(hasFault(least)).toBe(true);
    expect(programOf(least).length).toBeLessThanOrEqual(programOf(definition).length);
    expect(least.endpoints.flatMap(({ backends }) => backends).length).toBe(1);
  });

  test('has a kind that does not depend on names and numbers', () => {
    expect(kindOf("aws: 'v1' has 5 ports\nat x")).toBe(kindOf("aws: 'other' has 12 ports"));
  });
});

describe('the counts', () => {
  const of = (accepted: number, refused: number): Tally => {
    let tally = EMPTY;
    for (let index = 0; index < accepted + refused; index++) {
      const isAccepted = index < accepted;
      const targets = ['aws', 'router', 'portable gateway', 'Envoy Gateway'];
      tally = add(tally, { accepted: isAccepted ? targets : [], codes: isAccepted ? [] : ['InvalidType'] });
    }
    return tally;
  };

  test('contain the share of each target', () => {
    expect(render(of(150, 50))).toContain('aws: 150 of 200 accepted');
    expect(render(of(150, 50))).toContain('1 error codes');
  });

  test('are rejected if a target refuses almost everything', () => {
    expect(problemsOf(of(10, 190))).toContain('aws accepts only 10 of 200 definitions');
    expect(problemsOf(of(150, 50))).toEqual([]);
  });
});
