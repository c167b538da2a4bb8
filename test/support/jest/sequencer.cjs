// Starts the longest test files first, so that no worker waits for one at the end. Without a previous run, jest sorts
// by the sizes of the files.
const { sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that take longer than ten seconds. Those that wait for processes come first. */
const LONGEST = [
  'packaging/readme',
  'tools/serving',
  'changes/matrix',
  'definitions/definitions',
  'determinism',
  'loading/loading',
  'aws/validation',
  'models/unpack-command',
  'plan/omissions',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => LONGEST.findIndex((name) => path.endsWith(`${name.replaceAll('/', sep)}.test.ts`));
    const known = new Map(tests.map((test) => [test, rank(test) + 1 || LONGEST.length + 1]));
    // The sort is stable: other files stay in the order of jest.
    return super.sort(tests).sort((a, b) => known.get(a) - known.get(b));
  }
};
