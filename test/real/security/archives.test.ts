import { UNPACK_WHEELS } from '../../../src/tools/app-image/unpack-wheels';
import { fuzzArchives } from '../../fuzz/archives';
import { UNGUARDED_UNPACKER } from '../../support/wheels/unguarded-unpacker';

/** Fewer than in `npm run test:fuzz`. */
const FEW = { runs: 5000, seed: 7 };

test('no hostile archive leaves its target, and every rejection names the entry', () => {
  const { runs, ends, failure } = fuzzArchives(UNPACK_WHEELS, FEW);
  expect(failure).toBeUndefined();
  expect(runs).toBe(FEW.runs);
  // The archives are worthwhile only if they cause many different results.
  expect(Object.keys(ends).length).toBeGreaterThan(20);
  expect(ends.unpacked).toBeGreaterThan(FEW.runs / 20);
});

describe('the same archives reveal that a program without guards', () => {
  let failure: string | undefined;
  beforeAll(() => {
    failure = fuzzArchives(UNGUARDED_UNPACKER, FEW).failure;
  });

  test.each([
    ['leaves its target', 'outside the target'],
    ['fails with a traceback', /(Error|Exception): /],
    ['rejects an archive without a printable name', 'a refusal without a name'],
  ])('%s', (_, problem) => {
    expect(failure).toMatch(problem);
  });
});
