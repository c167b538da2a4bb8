/** What the documents show is what users paste: every TypeScript block is checked strictly, run and synthesized. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { explain } from '../../src/report/explain';
import { renderText } from '../../src/report/text';
import { compilerHost } from '../support/compiler';
import {
  DOCUMENTED_LOCK,
  type ExampleFolder,
  examplesOf,
  type FolderResults,
  isOnlyDeclared,
  type Run,
  synthesisOf,
  titleOf,
} from '../support/document-examples';
import { blocksOf, filesOf, readDocuments, withCanary } from '../support/markdown';

const root = resolve(__dirname, '../..');
const bin = join(root, 'node_modules/.bin');
// Compilers and frameworks are slow to start.
jest.setTimeout(120_000);

const documents = readDocuments();
const readme = documents['README.md'] as string;

// Inside the repository, so that packages are found, in a folder that git and all tools ignore.
const scratch = join(root, '.cache/documents');
mkdirSync(scratch, { recursive: true });
const created: string[] = [];
afterAll(() => {
  for (const folder of created) rmSync(folder, { recursive: true });
});

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'node16',
    lib: ['ES2022'],
    strict: true,
    noImplicitOverride: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['jest', 'node'],
    paths: { 'serving-constructs': [join(root, 'src/index.ts')] },
  },
};

/** A folder of a user who pasted these files. */
function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'pasted-'));
  created.push(folder);
  const all = {
    ...files,
    'serving.lock.json': JSON.stringify(DOCUMENTED_LOCK),
    'tsconfig.json': JSON.stringify(TSCONFIG),
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  return folder;
}

/** All folders, which are checked as one program: that takes little longer than one of them. */
let program: ts.Program;

function check(folders: readonly string[]): ts.Program {
  const parsed = folders.map((folder) => ts.parseJsonConfigFileContent(TSCONFIG, ts.sys, folder));
  const options = parsed[0]?.options ?? {};
  const rootNames = parsed.flatMap(({ fileNames }) => fileNames);
  return ts.createProgram({
    rootNames,
    options,
    host: compilerHost(options, rootNames),
    configFileParsingDiagnostics: parsed.flatMap(({ errors }) => errors),
  });
}

