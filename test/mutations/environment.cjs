// The environment of all tests, which also selects tests and stops at the first failure, because that decides the result.
const SharedRealm = require('../support/jest/environment.cjs');
const shared = require('./shared.cjs');

function nameOf(test) {
  const names = [];
  for (let node = test; node?.parent !== undefined; node = node.parent) names.unshift(node.name);
  return names.join(' › ');
}

module.exports = class extends SharedRealm {
  handleTestEvent({ name, test }) {
    // A snapshot that differs becomes an error of the test only after the test.
    if (this.previous?.errors.length > 0) shared.red ??= nameOf(this.previous);
    if (name === 'test_start') {
      this.previous = test;
      shared.test = nameOf(test);
      if (shared.red !== undefined || shared.skipped?.has(shared.test)) test.mode = 'skip';
    }
    if (name === 'test_done' || name === 'test_skip') shared.test = undefined;
    if (name === 'test_fn_failure' || name === 'hook_failure' || name === 'error') shared.red ??= shared.test ?? name;
  }
};
