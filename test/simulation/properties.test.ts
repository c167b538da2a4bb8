import fc from 'fast-check';
import { combinations } from './combinations';
import { judge } from './properties';
import { add, EMPTY, problemsOf, render, type Tally } from './tally';

/** The same for every run, so that what fails once fails again; `npm run test:properties` tries many more. */
const SEED = 1;
const RUNS = 300;

test('any combination is refused for a reason, or loses no request', () => {
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

  test('say how many backends with a server were refused', () => {
    expect(render(of('uvicorn', 150, 50))).toBe(
      ['uvicorn          200  25.0 % refused', 'combinations     200  25.0 % refused'].join('\n'),
    );
  });

  test('are wrong where too many are refused', () => {
    expect(problemsOf(of('uvicorn', 50, 150))).toContain('75.0 % of uvicorn are refused, at most 45 % may be');
    expect(problemsOf(of('uvicorn', 150, 50)).join()).not.toContain('of uvicorn');
  });

  test('are wrong where a server was never tried', () => {
    expect(problemsOf(of('uvicorn', 1, 0))).toContain('no combination had hypercorn');
  });
});
