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

/** The optional members of the public interfaces of a module that do not document their default. */
function undocumentedDefaults(file: string): string[] {
  return parse(file)
    .statements.filter(ts.isInterfaceDeclaration)
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .filter((node) => !ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal'))
    .flatMap(({ name, members }) =>
      members
        .filter((member) => ts.isPropertySignature(member) && member.questionToken !== undefined)
        .filter((member) => !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'default'))
        .map((member) => `${relative(ROOT, file)}: ${name.text}.${member.name?.getText()}`),
    );
}

test('every optional member of a public interface documents its default', () => {
  const files = [...new Set(modulesOf(join(ROOT, 'src/index.ts')))];
  expect(files.map((file) => relative(ROOT, file))).toEqual(
    expect.arrayContaining([
      'src/plan/server/descriptor.ts',
      'src/plan/intents/backend.ts',
      'src/models/model-options.ts',
    ]),
  );
  expect(files.flatMap(undocumentedDefaults)).toEqual([]);
});
