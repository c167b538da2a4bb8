/** What the documents show is what users paste: every TypeScript block is checked strictly, run and synthesized. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { explain } from '../../src/report/explain';
import { renderText } from '../../src/report/text';
import {
  DOCUMENTED_LOCK,
  type ExampleFolder,
  examplesOf,
  isOnlyDeclared,
  synthesisOf,
  titleOf,
} from '../support/document-examples';
import { blocksOf, filesOf, readDocuments, withCanary } from '../support/markdown';

const root = resolve(__dirname, '../..');
const bin = join(root, 'node_modules/.bin');
// Compilers and frameworks are started many times.
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
  const jest = {
    moduleNameMapper: { '^serving-constructs$': join(root, 'src/index.ts') },
    // Types are checked separately.
    transform: { '^.+\\.ts$': join(__dirname, '../support/strip-types.cjs') },
  };
  const all = {
    ...files,
    'serving.lock.json': JSON.stringify(DOCUMENTED_LOCK),
    'tsconfig.json': JSON.stringify(TSCONFIG),
    'jest.config.json': JSON.stringify(jest),
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The program of each folder. */
const programs = new Map<string, ts.Program>();
// The declarations of the frameworks are read once for all programs.
const sources = new Map<string, ts.SourceFile | undefined>();

/** Checks several folders as one program, which takes little longer than one of them. */
function checkTogether(together: readonly string[]): void {
  const parsed = together.map((folder) => ts.parseJsonConfigFileContent(TSCONFIG, ts.sys, folder));
  const options = parsed[0]?.options ?? {};
  const host = ts.createCompilerHost(options);
  // As `tsc` does.
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  const { getSourceFile } = host;
  host.getSourceFile = (file, ...rest) => {
    if (!sources.has(file)) sources.set(file, getSourceFile(file, ...rest));
    return sources.get(file);
  };
  const program = ts.createProgram({
    rootNames: parsed.flatMap(({ fileNames }) => fileNames),
    options,
    host,
    configFileParsingDiagnostics: parsed.flatMap(({ errors }) => errors),
  });
  for (const folder of together) programs.set(folder, program);
}

