// ts-jest with one range of one file replaced: MUTATION is `{ file, start, end, text }`. Other files are cached.
const tsJest = require('ts-jest').default;

const mutation = process.env.MUTATION === undefined ? undefined : JSON.parse(process.env.MUTATION);

function mutate(source, file) {
  if (mutation === undefined || !file.endsWith(mutation.file)) return source;
  return source.slice(0, mutation.start) + mutation.text + source.slice(mutation.end);
}

module.exports = {
  createTransformer(options) {
    const inner = tsJest.createTransformer(options);
    return {
      getCacheKey: (source, file, config) => inner.getCacheKey(mutate(source, file), file, config),
      process: (source, file, config) => inner.process(mutate(source, file), file, config),
    };
  },
};
