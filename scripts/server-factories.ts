/**
 * Writes the factories of `ModelServer` and the index of their options from `src/servers/catalog`: a factory is named as
 * the constant that `defineServer` makes, and has its documentation.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '..');
const SERVERS = join(ROOT, 'src/servers');
const CATALOG = join(SERVERS, 'catalog');
const WRITTEN = '// Written by scripts/server-factories.ts from src/servers/catalog.';
const WIDTH = 120;

/** The documentation of the class. */
const CLASS = `/**
 * The model server in a container: its command, and its behavior with connections and signals.
 *
 * @example
 *
 * import { ModelServer } from 'serving-constructs';
 *
 * const server = ModelServer.gunicorn({ app: 'app:app', workers: 2, version: '27.0.1' });
 */`;

/** The members of the class in addition to its factories. */
const MEMBERS = `  private constructor(private readonly definition: ServerDefinition) {}

  /** @internal */
  public _port(protocol: ServerProtocol): number | undefined {
    return behaviorFor(protocol, this.definition.descriptor).port;
  }

  /** @internal */
  public _intent(context: StartContext): ServerIntent {
    return startServer(this.definition, context);
  }`;

/** A constant that a file of the catalog makes with `defineServer` or `describeServer`. */
export interface Server {
  readonly name: string;
  /** The comment above it. */
  readonly documentation: string;
  /** The type of its options; undefined where it has no factory. */
  readonly options?: string;
  /** Whether the options may be left out. */
  readonly optional: boolean;
}

/** A file of the catalog. */
export interface ServerFile {
  /** Its name without the extension. */
  readonly file: string;
  readonly servers: readonly Server[];
  /** Its exported interfaces, and its exported enumerations and classes. */
  readonly types: readonly string[];
  readonly values: readonly string[];
}

/** The catalog, and what is wrong with it. */
export interface CatalogReport {
  /** In the order of the index. */
  readonly files: readonly ServerFile[];
  readonly problems: readonly string[];
}

/** Reads a folder of servers and its index. */
export function readCatalog(folder = CATALOG): CatalogReport {
  const problems: string[] = [];
  const found = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
      .sort()
      .map((name) => [name.slice(0, -3), readServers(join(folder, name), name, problems)]),
  );
  const lines = readIndex(join(folder, 'index.ts'), problems);
  for (const [file, { servers }] of found) {
    const names = servers.map(({ name }) => name);
    const line = `export { ${[...names].sort().join(', ')} } from './${file}';`;
    const listed = lines.get(file);
    if (servers.length === 0)
      problems.push(
        `${file}.ts has no server; export one: export const name = defineServer([...], (options: ...) => ...)`,
      );
    else if (listed === undefined)
      problems.push(`${file}.ts is missing from the catalog; add to its index.ts: ${line}`);
    else if ([...listed].sort().join() !== [...names].sort().join())
      problems.push(
        `index.ts lists { ${listed.join(', ')} } of ${file}.ts, which has other servers; replace the line: ${line}`,
      );
  }
  for (const file of lines.keys())
    if (!found.has(file)) problems.push(`index.ts lists './${file}', which does not exist; remove the line`);
  const files = [...lines.keys()].flatMap((file) => {
    const known = found.get(file);
    return known === undefined ? [] : [{ file, ...known }];
  });
  return { files, problems };
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
}

