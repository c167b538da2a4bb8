import fc from 'fast-check';
import { combinations } from './combinations';
import { judge } from './properties';
import { add, EMPTY, problemsOf, render, type Tally } from './tally';

/** Fixed, so that failures are reproducible; `npm run test:properties` tests many more combinations. */
const SEED = 1;
const RUNS = 300;

test('every combination is refused for a reason, or loses no request', () => {
  fc.assert(
    fc.property(
      combinations,
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (one, chance) => {
        expect(judge(one, () => chance.next().value).violations).toEqual([]);
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
}, 120_000);

describe('the counts', () => {
  const verdict = (name: string, refused: boolean) => ({ refused, servers: [{ name, refused }], violations: [] });
  const of = (name: string, served: number, refused: number): Tally => {
    let tally = EMPTY;
    for (let index = 0; index < served + refused; index++) tally = add(tally, verdict(name, index < refused));
    return tally;
  };

  test('include the share of refused backends of a server', () => {
    expect(render(of('uvicorn', 150, 50))).toBe(
      ['uvicorn          200  25.0 % refused', 'combinations     200  25.0 % refused'].join('\n'),
    );
  });

  test('are rejected if too many are refused', () => {
    expect(problemsOf(of('uvicorn', 50, 150))).toContain('75.0 % of uvicorn are refused, which exceeds 45 %');
    expect(problemsOf(of('uvicorn', 150, 50)).join()).not.toContain('of uvicorn');
  });

  test('are rejected if a server was never used', () => {
    expect(problemsOf(of('uvicorn', 1, 0))).toContain('no combination used hypercorn');
  });
});
