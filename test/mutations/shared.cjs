// What the worker, its environment and its runtime share: which tests run, which source is changed, what was reached.
module.exports = {
  /** Undefined, or the names of the tests that may be skipped. */
  skipped: undefined,
  /** The code of changed sources by path. */
  changed: new Map(),
  /** The first test that failed. */
  red: undefined,
  /** The name of the running test. */
  test: undefined,
  /** How many modules are being loaded, each by the one before. */
  loading: 0,
  /** The mutants that each test reached; those of the whole file have the key ''. */
  reached: new Map(),
};
