import { basename } from 'node:path';
import { awscdk, cdk, github, JsonFile, javascript, release, typescript } from 'projen';

/** The major versions of Node that the package is tested on. `engines` requires a release of the first. */
const NODE_VERSIONS = ['20', '22', '24'];

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'serving-constructs',
  description:
    'Typed definitions of ML model endpoints for AWS CDK (ECS behind an ALB) and cdk8s (Kubernetes manifests)',
  keywords: [
    ...['aws-cdk', 'cdk8s', 'constructs', 'jsii', 'infrastructure-as-code'],
    ...['ecs', 'fargate', 'alb', 'kubernetes', 'haproxy', 'gateway-api', 'autoscaling', 'gpu'],
    ...['machine-learning', 'mlops', 'inference', 'llm', 'model-serving', 'canary'],
    ...['vllm', 'triton', 'torchserve', 'gunicorn', 'uvicorn'],
  ],
  author: 'serving-constructs contributors',
  authorAddress: 'https://github.com/serving-constructs',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/serving-constructs/serving-constructs.git',
  license: 'Apache-2.0',
  copyrightOwner: 'serving-constructs contributors',
  stability: cdk.Stability.EXPERIMENTAL,
  defaultReleaseBranch: 'main',

  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.16.0',
  // Older releases include an npm that cannot publish without a stored token.
  workflowNodeVersion: '24',
  projenVersion: '^0.103.25',
  projenrcTs: true,
  runner: typescript.TypeScriptRunner.tsx(),
  sampleCode: false,
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,

  vscode: false,
  // Releases are started manually, and publish without stored tokens where the registry supports that.
  githubOptions: { mergify: false },
  pullRequestTemplateContents: [
    '<!-- One concern. The title follows Conventional Commits: `feat: ...`, `fix: ...`, `docs: ...` -->',
    '',
    '**What changes, and why?**',
    '',
    '**How was it tested?** (commands and their output)',
    '',
    '- [ ] A test fails without this change',
    '- [ ] Documentation and `CHANGELOG.md` describe the new behavior',
    '- [ ] `npm test` passes and changes no files',
  ],
  releaseTrigger: release.ReleaseTrigger.workflowDispatch(),
  majorVersion: 0,
  // Version 13 requires Node 22.
  bumpPackage: 'commit-and-tag-version@^12',
  npmTrustedPublishing: true,
  depsUpgradeOptions: {
    // Pinned for the reason given at their declaration.
    exclude: [
      '@biomejs/biome',
      '@bufbuild/cel',
      '@kubernetes/client-node',
      'aws-cdk',
      'dependency-cruiser',
      'http-proxy-agent',
    ],
    workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY },
  },

  publishToPypi: { distName: 'serving-constructs', module: 'serving_constructs', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.servingconstructs',
    mavenGroupId: 'io.github.serving-constructs',
    mavenArtifactId: 'serving-constructs',
    mavenServerId: 'central-ossrh',
  },
  publishToGo: { moduleName: 'github.com/serving-constructs/serving-constructs-go', packageName: 'servingconstructs' },
  publishToNuget: {
    dotNetNamespace: 'ServingConstructs',
    packageId: 'ServingConstructs',
    trustedPublishing: true,
  },

  jsiiVersion: '~6.0.0',
  typescriptVersion: '~6.0.0',
  // MINIMAL allows strictness flags that jsii's default rule set rejects.
  validateTsconfig: cdk.ValidateTsconfig.MINIMAL,
  tsconfig: {
    compilerOptions: {
      noImplicitOverride: true,
      noUncheckedIndexedAccess: true,
      // In files of their own, so that loading the package does not read them.
      inlineSourceMap: false,
      sourceMap: true,
    },
  },
  tsconfigDev: {
    include: ['../scripts/**/*.ts', '../bench/**/*.ts', '../examples/**/*.ts'],
    exclude: ['**/node_modules', '**/cdk.out'],
    compilerOptions: {
      // Examples import the library by its published name.
      paths: { 'serving-constructs': ['../src/index.ts'] },
    },
  },

  // The first release that validates templates at synthesis, can acknowledge findings, and can disable the validation.
  cdkVersion: '2.262.2',
  constructsVersion: '10.5.1',
  peerDeps: ['cdk8s@^2.70.0'],
  devDeps: [
    // The same release of both, so that their shared packages are bundled once.
    '@aws-sdk/client-ecr@3.1169.0',
    '@aws-sdk/client-s3@3.1169.0',
    '@arethetypeswrong/cli@^0.18.5',
    // Evaluates the validation rules of custom resource definitions in tests.
    '@bufbuild/cel@0.6.1',
    '@bufbuild/protobuf@^2',
    '@cyclonedx/cyclonedx-library@^10',
    '@kubernetes/client-node@2.0.1',
    '@types/node@^20',
    '@types/tar-stream@^3',
    // The release that both proxy agents depend on, so that the bundle contains one copy.
    'agent-base@^7',
    'ajv@^8',
    // The SBOM validator requires both.
    'ajv-formats@^3',
    'ajv-formats-draft2019@^1.6.1',
    // The `latest` tag of npm is an unrelated 3.0.0 that cannot read current cloud assemblies.
    'aws-cdk@^2.1148.1',
    'cdk8s-cli@^2',
    // Not part of any signature, so users can choose any release of cdk8s-plus, or none. Tests use this one.
    'cdk8s-plus-27@2.9.5',
    // Version 18 requires a newer Node.
    'dependency-cruiser@^17.4.3',
    'esbuild@^0.28',
    'fast-check@^4',
    // Version 9 is ESM only, which the tests cannot load.
    'http-proxy-agent@^7',
    'https-proxy-agent@^7',
    'ignore@^7',
    'jsii-diff@^1',
    'jsii-pacmak@^1',
    'packageurl-js@^2',
    'proxy-from-env@^2',
    'publint@^0.3',
    'spdx-expression-parse@^4',
    'tar-stream@^3',
    'tsx@^4',
    'yaml@^2',
  ],

  biome: true,
  biomeOptions: {
    // Later releases lack platform packages on npm.
    version: '2.5.0',
    biomeConfig: {
      files: {
        includes: ['.projenrc.ts', 'bench/**', 'examples/**/*.ts', 'scripts/**', '!**/*.snap', '!**/__snapshots__'],
      },
      formatter: { indentStyle: javascript.biome_config.IndentStyle.SPACE, indentWidth: 2, lineWidth: 120 },
      javascript: { formatter: { quoteStyle: javascript.biome_config.QuoteStyle.SINGLE } },
      linter: {
        rules: {
          // jsii does not export functions, so factories are static methods of a class.
          complexity: { noStaticOnlyClass: 'off' },
        },
      },
    },
  },

  jestOptions: {
    jestVersion: '^30',
    configFilePath: 'jest.config.json',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    coverageText: false,
    passWithNoTests: false,
    jestConfig: {
      collectCoverage: false,
      setupFiles: ['<rootDir>/test/support/jest/targets.ts'],
      globalSetup: '<rootDir>/test/support/generated-files.ts',
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/real/'],
      moduleNameMapper: { '^serving-constructs$': '<rootDir>/src/index.ts' },
      reporters: [new javascript.JestReporter('<rootDir>/scripts/count-reporter.cjs')],
      // The parent process only waits for the workers; by default one of two cores would be idle.
      maxWorkers: '100%',
      testEnvironment: '<rootDir>/test/support/jest/environment.cjs',
      testSequencer: '<rootDir>/test/support/jest/sequencer.cjs',
      additionalOptions: { runtime: '<rootDir>/test/support/jest/runtime.cjs' },
    },
  },

  gitignore: [
    'cdk.out/',
    '.cdk.staging/',
    'examples/**/dist/',
    '/.cache/',
    '/reports/',
    '__pycache__/',
    '*.tsbuildinfo',
  ],
  // Only the files listed here, by projen (lib) and by jsii are published.
  npmIgnoreOptions: {
    ignorePatterns: [
      '/*',
      ...['API.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'SECURITY.md', 'assets/', 'docs/'].map((path) => `!/${path}`),
      '/docs/*.json',
    ],
  },
});