/** The compiler errors of the TypeScript files of a folder and their imports, as `name: message`. */
function typeErrors(folder: string): string[] {
  const program = programs.get(folder) as ts.Program;
  const isOther = (file: ts.SourceFile) =>
    file.fileName.startsWith(`${scratch}/`) && !file.fileName.startsWith(`${folder}/`);
  const own = program.getSourceFiles().filter((file) => !isOther(file));
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

function run(folder: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const { TEST_COUNTS: _, ...inherited } = process.env;
  const child = spawnSync(join(bin, command), args, { cwd: folder, encoding: 'utf8', env: { ...inherited, ...env } });
  return { status: child.status, output: `${child.stdout}${child.stderr}` };
}

const ran = new Map<string, ReturnType<typeof run>>();

/** The output of a program, which is run once. */
function runFile(folder: string, file: string): ReturnType<typeof run> {
  const path = join(folder, file);
  // `cdk synth` sets this variable to make an app synthesize.
  const env = { CDK_OUTDIR: join(folder, 'cdk.out') };
  const result = ran.get(path) ?? run(folder, 'tsx', ['--tsconfig', 'tsconfig.json', file], env);
  ran.set(path, result);
  return result;
}

/** The results of synthesizing the examples in folders, by folder and title. One program runs all of them. */
function synthesize(folders: readonly ExampleFolder[]): Record<string, Record<string, string>> {
  const folder = mkdtempSync(join(scratch, 'synthesis-'));
  created.push(folder);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  writeFileSync(join(folder, 'main.ts'), synthesisOf(folders, join(folder, 'results.json')));
  const { status, output } = run(folder, 'tsx', ['--tsconfig', 'tsconfig.json', 'main.ts']);
  if (status !== 0) throw new Error(output);
  return JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
}

const runTests = (folder: string, ...args: string[]) =>
  run(folder, 'jest', ['--ci', '--config', 'jest.config.json', '--rootDir', '.', ...args]);

// The examples of the errors page come from definitions that other tests run; pages without code are skipped.
const written = Object.fromEntries(
  Object.entries(documents).filter(([name, text]) => name !== 'docs/errors.md' && text.includes('```ts')),
);
const pasted = Object.fromEntries(Object.entries(written).map(([name, text]) => [name, project(filesOf(text))]));
const declared = Object.entries(written).map(
  ([name, text]): ExampleFolder => ({ folder: pasted[name] as string, examples: examplesOf(filesOf(text)) }),
);
let synthesized: ReturnType<typeof synthesize>;
beforeAll(() => {
  checkTogether(Object.values(pasted));
  synthesized = synthesize(declared);
});

describe.each(Object.entries(written))('%s', (document, markdown) => {
  const files = filesOf(markdown);
  const names = Object.keys(files);
  const folder = pasted[document] as string;

  test('every TypeScript block compiles strictly', () => {
    expect(typeErrors(folder)).toEqual([]);
  });

  const examples = examplesOf(files);
  // The program that synthesizes the examples runs files that do nothing else.
  const isSynthesized = (name: string) =>
    examples.some(({ file }) => file === name) && isOnlyDeclared(files[name] as string);
  const programs = names.filter((name) => !name.endsWith('.test.ts') && !isSynthesized(name));
  if (programs.length > 0) {
    test.each(programs)('%s runs', (name) => {
      expect(runFile(folder, name)).toEqual({ status: 0, output: '' });
    });
  }

  if (examples.length > 0) {
    test.each(examples.map((example) => [titleOf(example)]))('%s is synthesized', (title) => {
      expect(synthesized[folder]?.[title]).toBe('synthesized');
    });
  }

  const tests = names.filter((name) => name.endsWith('.test.ts'));
  // A page can have no tests, but a table without rows is an error.
  const suites = tests.length > 0 ? [tests.join(', ')] : [];
  for (const suite of suites) {
    test(`the tests of ${suite} pass`, () => {
      const { status, output } = runTests(folder);
      const count = tests.flatMap((name) => files[name]?.match(/^\s*(test|it)\(/gm) ?? []).length;
      expect(output).toMatch(new RegExp(`^Tests: +${count} passed, ${count} total$`, 'm'));
      expect(status).toBe(0);
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
    expect(runFile(folder, 'app.ts').status).toBe(0);
    const { Resources } = JSON.parse(readFileSync(join(folder, 'cdk.out/Serving.template.json'), 'utf8'));
    const types = Object.values(Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::ECS::Service')).toHaveLength(1);
  });

  test('becomes manifests', () => {
    expect(runFile(folder, 'main.ts').status).toBe(0);
    const objects = parseAllDocuments(readFileSync(join(folder, 'dist/serving.k8s.yaml'), 'utf8'));
    // The backend and the router.
    expect(objects.filter((object) => object.get('kind') === 'Deployment')).toHaveLength(2);
  });
});

test('`serving explain` prints the lines that README.md shows of the canary, in the same order', () => {
  const files = filesOf(readme);
  const folder = project({
    ...files,
    'main.ts': withCanary(files['main.ts'] as string),
  });
  const plans = join(folder, 'plans');
  const ran = run(folder, 'tsx', ['--tsconfig', 'tsconfig.json', 'main.ts'], { SERVING_EXPLAIN: plans });
  expect(ran).toEqual({ status: 0, output: '' });
  const explanations = readdirSync(plans).map((file) => JSON.parse(readFileSync(join(plans, file), 'utf8')));
  const printed = renderText(explain(explanations, { names: ['summary'] })).split('\n');
  const shown = blocksOf(readme).flatMap(({ text }) =>
    text.startsWith('  sentiment  http') ? text.trimEnd().split('\n') : [],
  );
  expect(shown).toHaveLength(8);
  expect(printed.filter((line) => shown.includes(line))).toEqual(shown);
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
  beforeAll(() => checkTogether(mistakes.map(([, , , folder]) => folder)));

  test.each(mistakes)('by the compiler: %s as %s', (_from, _to, message, folder) => {
    expect(typeErrors(folder).join('\n')).toContain(message);
  });

  test('by the pasted tests', () => {
    const folder = wrong("toContain('Deployment')", "toContain('StatefulSet')");
    const { status, output } = runTests(folder, '--testNamePattern', 'the manifests');
    expect(output).toMatch(/^Tests: +1 failed, 1 skipped, 2 total$/m);
    expect(status).toBe(1);
  });

  test('by the synthesis', () => {
    const files = filesOf(readme.replace('sentiment:1.4.2', 'sentiment:latest'));
    const folder = project(files);
    const results = synthesize([{ folder, examples: examplesOf(files) }])[folder] as Record<string, string>;
    const examples = ['sentiment of endpoint.ts', 'canary of canary.ts'];
    expect(Object.keys(results).sort()).toEqual(
      examples.flatMap((example) => ['aws', 'kubernetes'].map((target) => `${example} on ${target}`)).sort(),
    );
    for (const result of Object.values(results)) expect(result).toContain('[MutableImage]');
  });

  test('when a block has no name', () => {
    expect(() => filesOf('```ts\nexport {};\n```\n')).toThrow("must be '// name.ts'");
  });
});

test('the error that README.md quotes is thrown', () => {
  const words = (text: string) => text.replace(/\s+/g, ' ').trim();
  const quoted = blocksOf(readme).filter(({ text }) => /^\[[A-Z]\w+\] /.test(text));
  expect(quoted.map(({ text }) => /^\[(\w+)\]/.exec(text)?.[1])).toEqual(['RequestTimeoutTooLong']);
  const folder = project(filesOf(readme.replace('Duration.seconds(60)', 'Duration.seconds(4200)')));
  const { status, output } = runFile(folder, 'app.ts');
  expect(status).not.toBe(0);
  expect(words(output)).toContain(words(quoted[0]?.text ?? ''));
});
