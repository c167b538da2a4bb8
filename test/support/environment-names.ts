/** The environment variables of the package, from its sources and from what it renders. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { readCatalog } from '../../scripts/server-factories';
import { ModelServer } from '../../src';
import type { BatchingIntent } from '../../src/plan/intents';
import { OPTION_TYPES } from '../../src/private/option-types';
import type { PlacedModel } from '../../src/servers/define-server';
import { IMAGE_FACTS } from '../../src/workload/private/image-facts';
import { repositoryFiles } from './repository-files';
import { requiredOptionsOf } from './required-options';

const ROOT = resolve(__dirname, '../..');

/** `PATH`, or a variable of npm. */
const NAME = /^(?:[A-Z][A-Z0-9_]+|npm_\w+)$/;

/** Names of folders, which `user-folders.ts` looks up by their kind. */
const FOLDER = /^XDG_[A-Z_]+$/;

const isEnvironment = (node: ts.Expression | undefined): boolean =>
  node !== undefined && /^(?:process\.env|environment)$/.test(node.getText());

/** The variables that a source reads from the environment of its process. */
export function variablesReadBy(text: string): string[] {
  if (!/\bprocess\.env\b/.test(text)) return [];
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, string>();
  const found: string[] = [];
  const add = (name: string) => found.push(...(NAME.test(name) ? [name] : []));
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      if (ts.isStringLiteral(node.initializer)) constants.set(node.name.getText(), node.initializer.text);
      if (ts.isObjectBindingPattern(node.name) && isEnvironment(node.initializer))
        for (const { propertyName, name } of node.name.elements) add((propertyName ?? name).getText());
    }
    if (ts.isStringLiteral(node) && FOLDER.test(node.text)) add(node.text);
    if (ts.isPropertyAccessExpression(node) && isEnvironment(node.expression) && !isAssigned(node)) add(node.name.text);
    if (ts.isElementAccessExpression(node) && isEnvironment(node.expression)) {
      const { argumentExpression: name } = node;
      add(ts.isStringLiteral(name) ? name.text : (constants.get(name.getText()) ?? ''));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isAssigned = ({ parent }: ts.Node): boolean =>
  ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;

/** The variables that the package reads from the environment of its process. */
export function variablesRead(): string[] {
  const files = repositoryFiles().filter((file) => /^src\/.*\.ts$/.test(file));
  return unique(files.flatMap((file) => variablesReadBy(readFileSync(join(ROOT, file), 'utf8'))));
}

/** The options of a server: only the required ones, or also a model on the Hugging Face Hub. */
function optionsOf(type: string): object[] {
  const required = requiredOptionsOf(type);
  return Object.hasOwn(OPTION_TYPES[type] as object, 'model')
    ? [required, { ...required, model: 'acme/bert' }]
    : [required];
}

/** No model, a directory, and a file. */
const MODELS: readonly PlacedModel[][] = [
  [],
  [{ path: '/models/m' }],
  [{ path: '/models/m.gguf', isFile: true, files: ['m.gguf'] }],
];

/** The variables of a server with these models; none if it requires others, or does not support the batches. */
function variablesOf(server: ModelServer, models: PlacedModel[], batching?: BatchingIntent): string[] {
  try {
    const { environment, timeVariables = [] } = server._intent({ port: 9999, maxConcurrency: 4, models, batching });
    return [...Object.keys(environment ?? {}), ...timeVariables.map(({ variable }) => variable)];
  } catch (error) {
    if (['ModelNotNamed', 'InvalidModel', 'Unsupported'].includes((error as { code?: string }).code ?? '')) return [];
    throw error;
  }
}

/** The variables that any model server gets with its command. */
export function variablesOfServers(): string[] {
  const servers = readCatalog().files.flatMap(({ servers: inFile }) => inFile);
  const names = servers.flatMap(({ name, options }) => {
    if (options === undefined) return [];
    const factory = (ModelServer[name as keyof typeof ModelServer] as (options: object) => ModelServer).bind(
      ModelServer,
    );
    return optionsOf(options).flatMap((chosen) =>
      MODELS.flatMap((models) =>
        [undefined, { maxBatchSize: 8 }].flatMap((batching) => variablesOf(factory(chosen), models, batching)),
      ),
    );
  });
  return unique(names);
}

/** Where renderers and the packer of apps write a variable by its name. */
const WRITTEN =
  /(?:\bname: |\bsecretVariable\(|\bprefixed\(|_VARIABLE = )'([A-Z][A-Z_]+)'|\{ ([A-Z][A-Z_]+): (?:SCRATCH\b|token )|\bdefaults\.([A-Z]+) = /g;

/** The variables that a source writes into containers. */
export function variablesWrittenBy(text: string): string[] {
  return [...text.matchAll(WRITTEN)].map(([, named, key, set]) => (named ?? key ?? set) as string);
}

/** The variables that the package sets in containers, in addition to those of the servers. */
export function variablesWritten(): string[] {
  const files = repositoryFiles().filter((file) =>
    /^src\/(?:aws|kubernetes)\/private\/|^src\/plan\/(?:process|path-prefix)\.ts|^src\/models\/model\.ts|^src\/tools\/app-image\/pack-app\.ts/.test(
      file,
    ),
  );
  const caches = IMAGE_FACTS.flatMap((facts) => Object.keys(facts.caches ?? {}));
  return unique([...files.flatMap((file) => variablesWrittenBy(readFileSync(join(ROOT, file), 'utf8'))), ...caches]);
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
