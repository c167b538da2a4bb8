// A jest transformer that only strips types; the compiler would take twenty times as long. It does not move `jest.mock` above
// imports: spy on a module instead.
const { transformSync } = require('esbuild');

module.exports = {
  process: (source, sourcefile) =>
    transformSync(source, { sourcefile, loader: 'ts', format: 'cjs', target: 'es2022', sourcemap: 'inline' }),
};
