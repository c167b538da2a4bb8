/**
 * Writes `docs/errors.md`: every error code with its meaning, a definition that gives it, the message, and what to do. The
 * definitions and messages are those that the tests run. With `--check` it writes nothing and fails when the page differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { ERROR_CODES, type ErrorCode } from '../src/private/error-codes';
import { REFUSED } from '../test/definitions/refused';
import { ERROR_FIXES } from './error-fixes';

const ROOT = resolve(__dirname, '..');
const PAGE = join(ROOT, 'docs/errors.md');
const SOURCES = ['endpoints', 'backends', 'splits', 'platforms', 'locks', 'models'].map((part) =>
  join(ROOT, `test/definitions/refused-${part}.ts`),
);

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

/** What a function does, without the indentation of the place where it stands. */
function bodyOf(define: ts.ArrowFunction, source: ts.SourceFile): string {
  const { body } = define;
  const [start, end] = ts.isBlock(body) ? [body.statements.pos, body.statements.end] : [body.getStart(), body.end];
  const lines = source.text
    .slice(start, end)
    .replace(/^\n+|\s+$/g, '')
    .split('\n');
  // The first line of an expression stands behind the arrow; the margin is that of its last.
  const margin = (ts.isBlock(body) ? lines[0] : lines.at(-1))?.search(/\S/) ?? 0;
  const text = lines.map((line, index) => (index === 0 ? line.trim() : line.slice(margin))).join('\n');
  return ts.isBlock(body) ? text : `${text};`;
}

function entryOf(code: ErrorCode, texts: Map<string, string>): string {
  const example = REFUSED.find((one) => one.code === code);
  if (example === undefined) throw new Error(`no refused definition has the code '${code}'`);
  return [
    `## ${code}`,
    '',
    ERROR_CODES[code],
    '',
    `For example, ${example.name}:`,
    '',
    // Not `ts`: a part of a definition does not compile alone; the tests run the whole.
    '```js',
    texts.get(example.name) ?? '',
    '```',
    '',
    '```text',
    `[${code}] ${example.message}`,
    '```',
    '',
    `**What to do.** ${ERROR_FIXES[code]}`,
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
    'Every error of this package starts with a stable code in brackets and ends with the path of the construct. What a',
    'platform cannot do, and what only the whole definition can show, is collected and raised together at synthesis.',
    'In the examples, `one(scope, backend, endpoint)` declares an endpoint with one backend and these props, and',
    '`options()` are the least props that a backend needs.',
    '',
    ...codes.map((code) => entryOf(code, texts)),
  ].join('\n');
}

if (require.main === module) {
  const page = renderErrorsPage();
  if (process.argv.includes('--check')) {
    if (readFileSync(PAGE, 'utf8') !== page)
      throw new Error('docs/errors.md is not what scripts/errors-page.ts writes');
  } else {
    mkdirSync(dirname(PAGE), { recursive: true });
    writeFileSync(PAGE, page);
  }
}
