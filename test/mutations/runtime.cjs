// The runtime of all tests, which also compiles each file once per process, and changes sources.
const { join, sep } = require('node:path');
const SharingRuntime = require('../support/jest/runtime.cjs');
const shared = require('./shared.cjs');

const transformed = new Map();
const compiled = new Map();

module.exports = class extends SharingRuntime {
  constructor(config, ...rest) {
    super(config, ...rest);
    const inRoot = (folder) => config.rootDir + sep + folder + sep;
    const [src, test, packages, cache] = ['src', 'test', 'node_modules', join('node_modules', '.cache')].map(inRoot);
    const isOwn = (path) => path.endsWith('.ts') && (path.startsWith(src) || path.startsWith(test));
    const isFixed = (path) => isOwn(path) || (path.startsWith(packages) && !path.startsWith(cache));
    const { executor, transformCache } = this;

    const transform = transformCache.transform.bind(transformCache);
    transformCache.transform = (path, options) => {
      if (!isOwn(path)) return transform(path, options);
      if (!transformed.has(path)) transformed.set(path, transform(path, options));
      return shared.changed.get(path) ?? transformed.get(path);
    };

    const compile = executor.compile.bind(executor);
    executor.compile = (code, path) => {
      if (!isFixed(path) || shared.changed.has(path)) return compile(code, path);
      if (!compiled.has(path)) compiled.set(path, compile(code, path));
      return compiled.get(path);
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
