import { groupsOf, type RunTests, search } from './groups';
import { type Mutant, mutantsOf, overlap } from './mutants';

const [a, b, c, d] = mutantsOf('x.ts', 'f({ a, b, c, d })') as [Mutant, Mutant, Mutant, Mutant];
const ALL = [a, b, c, d];
const TESTS = ['one', 'two', 'three'];

/** Runs tests in order, as a test process does; `fails` decides which of them fail. */
function recorded(fails: (test: string, mutants: readonly Mutant[], tests: readonly string[]) => boolean) {
  const runs: { readonly tests: readonly string[]; readonly mutants: readonly Mutant[] }[] = [];
  const run: RunTests = async (tests, mutants) => {
    runs.push({ tests, mutants });
    const red = tests.find((test) => fails(test, mutants, tests));
    return { red, passed: red === undefined ? tests : tests.slice(0, tests.indexOf(red)) };
  };
  return { run, runs };
}

describe('groups of mutants', () => {
  test('have at most the given size', () => {
    expect(groupsOf(ALL, 3)).toEqual([[a, b, c], [d]]);
  });

  test('do not contain two changes of the same part of a source', () => {
    const mutants = mutantsOf('x.ts', 'f({ a: 1, b: { c: 2, d } })');
    const groups = groupsOf(mutants, 10);
    expect(new Set(groups.flat())).toEqual(new Set(mutants));
    expect(groups.flatMap((group) => group.filter((a) => group.some((b) => a !== b && overlap(a, b))))).toEqual([]);
  });
});

describe('the search in a group', () => {
  test('runs each test once if all mutants survive', async () => {
    const { run, runs } = recorded(() => false);
    expect(await search(ALL, () => TESTS, run)).toEqual({ red: new Map(), interactions: [] });
    expect(runs).toEqual([{ tests: TESTS, mutants: ALL }]);
  });

  test('runs nothing if no test reaches a mutant', async () => {
    const { run, runs } = recorded(() => true);
    await search(ALL, () => [], run);
    expect(runs).toEqual([]);
  });

  test('finds the mutants for which a test fails, and continues with the others', async () => {
    const { run, runs } = recorded(
      (test, mutants) =>
        (test === 'two' && (mutants.includes(b) || mutants.includes(d))) || (test === 'three' && mutants.includes(a)),
    );
    const { red, interactions } = await search(ALL, () => TESTS, run);
    expect(red).toEqual(
      new Map([
        [b, 'two'],
        [d, 'two'],
        [a, 'three'],
      ]),
    );
    expect(interactions).toEqual([]);
    expect(runs.filter(({ tests }) => tests.includes('one'))).toHaveLength(1);
  });

  test('activates only mutants that a test reaches', async () => {
    const { run, runs } = recorded(() => false);
    await search(ALL, (mutant) => (mutant === c ? ['two'] : []), run);
    expect(runs).toEqual([{ tests: ['two'], mutants: [c] }]);
  });

  test('runs each mutant alone if only several together fail a test, and continues with the next test', async () => {
    const { run } = recorded(
      (test, mutants) =>
        (test === 'one' && mutants.includes(a) && mutants.includes(d)) || (test === 'two' && mutants.includes(c)),
    );
    const { red, interactions } = await search(ALL, () => TESTS, run);
    expect(interactions).toEqual(['one']);
    expect(red).toEqual(new Map([[c, 'two']]));
  });

  test('does not count a failure that one mutant hides from another', async () => {
    const { run } = recorded((_, mutants) => mutants.includes(a) && !mutants.includes(b));
    expect((await search(ALL, () => TESTS, run)).red).toEqual(new Map());
  });

  test('runs all tests if the one that failed needs the others', async () => {
    const { run, runs } = recorded(
      (test, mutants, tests) => test === 'two' && (mutants.includes(b) || !tests.includes('one')),
    );
    expect((await search(ALL, () => TESTS, run)).red).toEqual(new Map([[b, 'two']]));
    expect(runs).toContainEqual({ tests: TESTS, mutants: [b] });
  });

  test('runs all tests if the file does not load', async () => {
    const run: RunTests = async (tests, mutants) =>
      mutants.includes(c) ? { red: 'loading', passed: [] } : { passed: tests };
    expect((await search(ALL, () => TESTS, run)).red).toEqual(new Map([[c, 'loading']]));
  });
});
