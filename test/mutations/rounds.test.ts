import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { mutantsOf } from './mutants';
import { Results } from './results';
import { Rounds } from './rounds';
import { Digests, Store } from './store';
import type { Outcome, Request } from './test-process';

const SOURCE = 'src/x/x.ts';
const CODE = 'f({ a, b, c, d })';
const [OWN, OTHER] = ['test/x/own.test.ts', 'test/y/other.test.ts'];
const MUTANTS = mutantsOf(SOURCE, CODE);

describe('a run of mutations', () => {
  let root: string;
  let requests: Request[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rounds-'));
    requests = [];
    jest.spyOn(console, 'log').mockImplementation();
    for (const [file, text] of [
      [SOURCE, CODE],
      [OWN, ''],
      [OTHER, ''],
    ] as const) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(root, { recursive: true });
  });

  /** A process whose own test requires `a`, and the other test requires `b` and `c`. */
  async function run(request: Request): Promise<Outcome> {
    requests.push(request);
    const code = request.sources[join(root, SOURCE)] ?? CODE;
    const isRed = request.path.endsWith(OWN) ? !code.includes('a') : !code.includes('b') || !code.includes('c');
    return {
      milliseconds: 10,
      red: isRed ? 'fails' : undefined,
      tests: [{ name: 'fails', milliseconds: 10 }],
      passed: isRed ? [] : ['fails'],
      reached: [['fails', [...MUTANTS.keys()]]],
    };
  }

  async function completed(): Promise<Results> {
    const files = [OWN, OTHER];
    const digests = new Digests(root);
    const results = new Results(new Store(join(root, 'results')), digests, files);
    const observations = new Store<never>(join(root, 'observed'));
    const rounds = new Rounds({
      ...{ root, processes: [{ run }], mutants: MUTANTS, files, digests, results, observations },
      size: 10,
    });
    await rounds.run('src/x', MUTANTS);
    return results;
  }

  test('finds each mutant with the first test that fails', async () => {
    const results = await completed();
    expect(MUTANTS.map((mutant) => results.of(mutant))).toMatchObject([
      { state: 'red', red: [OWN, 'fails'] },
      { state: 'red', red: [OTHER, 'fails'] },
      { state: 'red', red: [OTHER, 'fails'] },
      { state: 'survived' },
    ]);
  });

  test('runs the tests of other parts with all mutants that are left', async () => {
    await completed();
    const others = requests.filter(({ path }) => relative(root, path) === OTHER);
    expect(others[1]?.sources).toEqual({ [join(root, SOURCE)]: 'f({ a, d })' });
  });

  test('does nothing again that is known', async () => {
    await completed();
    requests = [];
    const results = await completed();
    expect(requests).toEqual([]);
    expect(results.of(MUTANTS[3] as never)).toMatchObject({ state: 'survived' });
  });

  test('observes a test file again that has changed', async () => {
    await completed();
    requests = [];
    writeFileSync(join(root, OTHER), 'other');
    await completed();
    const observed = requests.filter(({ sources }) => sources[join(root, SOURCE)]?.includes('__reachMutant'));
    expect(observed.map(({ path }) => relative(root, path))).toEqual([OTHER]);
  });
});
