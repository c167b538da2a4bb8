// Import boundaries. Paths are resolved, so the spelling of an import does not matter; `require` and `import()` count as
// imports. A test contains a violation of every rule.

const AWS = '^src/aws/';
const KUBERNETES = '^src/kubernetes/';
const AWS_FRAMEWORK = '(^|/)node_modules/aws-cdk-lib/';
const KUBERNETES_FRAMEWORK = '(^|/)node_modules/cdk8s(-plus-27)?/';
const TYPE_ONLY = ['type-only', 'type-import'];

/** Only a target may import its framework, and only the target's `private/` may load it. */
function framework(target, folder, packages) {
  return [
    {
      name: `framework-in-neutral-code-${target}`,
      comment: `only src/${target}/ may import its framework, including types`,
      severity: 'error',
      from: { path: '^src/', pathNot: [folder, '^src/tools/'] },
      to: { path: packages },
    },
    {
      name: `framework-loaded-${target}`,
      comment: `outside src/${target}/private/ use 'import type', because the framework is loaded at first use`,
      severity: 'error',
      from: { path: folder, pathNot: `${folder}private/` },
      to: { path: packages, dependencyTypesNot: TYPE_ONLY },
    },
  ];
}

/** The folders of target-neutral code, from the lowest layer up, each with the folders that it may import. */
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

/** A folder may import only the layers below it. */
function layer([folder, below]) {
  return {
    name: `layer-${folder}`,
    comment: `src/${folder} may import only ${below.map((name) => `src/${name}`).join(', ') || 'itself'}`,
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
      comment: 'src/aws and src/kubernetes must not import each other',
      severity: 'error',
      from: { path: '^src/(aws|kubernetes)/' },
      to: { path: '^src/(aws|kubernetes)/', pathNot: '^src/$1/' },
    },
    {
      name: 'target-in-neutral-code',
      comment: 'targets import constructs, not the reverse: they register themselves, and only the index imports them',
      severity: 'error',
      from: { path: '^src/', pathNot: [AWS, KUBERNETES, '^src/tools/', '^src/index\\.ts$'] },
      to: { path: [AWS, KUBERNETES] },
    },
    ...Object.entries(LAYERS).map(layer),
    {
      name: 'plan-is-pure',
      comment: 'a plan is a pure function of intents, so it must not import packages or Node modules',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { pathNot: '^src/(plan|private)/' },
    },
    {
      name: 'plan-reaches-nothing',
      comment: 'the imports of a plan must be pure too',
      severity: 'error',
      from: { path: '^src/plan/' },
      to: { path: '(^|/)node_modules/', reachable: true },
    },
    {
      name: 'lock-reads-files',
      comment: 'synthesis reads lock files without network access and without constructs',
      severity: 'error',
      from: { path: '^src/models/lock/' },
      to: { pathNot: ['^src/(models/lock|private)/', '^(node:)?(crypto|fs|os|path)$'] },
    },
    {
      name: 'tools-are-leaves',
      comment: 'tools are bundled separately, so the library must not import them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tools/' },
      to: { path: '^src/tools/' },
    },
    {
      name: 'undeclared-package',
      comment: 'the library may depend only on its four peers, and on what is bundled into the file that imports it',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/tools/', '^src/private/python-yaml\\.ts$'] },
      to: {
        path: '(^|/)node_modules/',
        pathNot: [AWS_FRAMEWORK, KUBERNETES_FRAMEWORK, '(^|/)node_modules/constructs/'],
      },
    },
    {
      name: 'unresolved',
      comment: 'the import cannot be resolved',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycle',
      comment: 'circular imports are not allowed, including types and dynamic imports',
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
