import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

const parse = (file: string) =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);

/** The modules that an index exports, with those of the indexes below it. */
function modulesOf(index: string): string[] {
  return parse(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) return [];
    const target = join(dirname(index), (statement.moduleSpecifier as ts.StringLiteral).text);
    return ts.sys.fileExists(`${target}.ts`) ? [`${target}.ts`] : modulesOf(join(target, 'index.ts'));
  });
}

const hasTag = (node: ts.Node, name: string) => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === name);

const isPublic = (member: ts.PropertySignature | ts.PropertyDeclaration) =>
  !hasTag(member, 'internal') &&
  !(ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected));

/** A default with its value, or a dash and what happens. */
function documentsDefault(member: ts.Node): boolean {
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
  return tag !== undefined && (ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/^- */, '').trim() !== '';
}

/** The optional members of the public interfaces and classes of a module that do not document their default. */
function undocumentedDefaults(file: string, source = parse(file)): string[] {
  return source.statements
    .filter((node) => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node))
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .filter((node) => !hasTag(node, 'internal'))
    .flatMap(({ name, members }) =>
      [...members]
        .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
        .filter((member) => member.questionToken !== undefined && isPublic(member) && !documentsDefault(member))
        .map((member) => `${relative(ROOT, file)}: ${name?.text}.${member.name.getText()}`),
    );
}

test('every optional member of a public interface or class documents its default', () => {
  const files = [...new Set(modulesOf(join(ROOT, 'src/index.ts')))];
  expect(files.map((file) => relative(ROOT, file))).toEqual(
    expect.arrayContaining([
      'src/plan/server/descriptor.ts',
      'src/plan/server/parts.ts',
      'src/kubernetes/gateway.ts',
      'src/plan/intents/backend.ts',
      'src/models/model-options.ts',
    ]),
  );
  expect(files.flatMap((file) => undocumentedDefaults(file))).toEqual([]);
});

test('a member without a default, or with an empty one, is found', () => {
  const text = `
    export interface Props {
      /** A. @default 1 */
      readonly a?: number;
      /** B. */
      readonly b?: number;
      readonly c: number;
    }
    export class Thing {
      /** D. @default - */
      public readonly d?: number;
      /** E. @default - none */
      public readonly e?: number;
      private f?: number;
      /** @internal */
      public readonly _g?: number;
    }
    interface Hidden { readonly h?: number }`;
  const source = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  expect(undocumentedDefaults(join(ROOT, 'x.ts'), source)).toEqual(['x.ts: Props.b', 'x.ts: Thing.d']);
});
