module.exports = { forbidden: [], options: { tsPreCompilationDeps: 'specify', tsConfig: { fileName: 'tsconfig.json' } } };