project.package.addField('type', 'commonjs');
project.package.addField('peerDependenciesMeta', {
  'aws-cdk-lib': { optional: true },
  cdk8s: { optional: true },
});
// Later releases lack platform packages on npm, which breaks `npm ci` with a lock file that contains them.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
// The command line is bundled, so that the package has no dependencies.
const bundle = { platform: 'node', target: 'node20', format: 'cjs' } as const;
project.bundler.addBundle('src/tools/serving.ts', {
  ...bundle,
  executable: true,
  banner: '#!/usr/bin/env node',
  externals: ['*/ecr-sdk', '*/s3-sdk'],
});
// Bundled separately, because loading the SDKs takes longer than starting the command line, and few commands need them.
for (const sdk of ['ecr/ecr-sdk', 's3/s3-sdk'])
  project.bundler.addBundle(`src/tools/${sdk}.ts`, {
    ...bundle,
    outfile: `../../serving/${basename(sdk)}.js`,
    esbuildArgs: { '--minify': true },
  });
// Licenses require their terms to be distributed with the code.
project.bundler.bundleTask.exec('tsx scripts/third-party.ts');
// `npx serving` in a folder without this package would run an unrelated package of that name; `npx serving-constructs`
// would not.
for (const name of ['serving', 'serving-constructs'])
  project.package.addBin({ [name]: 'assets/tools/serving/index.js' });
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');

