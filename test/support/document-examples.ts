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

/** The examples of the files in a folder. */
export interface ExampleFolder {
  readonly folder: string;
  readonly examples: readonly DocumentExample[];
}

/** The program that calls every example in its own app, in its folder, and writes the results by folder and title. */
export function synthesisOf(folders: readonly ExampleFolder[], result: string): string {
  const runs = folders.flatMap(({ folder, examples }) => [
    `enter(${JSON.stringify(folder)});`,
    ...examples.map((example) => {
      const { file, name, parameter, target } = example;
      const given = { Backend: 'backendIn(scope)', ServingEndpoint: 'endpointIn(scope)' } as Record<string, string>;
      const call = `require(${JSON.stringify(join(folder, file))}).${name}(${given[parameter] ?? 'scope as never'})`;
      return `run(${JSON.stringify(titleOf(example))}, ${target}, (scope) => ${call});`;
    }),
  ]);
  return [PROLOGUE, ...runs, `writeFileSync(${JSON.stringify(result)}, JSON.stringify(results));`, ''].join('\n');
}

const PROLOGUE = `import { mkdtempSync, writeFileSync } from 'node:fs';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ModelServer, ServerImage, ServingEndpoint } from 'serving-constructs';

const results: Record<string, Record<string, string>> = {};
let current: Record<string, string> = {};
// Lock files are found from the working directory.
const enter = (folder: string) => {
  process.chdir(folder);
  current = results[folder] = {};
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
function run(title: string, target: typeof aws, declare: (scope: Construct) => unknown): void {
  try {
    target(declare);
    current[title] = 'synthesized';
  } catch (error) {
    current[title] = (error as Error).message;
  }
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
