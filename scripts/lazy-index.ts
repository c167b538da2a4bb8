// Rewrites every compiled index so that a name loads its module at first use, and checks what loading costs.
//
// `export * from './x'` compiles to an eager require of every module. A user of one target would then pay for
// all of them, so each name becomes an enumerable getter that replaces itself by the value. `exports.A = void 0`
// in front keeps named imports from ES modules working: Node finds the names of a CommonJS module by scanning.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '..');
const load = createRequire(join(root, 'package.json'));

/** The code behind one exported name. */
interface LazyName {
  readonly name: string;
  readonly expression: string;
}

function parse(indexFile: string): ts.SourceFile {
  return ts.createSourceFile(indexFile, readFileSync(indexFile, 'utf8'), ts.ScriptTarget.ES2022);
}

/** The modules that an index loads at once, for what they register. */
function loadedAtOnce(source: ts.SourceFile): string[] {
  return source.statements.filter(ts.isImportDeclaration).map(({ importClause, moduleSpecifier }) => {
    if (importClause !== undefined) throw new Error(`${source.fileName}: an index imports no names`);
    return (moduleSpecifier as ts.StringLiteral).text;
  });
}

function namesOf(source: ts.SourceFile, libDir: string): LazyName[] {
  return source.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) return [];
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
      throw new Error(`${source.fileName}: an index contains re-exports only, found: ${statement.getText(source)}`);
    }
    if (statement.isTypeOnly) return [];
    const request = (statement.moduleSpecifier as ts.StringLiteral).text;
    const required = `require(${JSON.stringify(request)})`;
    const clause = statement.exportClause;
    if (clause !== undefined && ts.isNamespaceExport(clause)) return [{ name: clause.name.text, expression: required }];
    const values = Object.keys(load(join(libDir, request))).filter((name) => name !== 'default');
    if (clause === undefined) return values.map((name) => ({ name, expression: `${required}.${name}` }));
    return clause.elements
      .map((element) => ({ name: element.name.text, from: (element.propertyName ?? element.name).text }))
      .filter(({ from }) => values.includes(from))
      .map(({ name, from }) => ({ name, expression: `${required}.${from}` }));
  });
}

function render(names: readonly LazyName[], modules: readonly string[]): string {
  return [
    '"use strict";',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    ...names.map(({ name }) => `exports.${name} = void 0;`),
    ...modules.map((module) => `require(${JSON.stringify(module)});`),
    'function lazy(name, load) {',
    '  const property = (descriptor) =>',
    '    Object.defineProperty(exports, name, { enumerable: true, configurable: true, ...descriptor });',
    '  property({',
    '    get() {',
    '      const value = load();',
    '      property({ value });',
    '      return value;',
    '    },',
    '  });',
    '}',
    ...names.map(({ name, expression }) => `lazy(${JSON.stringify(name)}, () => ${expression});`),
    '',
  ].join('\n');
}

/** The files and packages that a script loads in a process of its own. */
function loadedBy(script: string): { files: string[]; packages: string[] } {
  const code = `${script}; console.log(JSON.stringify(Object.keys(require.cache)))`;
  const child = spawnSync(process.execPath, ['-e', code], { cwd: root, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`'${script}' failed:\n${child.stderr}`);
  const files = JSON.parse(child.stdout) as string[];
  const packages = files.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? '');
  return { files, packages: [...new Set(packages)].filter((name) => name !== '') };
}

function check(what: string, script: string, forbidden: readonly string[], maxFiles = Number.POSITIVE_INFINITY): void {
  const { files, packages } = loadedBy(script);
  const found = packages.filter((name) => forbidden.includes(name));
  if (found.length > 0) throw new Error(`${what} loads ${found.join(' and ')}`);
  if (files.length > maxFiles) throw new Error(`${what} loads ${files.length} files, at most ${maxFiles} allowed`);
}

const indexes = (readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }) as string[])
  .filter((file) => /(^|[/\\])index\.ts$/.test(file))
  .sort();
const rendered = indexes.map((file) => {
  const target = join(root, 'lib', file.replace(/\.ts$/, '.js'));
  const source = parse(join(root, 'src', file));
  const names = namesOf(source, resolve(target, '..'));
  // Before any index is rewritten, so that the compiler's own output is the reference.
  const expected = Object.keys(load(target)).sort();
  const actual = names.map(({ name }) => name).sort();
  if (expected.join() !== actual.join())
    throw new Error(`${file}: exports ${expected}, but the lazy index has ${actual}`);
  return { target, text: render(names, loadedAtOnce(source)) };
});
for (const { target, text } of rendered) {
  writeFileSync(target, text);
  // It maps what the compiler wrote.
  rmSync(`${target}.map`, { force: true });
}

/** The index, and for each target what registers it. */
const MAX_FILES = 6;

const use = (names: string) => `const lib = require('./lib'); Object.values(${names}).forEach(() => undefined)`;
const submodules = ['aws', 'kubernetes'].filter((name) => indexes.includes(join(name, 'index.ts')));
check('the package', `require('./lib')`, ['constructs', 'aws-cdk-lib', 'cdk8s', 'cdk8s-plus-27'], MAX_FILES);
check('a neutral name', use('lib'), ['aws-cdk-lib', 'cdk8s', 'cdk8s-plus-27']);
if (submodules.includes('aws')) check('a name of aws', use('lib.aws'), ['cdk8s', 'cdk8s-plus-27']);
if (submodules.includes('kubernetes')) check('a name of kubernetes', use('lib.kubernetes'), ['aws-cdk-lib']);