const { biome, jest } = project;
if (biome === undefined || jest === undefined) throw new Error('the options above enable biome and jest');
jest.config.testMatch = ['<rootDir>/test/**/*.test.ts'];
// The task test:types checks the types.
jest.config.transform = { '^.+\\.ts$': '<rootDir>/test/support/strip-types.cjs' };
new JsonFile(project, 'jest.real.config.json', {
  obj: () => ({
    ...jest.config,
    testMatch: ['<rootDir>/test/real/**/*.test.ts'],
    testPathIgnorePatterns: ['/node_modules/'],
    // These tests start and probe real servers and tools; the default of five seconds is for pure code.
    testTimeout: 300_000,
    runner: '<rootDir>/test/support/jest/real-runner.cjs',
    maxWorkers: 2,
  }),
});

// Every task has the same environment, so that tests, examples and packaging use the frameworks in the same way.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
for (const name of ['test', 'test:update', 'test:watch']) {
  const task = project.tasks.tryFind(name);
  // Template validation costs more than a second per test file; tests that need it enable it themselves.
  task?.env('CDK_VALIDATION', 'false');
  task?.env('JSII_DEPRECATED', 'quiet');
}

// Calls with more arguments are hard to read: pass related arguments as one object.
biome.addOverride({
  includes: ['src/**'],
  linter: { rules: { complexity: { useMaxParams: { level: 'error', options: { max: 4 } } } } },
});
// In tests, a failed assertion is a failed test.
biome.addOverride({ includes: ['test/**', 'bench/**'], linter: { rules: { style: { noNonNullAssertion: 'off' } } } });

// `lint` only reports; `lint:fix` changes files.
const biomeCheck = 'biome check --no-errors-on-unmatched --error-on-warnings';
biome.task.reset(biomeCheck, { receiveArgs: true });
const boundaries = project.addTask('lint:boundaries', {
  description: 'Check import boundaries (.dependency-cruiser.cjs)',
  exec: 'depcruise --config .dependency-cruiser.cjs src',
});
project.addTask('lint', {
  description: 'Lint, formatting and import boundaries, without changing a file',
  steps: [{ spawn: biome.task.name }, { spawn: boundaries.name }],
});
project.addTask('lint:fix', { description: 'Apply lint fixes and formatting', exec: `${biomeCheck} --write` });
project.addTask('test:types', {
  description: 'Type-check tests, examples, scripts and benchmarks',
  steps: [{ execArgs: ['tsc', '--noEmit', '-p', project.tsconfigDev.fileName] }],
});
project.testTask.reset('tsx scripts/test.ts', { receiveArgs: true });

