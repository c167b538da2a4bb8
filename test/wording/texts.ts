import ts from 'typescript';

/** Something that a person reads. */
export interface Text {
  readonly line: number;
  readonly text: string;
}

/** The syntax tree of a source. */
export function parse(source: string): ts.SourceFile {
  return ts.createSourceFile('text.ts', source, ts.ScriptTarget.Latest, true);
}

const TITLES = /^(?:test|it|describe)(?:\.(?:each|only|failing|concurrent))*$/;

/** Whether a call declares a test, a group of them, or a table of them: `test(…)`, `test.each(…)(…)`. */
function declaresTest({ expression }: ts.CallExpression): boolean {
  if (ts.isCallExpression(expression)) return declaresTest(expression);
  const called = ts.isTaggedTemplateExpression(expression) ? expression.tag : expression;
  return TITLES.test(called.getText());
}

const isText = (node: ts.Node): node is ts.StringLiteral | ts.TemplateLiteralToken =>
  ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);

const isModuleName = ({ parent }: ts.Node) =>
  ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent);

/** Calls `visit` with every node, tokens included. */
function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  for (const child of node.getChildren()) walk(child, visit);
}

/** The comments, each line by itself. */
function commentsOf(file: ts.SourceFile): Text[] {
  const { text } = file;
  const starts = new Map<number, ts.CommentRange>();
  walk(file, (node) => {
    if (node.getChildCount() > 0) return;
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const range of ranges) starts.set(range.pos, range);
  });
  return [...starts.values()].flatMap(({ pos, end }) => {
    const first = file.getLineAndCharacterOfPosition(pos).line + 1;
    const lines = text.slice(pos, end).split('\n');
    return lines.map((line, index) => ({ line: first + index, text: line.trim() }));
  });
}

/**
 * The comments of a source, and its string literals: all of a product's file, the titles of tests alone of a test's, where
 * the others are data.
 */
export function textsOfSource(file: ts.SourceFile, literals: 'all' | 'titles'): Text[] {
  const found: Text[] = commentsOf(file);
  const add = (node: ts.Node) => {
    if (!isText(node) || isModuleName(node)) return;
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ line, text: node.text });
  };
  walk(file, (node) => {
    if (literals === 'all') add(node);
    else if (ts.isCallExpression(node) && declaresTest(node) && node.arguments[0]) walk(node.arguments[0], add);
  });
  return found;
}

/** The names that a source declares, as their parts: `toldToRouter` is `told`, `to`, `router`. */
export function namesOfSource(file: ts.SourceFile): (Text & { readonly parts: readonly string[] })[] {
  const found: (Text & { readonly parts: readonly string[] })[] = [];
  walk(file, (node) => {
    if (!ts.isIdentifier(node) || (node.parent as ts.NamedDeclaration).name !== node) return;
    if (ts.isPropertyAccessExpression(node.parent)) return;
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const parts = node.text.split(/(?=[A-Z])|_/).map((part) => part.toLowerCase());
    found.push({ line, text: node.text, parts });
  });
  return found;
}

/** The prose of a Markdown document: without fenced blocks, code and addresses. */
export function textsOfMarkdown(markdown: string): Text[] {
  let fenced = false;
  return markdown.split('\n').flatMap((line, index) => {
    const isFence = /^\s*```/.test(line);
    if (isFence) fenced = !fenced;
    if (isFence || fenced) return [];
    return [{ line: index + 1, text: line.replace(/`[^`]*`/g, '``').replace(/\]\([^)]*\)/g, ']') }];
  });
}
