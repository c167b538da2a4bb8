/** The functions that documents export, and the program that synthesizes what they declare. */
import { join } from 'node:path';
import ts from 'typescript';
import type { LockFile } from '../../src/models/lock/lock-file';
import { digestOf, lockedImage, lockedModel } from './lock';

/** What an example is called with, by the type of its only parameter. */
const PARAMETERS = ['Construct', 'Stack', 'Chart', 'Backend', 'ServingEndpoint'] as const;

/** A function that a document exports, on one target. */
export interface DocumentExample {
  readonly file: string;
  readonly name: string;
  readonly parameter: (typeof PARAMETERS)[number];
  readonly target: 'aws' | 'kubernetes';
}

/** The title of the test of an example. */
export function titleOf({ file, name, target }: Omit<DocumentExample, 'parameter'>): string {
  return `${name} of ${file} on ${target}`;
}

/** The examples of these files: exported functions whose only parameter is a scope, a backend or an endpoint. */
export function examplesOf(files: { readonly [name: string]: string }): DocumentExample[] {
  return Object.entries(files).flatMap(([file, text]) => {
    if (file.endsWith('.test.ts')) return [];
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
    return source.statements.flatMap((statement) => {
      if (!ts.isFunctionDeclaration(statement) || !isExported(statement)) return [];
      const parameter = PARAMETERS.find((type) => type === typeOf(statement));
      if (parameter === undefined) return [];
      const name = statement.name?.text as string;
      return targetsOf(parameter, text).map((target) => ({ file, name, parameter, target }));
    });
  });
}

/** Whether a file declares functions only, so that to import it does nothing. */
export function isOnlyDeclared(text: string): boolean {
  const { statements } = ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022, true);
  return statements.every((statement) => ts.isImportDeclaration(statement) || ts.isFunctionDeclaration(statement));
}

