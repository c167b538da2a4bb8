import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutantsOf } from './mutants';
import { Results } from './results';
import { Digests, Store } from './store';

const [first, second] = mutantsOf('x.ts', 'f({ a, b })') as [Mutant, Mutant];

describe('results', () => {
  let root: string;
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  const results = () =>
    new Results(new Store(join(root, 'cache/results')), new Digests(root), ['one.test.ts', 'two.test.ts']);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'results-'));
    write('x.ts', 'f({ a, b })');
    write('one.test.ts', '1');
    write('two.test.ts', '2');
  });

  afterEach(() => rmSync(root, { recursive: true }));

  test('are known to the next run', () => {
    results().add(first, { state: 'undecided' });
    results().add(first, { state: 'red', red: ['one.test.ts', 'fails'] });
    expect(results().of(first)).toMatchObject({ state: 'red', red: ['one.test.ts', 'fails'] });
    expect(results().of(second)).toBeUndefined();
  });

  test('are known if the run was stopped while it wrote another', () => {
    results().add(first, { state: 'survived' });
    appendFileSync(join(root, 'cache/results'), '["unfinished');
    expect(results().of(first)).toMatchObject({ state: 'survived' });
  });

  test('are undecided again in a run that repeats the survivors', () => {
    const before = results();
    before.add(first, { state: 'survived' });
    before.reopen(first);
    expect(before.of(first)).toEqual({ state: 'undecided' });
    expect(results().of(first)).toMatchObject({ state: 'survived' });
    before.add(first, { state: 'red', red: ['one.test.ts', 'fails'] });
    expect(before.of(first)).toMatchObject({ state: 'red' });
  });

  test('are invalid when the source has changed', () => {
    results().add(first, { state: 'red', red: ['one.test.ts', 'fails'] });
    write('x.ts', 'f({ a, b, c })');
    expect(results().of(first)).toBeUndefined();
  });

  test('are invalid when the test that failed has changed', () => {
    results().add(first, { state: 'red', red: ['one.test.ts', 'fails'] });
    write('two.test.ts', 'other');
    expect(results().of(first)).toBeDefined();
    write('one.test.ts', 'other');
    expect(results().of(first)).toBeUndefined();
  });

  test('of survivors are invalid when a test has changed', () => {
    results().add(first, { state: 'survived' });
    expect(results().of(first)).toBeDefined();
    write('two.test.ts', 'other');
    expect(results().of(first)).toBeUndefined();
  });

  test('contain the last survivors, even if their lines and tests have changed', () => {
    results().add(first, { state: 'survived' });
    results().add(second, { state: 'survived' });
    results().add(second, { state: 'red', red: ['one.test.ts', 'fails'] });
    write('x.ts', '\nf({ a, b })');
    expect(results().survived({ ...first, line: 2, start: first.start + 1 })).toBe(true);
    expect(results().survived(second)).toBe(false);
  });
});
