// Runs the test files of commands and archives two at a time, and then the others alone: these measure times, or build the
// package in a folder that they share.
const { sep } = require('node:path');
const { default: Runner } = require('jest-runner');

const TOGETHER = [
  'artifacts/',
  'stores/',
  'security/archives',
  'security/homeless',
  'security/hostile-',
  'security/long-texts',
  'security/published-files',
  'app-image',
  'changes',
  'create-only',
  'image-command',
  'model-files',
  'publish-on-deploy',
];

module.exports = class RealRunner extends Runner {
  async runTests(tests, watcher, options) {
    const isTogether = ({ path }) => TOGETHER.some((name) => path.includes(`/test/real/${name}`.replaceAll('/', sep)));
    if (!options.serial) await super.runTests(tests.filter(isTogether), watcher, options);
    const alone = options.serial ? tests : tests.filter((test) => !isTogether(test));
    await super.runTests(alone, watcher, { ...options, serial: true });
  }
};