function readIndex(path: string, problems: string[]): Map<string, string[]> {
  const source = parse(path);
  const lines = new Map<string, string[]>();
  for (const statement of source.statements) {
    const isLine =
      ts.isExportDeclaration(statement) &&
      statement.exportClause !== undefined &&
      ts.isNamedExports(statement.exportClause) &&
      statement.moduleSpecifier !== undefined;
    if (!isLine) {
      problems.push(
        `index.ts has '${statement.getText(source)}'; it may have lines such as export { name } from './file'; only`,
      );
      continue;
    }
    const file = (statement.moduleSpecifier as ts.StringLiteral).text.replace(/^\.\//, '');
    const clause = statement.exportClause as ts.NamedExports;
    lines.set(file, [...(lines.get(file) ?? []), ...clause.elements.map(({ name }) => name.text)]);
  }
  return lines;
}

function readServers(path: string, shown: string, problems: string[]): Omit<ServerFile, 'file'> {
  const source = parse(path);
  const servers: Server[] = [];
  const types: string[] = [];
  const values: string[] = [];
  for (const statement of source.statements) {
    if (!ts.canHaveModifiers(statement) || !isExported(statement)) continue;
    if (ts.isInterfaceDeclaration(statement)) types.push(statement.name.text);
    else if (ts.isEnumDeclaration(statement)) values.push(statement.name.text);
    else if (ts.isClassDeclaration(statement) && statement.name) values.push(statement.name.text);
    else if (ts.isVariableStatement(statement)) {
      const server = serverOf(statement, source);
      if (server === undefined) continue;
      if (server.documentation === '')
        problems.push(`'${server.name}' in ${shown} has no documentation; write /** ... */ above it`);
      else if (server.options !== undefined && exampleOf(server.documentation) === undefined)
        problems.push(`'${server.name}' in ${shown} has no example; end its comment with @example and the code`);
      if (server.options === undefined && !isDescription(statement))
        problems.push(`'${server.name}' in ${shown} must name the type of its options: (options: ...Options) => ...`);
      servers.push(server);
    }
  }
  return { servers, types, values };
}

function isExported(statement: ts.HasModifiers): boolean {
  return ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function callOf(statement: ts.VariableStatement): ts.CallExpression | undefined {
  const call = statement.declarationList.declarations[0]?.initializer;
  if (call === undefined || !ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  return ['defineServer', 'describeServer'].includes(call.expression.text) ? call : undefined;
}

function isDescription(statement: ts.VariableStatement): boolean {
  return (callOf(statement)?.expression as ts.Identifier).text === 'describeServer';
}

function serverOf(statement: ts.VariableStatement, source: ts.SourceFile): Server | undefined {
  const call = callOf(statement);
  if (call === undefined) return undefined;
  const define = call.arguments.find((argument) => ts.isArrowFunction(argument)) as ts.ArrowFunction | undefined;
  const parameter = define?.parameters[0];
  const comment = ts
    .getJSDocCommentsAndTags(statement)
    .filter((one) => ts.isJSDoc(one))
    .at(-1);
  return {
    name: (statement.declarationList.declarations[0]?.name as ts.Identifier).text,
    documentation: comment?.getText(source) ?? '',
    options: parameter?.type?.getText(source),
    optional: parameter?.initializer !== undefined,
  };
}

/** The code of the example in a comment. */
export function exampleOf(documentation: string): string | undefined {
  const [, code] = documentation.replace(/\n \*[/ ]?/g, '\n').split('@example\n');
  return code?.trim();
}

/** `src/servers/model-server.ts`. */
export function renderFactories(files: readonly ServerFile[]): string {
  const factories = files.flatMap(({ servers }) => servers.filter(({ options }) => options !== undefined));
  return [
    WRITTEN,
    "import type { ServerProtocol } from '../plan/choices';",
    "import type { ServerIntent } from '../plan/intents';",
    "import { checkOptions } from '../private/options';",
    "import { tagClass } from '../private/package-copy';",
    "import * as catalog from './catalog';",
    "import type { ServerDefinition, StartContext } from './define-server';",
    "import { behaviorFor } from './grpc';",
    clause('import type', [...new Set(factories.map(({ options }) => options as string))], './options'),
    "import { startServer } from './start';",
    '',
    CLASS,
    'export class ModelServer {',
    factories.map(factoryOf).join('\n\n'),
    '',
    MEMBERS,
    '}',
    '',
    "tagClass('ModelServer', ModelServer);",
    '',
  ].join('\n');
}

/** `src/servers/options/index.ts`. */
export function renderOptions(files: readonly ServerFile[]): string {
  const exporting = files.filter(({ types, values }) => types.length + values.length > 0);
  const lines = [...exporting]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, types, values }) =>
      clause('export', [...values, ...types.map((type) => `type ${type}`)], `../catalog/${file}`),
    );
  return [WRITTEN, ...lines, "export * from '../shared-options';", ''].join('\n');
}

/** An import or export as the formatter writes it. */
function clause(keyword: string, names: readonly string[], module: string): string {
  const bare = (name: string): string => name.replace('type ', '');
  const isTypes = names.every((name) => name.startsWith('type '));
  const sorted = [...names]
    .sort((a, b) => (bare(a).toLowerCase() < bare(b).toLowerCase() ? -1 : 1))
    .map((name) => (isTypes ? bare(name) : name));
  const word = isTypes ? `${keyword} type` : keyword;
  const line = `${word} { ${sorted.join(', ')} } from '${module}';`;
  return line.length <= WIDTH ? line : `${word} {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${module}';`;
}

function factoryOf({ name, documentation, options, optional }: Server): string {
  return [
    ...documentation.split('\n').map((line) => `  ${line}`.trimEnd()),
    `  public static ${name}(options: ${options}${optional ? ' = {}' : ''}): ModelServer {`,
    `    checkOptions('${options}', options, 'options');`,
    `    return new ModelServer(catalog.${name}.define(options));`,
    '  }',
  ].join('\n');
}

/** What is generated, by its path. */
export function renderAll({ files }: CatalogReport): ReadonlyMap<string, string> {
  return new Map([
    [join(SERVERS, 'model-server.ts'), renderFactories(files)],
    [join(SERVERS, 'options/index.ts'), renderOptions(files)],
  ]);
}

/** Writes what is out of date, and returns the paths of it. */
export function updateFactories(): string[] {
  const report = readCatalog();
  if (report.problems.length > 0) throw new Error(`src/servers/catalog:\n${report.problems.join('\n')}`);
  const stale = [...renderAll(report)].filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  for (const [path, text] of stale) writeFileSync(path, text);
  return stale.map(([path]) => relative(ROOT, path));
}

if (require.main === module) for (const path of updateFactories()) console.log(`updated ${path}`);
