// The runtime of all tests, which also changes sources.
const { sep } = require('node:path');
const SharingRuntime = require('../support/jest/runtime.cjs');
const shared = require('./shared.cjs');

const transformed = new Map();

module.exports = class extends SharingRuntime {
  constructor(config, ...rest) {
    super(config, ...rest);
    const inRoot = (folder) => config.rootDir + sep + folder + sep;
    const [src, test] = ['src', 'test'].map(inRoot);
    const isOwn = (path) => path.endsWith('.ts') && (path.startsWith(src) || path.startsWith(test));
    const { executor, transformCache } = this;

    const transform = transformCache.transform.bind(transformCache);
    transformCache.transform = (path, options) => {
      if (!isOwn(path)) return transform(path, options);
      if (!transformed.has(path)) transformed.set(path, transform(path, options));
      return shared.changed.get(path) ?? transformed.get(path);
    };

    const exec = executor.exec.bind(executor);
    executor.exec = (...parameters) => {
      shared.loading++;
      try {
        return exec(...parameters);
      } finally {
        shared.loading--;
      }
    };
  }
};