function isExported({ modifiers }: ts.FunctionDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function typeOf({ parameters }: ts.FunctionDeclaration): string | undefined {
  return parameters.length === 1 ? parameters[0]?.type?.getText() : undefined;
}

/** A file that names one target is for that target, every other one is for both. */
function targetsOf(parameter: DocumentExample['parameter'], text: string): DocumentExample['target'][] {
  if (parameter === 'Stack') return ['aws'];
  if (parameter === 'Chart') return ['kubernetes'];
  const aws = /\baws\.|'aws-cdk-lib/.test(text);
  const kubernetes = /\bkubernetes\.|'cdk8s/.test(text);
  if (aws === kubernetes) return ['aws', 'kubernetes'];
  return aws ? ['aws'] : ['kubernetes'];
}

/** The examples of the files in a folder, and its files that do something when they are run. */
export interface ExampleFolder {
  readonly folder: string;
  readonly examples: readonly DocumentExample[];
  readonly programs?: readonly string[];
  /** Environment variables of the programs. */
  readonly env?: { readonly [name: string]: string };
}

/** How a program ended. */
export interface Run {
  readonly status: number;
  readonly output: string;
}

/** What happened in a folder. */
export interface FolderResults {
  /** By the title of an example: `synthesized`, or the message of its error. */
  readonly examples: { readonly [title: string]: string };
  /** By the file of a program. */
  readonly programs: { readonly [file: string]: Run };
}

/**
 * The program that calls every example in its own app, in its folder, runs the programs of the folders, and writes the
 * results by folder. One process does all of this, because loading the frameworks takes longer than the rest.
 */
export function synthesisOf(folders: readonly ExampleFolder[], result: string): string {
  const steps = folders.flatMap(({ folder, examples, programs = [], env = {} }) => [
    `enter(${JSON.stringify(folder)});`,
    ...examples.map((example) => {
      const { file, name, parameter, target } = example;
      const given = { Backend: 'backendIn(scope)', ServingEndpoint: 'endpointIn(scope)' } as Record<string, string>;
      const call = `require(${JSON.stringify(join(folder, file))}).${name}(${given[parameter] ?? 'scope as never'})`;
      return `synthesize(${JSON.stringify(titleOf(example))}, ${target}, (scope) => ${call});`;
    }),
    ...programs.map((file) => `await run(${JSON.stringify(file)}, ${JSON.stringify(env)});`),
  ]);
  return [
    PROLOGUE,
    'async function main() {',
    ...steps,
    `writeFileSync(${JSON.stringify(result)}, JSON.stringify(results));`,
    '}',
    'void main();',
    '',
  ].join('\n');
}

const PROLOGUE = `import { mkdtempSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ModelServer, ServerImage, ServingEndpoint } from 'serving-constructs';

type Results = { examples: Record<string, string>; programs: Record<string, { status: number; output: string }> };
const results: Record<string, Results> = {};
let current: Results = { examples: {}, programs: {} };
// Lock files are found from the working directory.
const enter = (folder: string) => {
  process.chdir(folder);
  current = results[folder] = { examples: {}, programs: {} };
};
const outdir = () => mkdtempSync('synthesized-');
const aws = (declare: (scope: Construct) => unknown) => {
  const app = new CdkApp({ autoSynth: false, outdir: outdir() });
  declare(new Stack(app, 'Serving', { env: { account: '123456789012', region: 'eu-west-1' } }));
  app.synth();
};
const kubernetes = (declare: (scope: Construct) => unknown) => {
  const app = new Cdk8sApp({ outdir: outdir() });
  declare(new Chart(app, 'serving'));
  app.synth();
};
const endpointIn = (scope: Construct) => {
  const endpoint = new ServingEndpoint(scope, 'models', { path: '/models' });
  for (const version of ['v1', 'v2']) endpoint.addBackend(version, {
    image: ServerImage.fromRegistry('registry.example.com/models:1.0.0'),
    server: ModelServer.wsgi({ app: 'app:app' }),
  });
  return endpoint;
};
const backendIn = (scope: Construct) => endpointIn(scope).backends[0]!;
function synthesize(title: string, target: typeof aws, declare: (scope: Construct) => unknown): void {
  try {
    target(declare);
    current.examples[title] = 'synthesized';
  } catch (error) {
    current.examples[title] = (error as Error).message;
  }
}
// A program starts without the modules of the folder that others loaded, and ends when nothing is left to do: then apps
// are synthesized that \`cdk synth\` runs.
async function run(file: string, env: Record<string, string>): Promise<void> {
  const folder = process.cwd();
  const variables: Record<string, string> = { CDK_OUTDIR: join(folder, 'cdk.out'), ...env };
  for (const path of Object.keys(require.cache)) if (path.startsWith(folder + sep)) delete require.cache[path];
  const others = new Set(process.rawListeners('beforeExit'));
  const output: string[] = [];
  const write = (text: string) => output.push(text) > 0;
  const streams = [process.stdout, process.stderr];
  const writers = streams.map((stream) => stream.write);
  for (const stream of streams) stream.write = write as typeof stream.write;
  Object.assign(process.env, variables);
  let status = 0;
  try {
    require(join(folder, file));
    await new Promise((resolve) => setImmediate(resolve));
    for (const end of process.rawListeners('beforeExit')) if (!others.has(end)) end.call(process, 0);
    status = Number(process.exitCode ?? 0);
  } catch (error) {
    status = 1;
    output.push(String((error as Error).stack));
  }
  process.exitCode = undefined;
  for (const end of process.rawListeners('beforeExit'))
    if (!others.has(end)) process.removeListener('beforeExit', end as () => void);
  for (const name of Object.keys(variables)) delete process.env[name];
  for (const [index, stream] of streams.entries()) stream.write = writers[index]!;
  current.programs[file] = { status, output: output.join('') };
}
`;

const REGISTRY = 'registry.example.com';

/** What the documents lock with their commands. */
export const DOCUMENTED_LOCK: LockFile = {
  version: 1,
  models: {
    'models/net': lockedModel('a', { 'weights.bin': 2 ** 20 }, { to: 's3://acme-models' }),
    'models/llama': lockedModel(
      'b',
      { 'model.safetensors': 2 ** 30 },
      {
        to: `${REGISTRY}/models`,
        variant: 'shell',
        base: `busybox:1.37@${digestOf('d')}`,
      },
    ),
  },
  images: {},
  apps: {
    app: {
      ...lockedImage('c'),
      to: `${REGISTRY}/app`,
      base: `python:3.12-slim@${digestOf('d')}`,
      requirements: 'requirements.txt',
    },
  },
};