project.addTask('test:real', {
  description: 'Tests against real parts; installs what they need first',
  env: { JSII_DEPRECATED: 'quiet' },
  steps: [
    { exec: 'bash test/real/setup.sh', condition: 'test -f test/real/setup.sh' },
    { exec: 'jest -c jest.real.config.json --ci', receiveArgs: true },
  ],
});
project.addTask('test:cluster', {
  description: 'Edits of manifests on a real control plane; builds it first',
  env: { JSII_DEPRECATED: 'quiet' },
  steps: [
    { exec: 'bash test/real/setup.sh cluster' },
    {
      exec: "jest -c jest.real.config.json --testMatch '<rootDir>/test/real/cluster/*.cluster.ts' --ci --runInBand",
      receiveArgs: true,
    },
  ],
});
project.addTask('test:properties', {
  description:
    'Simulate 100,000 combinations of servers, targets and timeouts, render 500 random definitions, check random updates and all values of the properties of plans',
  steps: [
    { exec: 'tsx test/simulation/run.ts', receiveArgs: true },
    { exec: 'tsx test/random/run.ts', receiveArgs: true },
    { exec: 'tsx test/changes/run.ts', receiveArgs: true },
    { execArgs: ['jest', '--ci', 'plan/(plan|routes|rule-slots|rules|timeouts).test'], env: { PROPERTIES: 'all' } },
  ],
});
project.addTask('test:fuzz', {
  description: 'Run the command line in process with 100,000 hostile inputs of each kind',
  steps: [{ exec: 'tsx test/fuzz/run.ts', receiveArgs: true }],
});
project.addTask('test:mutations', {
  description: 'Check that removing a value of the plan or of a renderer fails a test',
  env: { PROPERTIES: 'all' },
  steps: [{ exec: 'tsx test/mutations/run.ts', receiveArgs: true }],
});
project.addTask('bench', {
  description: 'Compare with hand-written constructs and peer tools',
  steps: [{ exec: 'tsx bench/run.ts', receiveArgs: true }],
});
project.addTask('start', {
  description: 'Synthesize every example for both targets and show the output',
  steps: [{ exec: 'tsx examples/start.ts', receiveArgs: true }],
});
project.addTask('tarball', {
  description: 'Write the npm package without running the tests',
  steps: [project.preCompileTask, project.compileTask, project.postCompileTask, project.packageTask].map(
    ({ name }) => ({
      spawn: name,
    }),
  ),
});

// These belong to compiling, because documentation and packages are created from the compiled files.
project.tasks.tryFind('docgen')?.reset('tsx scripts/api-pages.ts');
project.postCompileTask.prependExec('tsx scripts/optional-peers.ts');
project.postCompileTask.prependExec('tsx scripts/lazy-index.ts');
// Compiled files of sources that were moved or removed would be published.
project.compileTask.prependExec(`node -e "fs.rmSync('lib', { recursive: true, force: true })"`);
// The parser of YAML replaces the compiled file that imports it, so that the library has no dependencies either.
const yamlBundle = project.addTask('bundle:library', {
  description: 'Bundle the package that src/private/python-yaml.ts imports',
  steps: [
    {
      execArgs: [
        ...['esbuild', '--bundle', 'src/private/python-yaml.ts', '--target=node20', '--platform=node', '--format=cjs'],
        // Whoever reads the result has the same class.
        ...['--external:*/python-float', '--outfile=lib/private/python-yaml.js'],
      ],
    },
  ],
});
project.postCompileTask.prependSpawn(yamlBundle);
// Generated sources come before everything that reads them. The server factories have options, so they come first.
project.preCompileTask.prependExec('tsx scripts/option-types.ts');
project.preCompileTask.prependExec('tsx scripts/server-factories.ts');
project.packageTask.reset('jsii-pacmak --target js');
project.removeTask('package-all');
project.packageTask.exec('tsx scripts/check-package.ts');

// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the workflow
const matrixNode = '${{ matrix.node }}';
project.buildWorkflow?.addPostBuildJob('node', {
  name: `Node ${matrixNode}`,
  runsOn: ['ubuntu-latest'],
  permissions: { contents: github.workflows.JobPermission.READ },
  strategy: { matrix: { domain: { node: NODE_VERSIONS } } },
  tools: { node: { version: matrixNode } },
  steps: [
    github.WorkflowSteps.checkout({ with: { path: '.repo' } }),
    { name: 'Install dependencies', workingDirectory: '.repo', run: 'npm ci' },
    { name: 'Test', workingDirectory: '.repo', run: 'npm test' },
  ],
});

// After the pattern of projen that includes lib/. The bundles already contain these files.
project.addPackageIgnore('/lib/tools/');

project.synth();
