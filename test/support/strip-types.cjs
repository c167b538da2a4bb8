// A transformer of jest for folders whose TypeScript is only run.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source, sourcefile) =>
    transformSync(source, { sourcefile, loader: 'ts', format: 'cjs', target: 'es2022', sourcemap: 'inline' }),
};
