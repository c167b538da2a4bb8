// Who may import whom. Paths are resolved, so the spelling of an import does not matter; `require` and `import()`
// count as imports. A test holds a violation of every rule.

const AWS = '^src/aws/';
const KUBERNETES = '^src/kubernetes/';
const AWS_FRAMEWORK = '(^|/)node_modules/aws-cdk-lib/';
const KUBERNETES_FRAMEWORK = '(^|/)node_modules/cdk8s(-plus-27)?/';
const TYPE_ONLY = ['type-only', 'type-import'];

/** A framework is named in its target only, and loaded in that target's `private/` only. */
function framework(target, folder, packages) {
  return [
    {
      name: `framework-in-neutral-code-${target}`,
      comment: `only src/${target}/ knows its framework, even by types`,
      severity: 'error',
      from: { path: '^src/', pathNot: [folder, '^src/tools/'] },
      to: { path: packages },
    },
    {
      name: `framework-loaded-${target}`,
      comment: `outside src/${target}/private/ use 'import type'; the framework is loaded at first use`,
      severity: 'error',
      from: { path: folder, pathNot: `${folder}private/` },
      to: { path: packages, dependencyTypesNot: TYPE_ONLY },
    },
  ];
}

/** The folders of neutral code from the lowest up, each with those it may use. */
const LAYERS = {
  private: [],
  units: ['private'],
  plan: ['private'],
  workload: ['private', 'units', 'plan', 'models/lock'],
  models: ['private', 'units', 'plan', 'workload'],
  servers: ['private', 'units', 'plan'],
  constructs: ['private', 'units', 'plan', 'workload', 'models', 'servers'],
  extension: ['private', 'plan', 'constructs'],
  report: ['private', 'plan'],
};

/** A folder uses the layers below it. */
function layer([folder, below]) {
  return {
    name: `layer-${folder}`,
    comment: `src/${folder} may use ${below.map((name) => `src/${name}`).join(', ') || 'itself'}, and no other part`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${[folder, ...below].join('|')})/` },
  };
}

module.exports = {
  forbidden: [
    ...framework('aws', AWS, AWS_FRAMEWORK),
    ...framework('kubernetes', KUBERNETES, KUBERNETES_FRAMEWORK),
    {
      name: 'targets-apart',
      comment: 'aws/ and kubernetes/ never import each other',
      severity: 'error',
      from: { path: '^src/(aws|kubernetes)/' },
      to: { path: '^src/(aws|kubernetes)/', pathNot: '^src/$1/' },
    },
    {
      name: 'target-in-neutral-code',
      comment: 'targets import constructs, not the reverse: they register themselves, and only the index names them',
      severity: 'error',
      from: { path: '^src/', pathNot: [AWS, KUBERNETES, '^src/tools/', '^src/index\\.ts$'] },
      to: { path: [AWS, KUBERNETES] },
    },
    ...Object.entries(LAYERS).map(layer),
    {
      name: 'plan-is-pure',
      comment: 'a plan is a pure function of intents, so no module of Node and no package is below it',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { pathNot: '^src/(plan|private)/' },
    },
    {
      name: 'plan-reaches-nothing',
      comment: 'what a plan imports must be pure too',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { path: '(^|/)node_modules/', reachable: true },
    },
    {
      name: 'lock-reads-files',
      comment: 'synthesis reads lock files without a network and without constructs',
      severity: 'error',
      from: { path: '^src/models/lock/' },
      to: { pathNot: ['^src/(models/lock|private)/', '^(node:)?(crypto|fs|os|path)$'] },
    },
    {
      name: 'tools-are-leaves',
      comment: 'tools are bundled on their own; the library never imports them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/' },
      to: { path: '^src/tools/' },
    },
    {
      name: 'undeclared-package',
      comment: 'the library has four peers and no other dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: [AWS_FRAMEWORK, KUBERNETES_FRAMEWORK, '(^|/)node_modules/constructs/'],
      },
    },
    {
      name: 'unresolved',
      comment: 'this import leads nowhere',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycle',
      comment: 'no file imports one that imports it, types and late loads included',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
