// Stops at the first failure, which decides the result.
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure' || event.name === 'error') {
      process.stderr.write(`red: ${event.test?.name ?? event.name}\n`);
      process.exit(3);
    }
  }
};