/** The compiler errors of the TypeScript files of a folder, as `name: message`. The task `test:types` checks `src`. */
function typeErrors(folder: string): string[] {
  const own = program.getSourceFiles().filter((file) => file.fileName.startsWith(`${folder}/`));
  const found = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return found.map(
    ({ file, messageText }) =>
      `${file && relative(folder, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

function run(folder: string, command: string, args: string[]) {
  const { TEST_COUNTS: _, ...env } = process.env;
  const child = spawnSync(join(bin, command), args, { cwd: folder, encoding: 'utf8', env });
  return { status: child.status, output: `${child.stdout}${child.stderr}` };
}

/** The results of the examples and programs in folders, by folder. One process runs all of them. */
function runAll(folders: readonly ExampleFolder[]): Record<string, FolderResults> {
  const folder = mkdtempSync(join(scratch, 'synthesis-'));
  created.push(folder);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'main.ts'), synthesisOf(folders, join(folder, 'results.json')));
  const { status, output } = run(folder, 'tsx', ['--tsconfig', 'tsconfig.json', 'main.ts']);
  if (status !== 0 || output !== '') throw new Error(output);
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}

/** The outcomes of the pasted tests by their folder and title: `passed`, or the messages. One process runs all of them. */
function runTests(folders: readonly string[]): Record<string, Record<string, string>> {
  const config = {
    roots: folders,
    // Loads the frameworks faster.
    runtime: join(__dirname, '../support/jest/runtime.cjs'),
    testEnvironment: join(__dirname, '../support/jest/environment.cjs'),
    moduleNameMapper: { '^serving-constructs$': join(root, 'src/index.ts') },
    // Types are checked separately.
    transform: { '^.+\\.ts$': join(__dirname, '../support/strip-types.cjs') },
  };
  const folder = project({ 'jest.config.json': JSON.stringify(config) });
  run(folder, 'jest', ['--ci', '--runInBand', '--config', 'jest.config.json', '--json', '--outputFile', 'tests.json']);
  const { testResults }: JestResults = JSON.parse(readFileSync(join(folder, 'tests.json'), 'utf8'));
  return Object.fromEntries(
    testResults.map(({ name, assertionResults }) => [
      dirname(name),
      Object.fromEntries(
        assertionResults.map(({ title, status, failureMessages }) => [title, failureMessages.join('\n') || status]),
      ),
    ]),
  );
}

interface JestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

// The examples of the errors page come from definitions that other tests run; pages without code are skipped.
const written = Object.fromEntries(
  Object.entries(documents).filter(([name, text]) => name !== 'docs/errors.md' && text.includes('```ts')),
);
const pasted = Object.fromEntries(Object.entries(written).map(([name, text]) => [name, project(filesOf(text))]));

/** The files that do something when they are run. The other ones only declare the examples. */
function programsOf(files: Record<string, string>): string[] {
  const examples = examplesOf(files);
  const isDeclaration = (name: string) =>
    examples.some(({ file }) => file === name) && isOnlyDeclared(files[name] as string);
  return Object.keys(files).filter((name) => !name.endsWith('.test.ts') && !isDeclaration(name));
}

const foldersToRun = Object.entries(written).map(([name, text]): ExampleFolder => {
  const files = filesOf(text);
  return { folder: pasted[name] as string, examples: examplesOf(files), programs: programsOf(files) };
});
const foldersToCheck = Object.values(pasted);
const foldersToTest = Object.entries(written).flatMap(([name, text]) =>
  Object.keys(filesOf(text)).some((file) => file.endsWith('.test.ts')) ? [pasted[name] as string] : [],
);
let results: ReturnType<typeof runAll>;
let tested: ReturnType<typeof runTests>;
beforeAll(() => {
  program = check(foldersToCheck);
  results = runAll(foldersToRun);
  tested = runTests(foldersToTest);
});

/** How a program ended. */
const runOf = (folder: string, file: string): Run | undefined => results[folder]?.programs[file];

describe.each(Object.entries(written))('%s', (document, markdown) => {
  const files = filesOf(markdown);
  const names = Object.keys(files);
  const folder = pasted[document] as string;

  test('every TypeScript block compiles strictly', () => {
    expect(typeErrors(folder)).toEqual([]);
  });

  const programs = programsOf(files);
  if (programs.length > 0) {
    test.each(programs)('%s runs', (name) => {
      expect(runOf(folder, name)).toEqual({ status: 0, output: '' });
    });
  }

  const examples = examplesOf(files);
  if (examples.length > 0) {
    test.each(examples.map((example) => [titleOf(example)]))('%s is synthesized', (title) => {
      expect(results[folder]?.examples[title]).toBe('synthesized');
    });
  }

  const tests = names.filter((name) => name.endsWith('.test.ts'));
  // A page can have no tests, but a table without rows is an error.
  const suites = tests.length > 0 ? [tests.join(', ')] : [];
  for (const suite of suites) {
    test(`the tests of ${suite} pass`, () => {
      const count = tests.flatMap((name) => files[name]?.match(/^\s*(test|it)\(/gm) ?? []).length;
      expect(Object.values(tested[folder] ?? {})).toEqual(Array.from({ length: count }, () => 'passed'));
    });
  }
});

describe('the first example of README.md', () => {
  const files = filesOf(readme);
  const [first = '', ...others] = Object.keys(files);
  const folder = pasted['README.md'] as string;

  test('has at most 20 lines, and every other file imports it or what does', () => {
    expect(first).toBe('endpoint.ts');
    expect(files[first]?.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
    expect(others).toEqual(['app.ts', 'main.ts', 'canary.ts', 'endpoint.test.ts']);
    for (const name of others) expect(files[name]).toMatch(/from '\.\/(?:endpoint|canary)'/);
  });

  test('becomes a template', () => {
    expect(runOf(folder, 'app.ts')?.status).toBe(0);
    const { Resources } = JSON.parse(readFileSync(join(folder, 'cdk.out/Serving.template.json'), 'utf8'));
    const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::ECS::Service')).toHaveLength(1);
  });

  test('becomes manifests', () => {
    expect(runOf(folder, 'main.ts')?.status).toBe(0);
    const objects = parseAllDocuments(readFileSync(join(folder, 'dist/serving.k8s.yaml'), 'utf8'));
    // The backend and the router.
    expect(objects.filter((object) => object.get('kind') === 'Deployment')).toHaveLength(2);
  });
});

describe('the canary of README.md', () => {
  const files = filesOf(readme);
  const folder = project({ ...files, 'main.ts': withCanary(files['main.ts'] as string) });
  const plans = join(folder, 'plans');
  foldersToRun.push({ folder, examples: [], programs: ['main.ts'], env: { SERVING_EXPLAIN: plans } });

  test('has the lines of `serving explain` that README.md shows, in the same order', () => {
    expect(runOf(folder, 'main.ts')).toEqual({ status: 0, output: '' });
    const explanations = readdirSync(plans).map((file) => JSON.parse(readFileSync(join(plans, file), 'utf8')));
    const printed = renderText(explain(explanations, { names: ['summary'] })).split('\n');
    const shown = blocksOf(readme).flatMap(({ text }) =>
      text.startsWith('  sentiment  http') ? text.trimEnd().split('\n') : [],
    );
    expect(shown).toHaveLength(8);
    expect(printed.filter((line) => shown.includes(line))).toEqual(shown);
  });
});

describe('an error in a document is found', () => {
  const wrong = (from: string, to: string) => {
    expect(readme).toContain(from);
    return project(filesOf(readme.replace(from, to)));
  };

  const mistakes: [from: string, to: string, message: string, folder: string][] = [
    [
      'requestTimeout: Duration.seconds(60)',
      'requestTimeout: 60',
      "Type 'number' is not assignable to type 'Duration'.",
    ],
    ['endpoint.splitTraffic(', 'endpoint.shareTraffic(', "Property 'shareTraffic' does not exist on type"],
    ['minReplicas: 2', 'minReplica: 2', "'minReplica' does not exist in type 'AutoscalingOptions'"],
  ].map(([from = '', to = '', message = '']) => [from, to, message, wrong(from, to)]);
  foldersToCheck.push(...mistakes.map(([, , , folder]) => folder));

  test.each(mistakes)('by the compiler: %s as %s', (_from, _to, message, folder) => {
    expect(typeErrors(folder).join('\n')).toContain(message);
  });

  const otherKind = wrong("toContain('Deployment')", "toContain('StatefulSet')");
  foldersToTest.push(otherKind);

  test('by the pasted tests', () => {
    const failed = Object.entries(tested[otherKind] ?? {}).filter(([, outcome]) => outcome !== 'passed');
    expect(failed).toEqual([[expect.stringContaining('the manifests'), expect.stringContaining('StatefulSet')]]);
    expect(Object.keys(tested[otherKind] ?? {})).toHaveLength(2);
  });

  const mutable = wrong('sentiment:1.4.2', 'sentiment:latest');
  foldersToRun.push({ folder: mutable, examples: examplesOf(filesOf(readme)), programs: ['app.ts'] });

  test('by the synthesis', () => {
    const messages = results[mutable]?.examples ?? {};
    const examples = ['sentiment of endpoint.ts', 'canary of canary.ts'];
    expect(Object.keys(messages).sort()).toEqual(
      examples.flatMap((example) => ['aws', 'kubernetes'].map((target) => `${example} on ${target}`)).sort(),
    );
    for (const message of Object.values(messages)) expect(message).toContain('[MutableImage]');
  });

  test('by running the program', () => {
    expect(runOf(mutable, 'app.ts')).toEqual({ status: 1, output: expect.stringContaining('[MutableImage]') });
  });

  test('when a block has no name', () => {
    expect(() => filesOf('```ts\nexport {};\n```\n')).toThrow("must be '// name.ts'");
  });
});

const tooLong = project(filesOf(readme.replace('Duration.seconds(60)', 'Duration.seconds(4200)')));
foldersToRun.push({ folder: tooLong, examples: [], programs: ['app.ts'] });

test('the error that README.md quotes is thrown', () => {
  const words = (text: string) => text.replace(/\s+/g, ' ').trim();
  const quoted = blocksOf(readme).filter(({ text }) => /^\[[A-Z]\w+\] /.test(text));
  expect(quoted.map(({ text }) => /^\[(\w+)\]/.exec(text)?.[1])).toEqual(['RequestTimeoutTooLong']);
  const { status, output } = runOf(tooLong, 'app.ts') ?? {};
  expect(status).toBe(1);
  expect(words(output ?? '')).toContain(words(quoted[0]?.text ?? ''));
});
