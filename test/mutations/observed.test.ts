import { type Mutant, mutantsOf } from './mutants';
import { type Observation, Observed } from './observed';

const [first, second] = mutantsOf('src/x/x.ts', 'f({ a, b })') as [Mutant, Mutant];

function outcome(milliseconds: Readonly<Record<string, number>>, reached: Observation['reached']): Observation {
  const tests = Object.entries(milliseconds).map(([name, time]) => ({ name, milliseconds: time }));
  return { milliseconds: tests.reduce((sum, test) => sum + test.milliseconds, 0), tests, reached };
}

function observedFiles(): Observed {
  const observed = new Observed([first, second]);
  observed.add(
    'test/y/long.test.ts',
    outcome({ one: 400, two: 400, three: 4000 }, [
      ['one', [0]],
      ['three', [0]],
    ]),
  );
  observed.add(
    'test/y/short.test.ts',
    outcome({ four: 100, five: 100 }, [
      ['', [1]],
      ['four', [0]],
    ]),
  );
  observed.add('test/y/other.test.ts', outcome({ six: 1 }, []));
  return observed;
}

const testsOf = (observed: Observed, mutant: Mutant) =>
  observed.testsOf(mutant).map(({ file, tests }) => ({ file, tests }));

describe('the tests of a mutant', () => {
  test('are those that reach it, fast ones first', () => {
    expect(testsOf(observedFiles(), first)).toEqual([
      { file: 'test/y/short.test.ts', tests: ['four'] },
      { file: 'test/y/long.test.ts', tests: ['one'] },
      { file: 'test/y/long.test.ts', tests: ['three'] },
    ]);
  });

  test('are the whole file if the file reaches it outside its tests', () => {
    expect(testsOf(observedFiles(), second)).toEqual([{ file: 'test/y/short.test.ts', tests: ['four', 'five'] }]);
  });

  test('begin with those of the same part of the package', () => {
    const observed = observedFiles();
    observed.add('test/x/own.test.ts', outcome({ seven: 400 }, [['seven', [1]]]));
    expect(testsOf(observed, second)[0]).toEqual({ file: 'test/x/own.test.ts', tests: ['seven'] });
  });

  test('begin with those of a file with a similar name', () => {
    const observed = observedFiles();
    const reached = [['seven', [1]]] as const;
    observed.add('test/x/own.test.ts', outcome({ seven: 100 }, reached));
    observed.add('test/x/more-xs.test.ts', outcome({ seven: 400 }, reached));
    expect(observed.testsOf(second).map(({ file }) => file)).toEqual([
      'test/x/more-xs.test.ts',
      'test/x/own.test.ts',
      'test/y/short.test.ts',
    ]);
  });

  test('begin with those that failed for mutants of the same source', () => {
    const observed = observedFiles();
    const slow = observed.testsOf(first).find((choice) => choice.slow);
    for (const choice of observed.testsOf(first)) observed.learn(first, choice, choice === slow);
    for (let run = 0; run < 20; run++)
      for (const choice of observed.testsOf(first)) observed.learn(first, choice, choice.slow);
    expect(testsOf(observed, first)[0]).toEqual({ file: 'test/y/long.test.ts', tests: ['three'] });
  });
});

describe('the tests of a file', () => {
  test('are those that reach a mutant, or others', () => {
    const observed = observedFiles();
    expect(observed.reachedBy('test/y/long.test.ts', first)).toEqual(['one', 'three']);
    expect(observed.reachedBy('test/y/short.test.ts', second)).toEqual(['four', 'five']);
    expect(observed.others('test/y/long.test.ts', ['one', 'three'])).toEqual(['two']);
  });

  test('cost their time and that of loading the file', () => {
    expect(observedFiles().cost('test/y/long.test.ts', ['one', 'two'])).toBe(900);
  });

  test('cost the time of the processor, not of the clock', () => {
    const observed = new Observed([first]);
    observed.add('test/y/busy.test.ts', { ...outcome({ one: 300, two: 100 }, []), milliseconds: 200 });
    expect(observed.cost('test/y/busy.test.ts', ['one'])).toBe(250);
  });

  test('of fast files run first', () => {
    expect(observedFiles().names).toEqual(['test/y/other.test.ts', 'test/y/short.test.ts', 'test/y/long.test.ts']);
  });
});
