import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { renderErrorsPage } from '../scripts/errors-page';
import { ERROR_CODES } from '../src/private/error-codes';
import { REFUSED } from './definitions/refused';

const root = join(__dirname, '..');
const CATALOGUE = Object.keys(ERROR_CODES);

/** The calls that say an error, and which of their arguments is the code. */
const SAYING: { readonly [call: string]: number } = { ServingError: 0, renderError: 0, refuse: 1 };

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The codes that a source file says, also as the property `code` of a rule; `''` for one that is not written there. */
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
      const position = SAYING[node.expression.text];
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

// The command line has errors of its own: those of registries and stores.
const SOURCE = filesIn(join(root, 'src')).filter((file) => !file.startsWith(join(root, 'src/tools')));
const said = new Set(SOURCE.flatMap((file) => codesIn(readFileSync(file, 'utf8'))));

describe('error codes', () => {
  test('that the source says are in the catalogue', () => {
    expect([...said].filter((code) => code !== '' && !CATALOGUE.includes(code))).toEqual([]);
  });

  test('of the catalogue are said by the source', () => {
    expect(CATALOGUE.filter((code) => !said.has(code))).toEqual([]);
  });

  test('have a definition each that is refused with them', () => {
    const refused = REFUSED.map(({ code }) => code as string);
    expect(CATALOGUE.filter((code) => !refused.includes(code))).toEqual([]);
  });

  test('are found in every way of saying them', () => {
    const text =
      "new ServingError('A', ''); refuse(list, 'B', ''); renderError('C', ''); check({ code: x ? 'D' : 'E' }); const { code = 'F' } = r;";
    expect(codesIn(text)).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });
});

test('the errors page is what its script writes', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(renderErrorsPage());
});
