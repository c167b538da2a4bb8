// Loads packages once per worker instead of once per test file, if the environment shares its realm. Everything else
// (sources, tests, files that tests write) stays isolated, but is compiled once: only its execution is per test file.
const { join, sep } = require('node:path');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** Parts of jest that are created for each test file, because they keep its state. */
const PER_FILE = /^(jest-circus|expect|@jest\/expect)\//;

/** Compiled modules of this worker, by file. */
const compiled = new Map();

function compileOnce(source, parameters, filename) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, parameters, { filename });
  compiled.set(filename, { source, run });
  return run;
}

module.exports = class SharingRuntime extends Runtime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    if (!environment.sharesPackages) return;
    this.packages = join(__dirname, '../../../node_modules') + sep;
    const parameters = this.executor.injectedModuleParameters;
    this.executor.compile = (source, filename) => compileOnce(source, parameters, filename);
  }

  requireModule(from, name, options, isRequireActual) {
    const shared = this.packages !== undefined && name !== undefined && this.sharedPath(from, name);
    return shared ? require(shared) : super.requireModule(from, name, options, isRequireActual);
  }

  sharedPath(from, name) {
    if (this._resolution.isCoreModule(name)) return undefined;
    const path = this._resolution.resolveCjs(from, name);
    if (!path.startsWith(this.packages)) return undefined;
    const inside = path.slice(this.packages.length).replaceAll(sep, '/');
    // Tests write packages into the cache.
    return inside.startsWith('.cache/') || PER_FILE.test(inside) ? undefined : path;
  }
};
