// A jest transformer that only strips types, for folders whose TypeScript is not checked by jest.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source, sourcefile) =>
    transformSync(source, { sourcefile, loader: 'ts', format: 'cjs', target: 'es2022', sourcemap: 'inline' }),
};
