import { UNPACK_WHEELS } from '../../../src/tools/app-image/unpack-wheels';
import { fuzzArchives } from '../../fuzz/archives';
import { UNGUARDED_UNPACKER } from '../../support/wheels/unguarded-unpacker';

/** Fewer than `npm run test:fuzz` tries. */
const FEW = { runs: 5000, seed: 7 };

test('no hostile archive leaves its target, and all that are refused are refused by name', () => {
  const { runs, ends, failure } = fuzzArchives(UNPACK_WHEELS, FEW);
  expect(failure).toBeUndefined();
  expect(runs).toBe(FEW.runs);
  // The archives are worth their time only where they lead to many ends.
  expect(Object.keys(ends).length).toBeGreaterThan(20);
  expect(ends.unpacked).toBeGreaterThan(FEW.runs / 20);
});

describe('the same archives find that a program without guards', () => {
  let failure: string | undefined;
  beforeAll(() => {
    failure = fuzzArchives(UNGUARDED_UNPACKER, FEW).failure;
  });

  test.each([
    ['leaves its target', 'outside of the target'],
    ['fails with a traceback', /(Error|Exception): /],
    ['refuses without a name that a terminal can show', 'a refusal without a name'],
  ])('%s', (_, problem) => {
    expect(failure).toMatch(problem);
  });
});
