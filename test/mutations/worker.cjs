// Runs test files one after the other in one process, with the frameworks loaded and every source compiled once. A
// message is `{ path, skipped, sources }`: a test file, the tests of it that do not run, and the changed sources by path.
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { readConfigs } = require('jest-config');
const { default: TestRunner } = require('jest-runner');
const { default: Runtime } = require('jest-runtime');
const { TestWatcher } = require('jest-watcher');
const ts = require('typescript');
const shared = require('./shared.cjs');

const ROOT = resolve(__dirname, '../..');

const COMPILER_OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
  experimentalDecorators: true,
};

async function prepare() {
  const config = {
    ...JSON.parse(readFileSync(join(ROOT, 'jest.config.json'), 'utf8')),
    rootDir: ROOT,
    testEnvironment: join(__dirname, 'environment.cjs'),
    runtime: join(__dirname, 'runtime.cjs'),
    globalSetup: undefined,
    // A slow machine is no reason to fail; the process that started this one ends endless loops.
    testTimeout: 600_000,
    reporters: [],
  };
  const { globalConfig, configs } = await readConfigs(
    { $0: 'jest', _: [], ci: true, config: JSON.stringify(config), runInBand: true },
    [ROOT],
  );
  const context = await Runtime.createContext(configs[0], { console, maxWorkers: 1, watch: false, watchman: false });
  return { context, runner: new TestRunner(globalConfig, {}) };
}

const NOTHING = [];
let latest = {};

/** Called millions of times by some tests, hence the memory of the latest one. */
function reach(index) {
  const test = shared.loading > 0 ? '' : (shared.test ?? '');
  if (test !== latest.test || shared.reached !== latest.all) {
    latest = { test, all: shared.reached, mutants: shared.reached.get(test) ?? new Set() };
    shared.reached.set(test, latest.mutants);
  }
  latest.mutants.add(index);
  return NOTHING;
}

/** The code of the latest sources. */
const codes = new Map();

function compiled(fileName, text) {
  const latest = codes.get(fileName);
  if (latest?.text === text) return latest.code;
  const code = ts.transpileModule(text, { compilerOptions: COMPILER_OPTIONS, fileName }).outputText;
  codes.set(fileName, { text, code });
  return code;
}

async function run({ context, runner }, { path, skipped, sources }) {
  shared.skipped = skipped && new Set(skipped);
  shared.red = undefined;
  shared.test = undefined;
  shared.loading = 0;
  shared.reached = new Map();
  shared.changed = new Map(Object.entries(sources).map(([source, text]) => [source, compiled(source, text)]));
  const started = process.cpuUsage();
  let outcome;
  const unsubscribe = [
    runner.on('test-file-success', ([, result]) => {
      outcome = result;
    }),
    runner.on('test-file-failure', ([, error]) => {
      outcome = { testExecError: error, numFailingTests: 0, testResults: [] };
    }),
  ];
  await runner.runTests([{ context, path }], new TestWatcher({ isWatchMode: false }), { serial: true });
  for (const stop of unsubscribe) stop();
  const used = process.cpuUsage(started);
  const failed = outcome.testExecError != null || outcome.numFailingTests > 0;
  const tests = outcome.testResults.map(({ ancestorTitles, title, duration, status }) => ({
    name: [...ancestorTitles, title].join(' › '),
    milliseconds: duration ?? 0,
    status,
  }));
  const withStatus = (expected) => tests.flatMap(({ name, status }) => (status === expected ? [name] : []));
  return {
    milliseconds: (used.user + used.system) / 1000,
    red: failed ? (shared.red ?? withStatus('failed')[0] ?? 'loading') : undefined,
    message: failed ? (outcome.failureMessage ?? outcome.testExecError?.message ?? '').slice(0, 2000) : undefined,
    tests: tests.map(({ name, milliseconds }) => ({ name, milliseconds })),
    passed: withStatus('passed'),
    reached: [...shared.reached].map(([test, indexes]) => [test, [...indexes]]),
  };
}

globalThis.__reachMutant = reach;
const prepared = prepare();
process.on('message', async (message) => {
  try {
    process.send(await run(await prepared, message));
  } catch (error) {
    process.send({ error: error.stack });
  }
});
