import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { renderErrorsPage } from '../scripts/errors-page';
import { ERROR_CODES } from '../src/private/error-codes';
import { REFUSED } from './definitions/refused';

const root = join(__dirname, '..');
const CATALOG = Object.keys(ERROR_CODES);

/** The calls that create an error, and the position of the code in their arguments. */
const CODE_POSITIONS: { readonly [call: string]: number } = { ServingError: 0, renderError: 0, refuse: 1 };

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The codes in a source file, including the property `code` of a rule; `''` for one that is not a literal. */
function codesIn(text: string): string[] {
  const codes: string[] = [];
  const add = (node: ts.Expression | undefined) => {
    if (node !== undefined && ts.isConditionalExpression(node)) {
      add(node.whenTrue);
      add(node.whenFalse);
    } else codes.push(node !== undefined && ts.isStringLiteralLike(node) ? node.text : '');
  };
  const visit = (node: ts.Node): void => {
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && ts.isIdentifier(node.expression)) {
      const position = CODE_POSITIONS[node.expression.text];
      if (position !== undefined) add(node.arguments?.[position]);
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') add(node.initializer);
    // `const { code = 'InvalidNumber' } = rule`
    if (ts.isBindingElement(node) && node.name.getText() === 'code') add(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022, true));
  return codes;
}

// The command line has separate error codes, for registries and stores.
const SOURCE = filesIn(join(root, 'src')).filter((file) => !file.startsWith(join(root, 'src/tools')));
const used = new Set(SOURCE.flatMap((file) => codesIn(readFileSync(file, 'utf8'))));

describe('error codes', () => {
  test('in the sources are in the catalog', () => {
    expect([...used].filter((code) => code !== '' && !CATALOG.includes(code))).toEqual([]);
  });

  test('in the catalog are used in the sources', () => {
    expect(CATALOG.filter((code) => !used.has(code))).toEqual([]);
  });

  test('each have a definition that is rejected with them', () => {
    const refused = REFUSED.map(({ code }) => code as string);
    expect(CATALOG.filter((code) => !refused.includes(code))).toEqual([]);
  });

  test('are found in every form', () => {
    const text =
      "new ServingError('A', ''); refuse(list, 'B', ''); renderError('C', ''); check({ code: x ? 'D' : 'E' }); const { code = 'F' } = r;";
    expect(codesIn(text)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });
});

test('the errors page is up to date', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(renderErrorsPage());
});
