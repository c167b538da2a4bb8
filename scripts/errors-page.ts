/**
 * Writes `docs/errors.md`: every error code with its meaning, a definition that causes it, the message, and the fix. The
 * definitions and messages are those of the tests. With `--check` it writes nothing and fails if the page differs.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { ERROR_CODES, type ErrorCode } from '../src/private/error-codes';
import { REFUSED } from '../test/definitions/refused';
import { ERROR_FIXES } from './error-fixes';

const ROOT = resolve(__dirname, '..');
const PAGE = join(ROOT, 'docs/errors.md');
const DEFINITIONS = join(ROOT, 'test/definitions');
const SOURCES = readdirSync(DEFINITIONS)
  .filter((file) => file.startsWith('refused-'))
  .map((file) => join(DEFINITIONS, file));

/** The text of each definition's function, by the definition's name. */
function definitionTexts(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of SOURCES) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    const visit = (node: ts.Node): void => {
      if (ts.isObjectLiteralExpression(node)) {
        const initializerOf = (name: string) =>
          node.properties.find(
            (one): one is ts.PropertyAssignment => ts.isPropertyAssignment(one) && one.name.getText() === name,
          )?.initializer;
        const [name, define] = [initializerOf('name'), initializerOf('define')];
        if (name !== undefined && ts.isStringLiteralLike(name) && define !== undefined && ts.isArrowFunction(define)) {
          texts.set(name.text, bodyOf(define, source));
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return texts;
}

/** The body of a function, without its indentation. */
function bodyOf(define: ts.ArrowFunction, source: ts.SourceFile): string {
  const { body } = define;
  const [start, end] = ts.isBlock(body) ? [body.statements.pos, body.statements.end] : [body.getStart(), body.end];
  const lines = source.text
    .slice(start, end)
    .replace(/^\n+|\s+$/g, '')
    .split('\n');
  // The first line of an expression follows the arrow, so the last line has the margin.
  const margin = (ts.isBlock(body) ? lines[0] : lines.at(-1))?.search(/\S/) ?? 0;
  const text = lines.map((line, index) => (index === 0 ? line.trim() : line.slice(margin))).join('\n');
  return ts.isBlock(body) ? text : `${text};`;
}

function entryOf(code: ErrorCode, texts: Map<string, string>): string {
  const example = REFUSED.find((one) => one.code === code);
  const text = texts.get(example?.name ?? '');
  if (example === undefined || text === undefined) throw new Error(`no refused definition has the code '${code}'`);
  return [
    `## ${code}`,
    '',
    ERROR_CODES[code],
    '',
    `For example, ${example.name}:`,
    '',
    // Not `ts`: a part of a definition does not compile on its own. The tests run the whole definition.
    '```js',
    text,
    '```',
    '',
    '```text',
    `[${code}] ${example.message}`,
    '```',
    '',
    `**Fix.** ${ERROR_FIXES[code]}`,
    '',
  ].join('\n');
}

/** The whole page. */
export function renderErrorsPage(): string {
  const texts = definitionTexts();
  const codes = (Object.keys(ERROR_CODES) as ErrorCode[]).sort();
  return [
    '# Errors',
    '',
    'Every error of this package starts with a stable code in brackets and ends with the path of the construct, if one is known. Features that a',
    'platform does not support, and errors that depend on the whole definition, are collected and reported together at synthesis.',
    'In the examples, `one(scope, backend, endpoint)` declares an endpoint with one backend and these props, and `options()`',
    'returns the required props of a backend.',
    '',
    ...codes.map((code) => entryOf(code, texts)),
  ].join('\n');
}

if (require.main === module) {
  const page = renderErrorsPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(PAGE, 'utf8') !== page)
      throw new Error('docs/errors.md is out of date; run: npx tsx scripts/errors-page.ts');
  } else {
    mkdirSync(dirname(PAGE), { recursive: true });
    writeFileSync(PAGE, page);
  }
}
