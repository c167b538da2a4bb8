import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** A change of one value of a source. */
export interface Mutant {
  /** The file, relative to the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** The text of the line, without indentation. */
  readonly code: string;
  /** The description of the change. */
  readonly change: string;
  readonly start: number;
  readonly end: number;
  /** The replacement. */
  readonly text: string;
  /** Where the property or element starts that the change concerns. */
  readonly at: number;
}

export function nameOf({ file, line, change }: Mutant): string {
  return `${file}:${line} ${change}`;
}

/** The source with the changes, which must not overlap. */
export function mutated(source: string, mutants: readonly Mutant[]): string {
  return [...mutants]
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, text }) => result.slice(0, start) + text + result.slice(end), source);
}

/** Whether two changes concern the same part of a source, so that they cannot be made together. */
export function overlap(a: Mutant, b: Mutant): boolean {
  return a.file === b.file && a.start < b.end && b.start < a.end;
}

/** The source with a call before each property or element that a mutant changes: `{ a: 1 }` as `{ ...name(7), a: 1 }`. */
export function observed(source: string, mutants: readonly (readonly [number, Mutant])[], name: string): string {
  const calls = mutants.map(([index, { at }]) => ({ at, call: `...${name}(${index}), ` })).sort((a, b) => b.at - a.at);
  return calls.reduce((result, { at, call }) => result.slice(0, at) + call + result.slice(at), source);
}

/** The first line of a source that a script writes. It belongs to the test of the script. */
const WRITTEN = '// Written by ';

/** All mutants of the sources in a folder that are written by hand. */
export function mutantsIn(root: string, folder: string): Mutant[] {
  const path = join(root, folder);
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => ({ file: relative(root, join(path, file)), text: readFileSync(join(path, file), 'utf8') }))
    .flatMap(({ file, text }) => (text.startsWith(WRITTEN) ? [] : mutantsOf(file, text)));
}

/** The mutants of one source: every property of an object literal, and every string in a list. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const lines = text.split('\n').map((line) => line.trim());
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, change: string, start: number, end: number, replacement: string) => {
    const at = node.getStart();
    const { line } = source.getLineAndCharacterOfPosition(at);
    mutants.push({ file, line: line + 1, code: lines[line] as string, change, start, end, text: replacement, at });
  };
  const remove = (node: ts.Node, list: ts.NodeArray<ts.Node>, name: string) => {
    const index = list.indexOf(node);
    const [start, end] =
      index < list.length - 1
        ? [node.getStart(), (list[index + 1] as ts.Node).getStart()]
        : [node.getFullStart(), node.end];
    add(node, `without ${name}`, start, end, '');
  };
  const visit = (node: ts.Node): void => {
    if (isErrorOrCall(node)) return;
    if (ts.isObjectLiteralExpression(node)) {
      for (const property of node.properties) {
        if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) continue;
        remove(property, node.properties, `'${property.name.getText()}'`);
        if (ts.isPropertyAssignment(property)) change(property, property.initializer, property.name.getText());
      }
    }
    if (ts.isArrayLiteralExpression(node)) {
      for (const element of node.elements) {
        // An empty line has no effect.
        if (ts.isStringLiteralLike(element) && element.text === '') continue;
        if (ts.isStringLiteralLike(element) || ts.isTemplateExpression(element))
          remove(element, node.elements, element.getText());
      }
    }
    ts.forEachChild(node, visit);
  };
  const change = (property: ts.Node, value: ts.Expression, name: string) => {
    const [start, end] = [value.getStart(), value.end];
    const other = otherThan(value);
    if (other !== undefined) add(property, `'${name}' as ${other} instead of ${value.getText()}`, start, end, other);
  };
  visit(source);
  return mutants;
}

/** Error messages are covered by other tests. */
function isErrorOrCall(node: ts.Node): boolean {
  return (ts.isNewExpression(node) && node.expression.getText() === 'ServingError') || ts.isInterfaceDeclaration(node);
}

/** Another value of the same kind, for a literal. */
function otherThan(value: ts.Expression): string | undefined {
  if (ts.isNumericLiteral(value)) return String(Number(value.text) + 1);
  if (value.kind === ts.SyntaxKind.TrueKeyword) return 'false';
  if (value.kind === ts.SyntaxKind.FalseKeyword) return 'true';
  return ts.isStringLiteral(value) ? `'${value.text.replace(/'/g, "\\'")}-changed'` : undefined;
}

/** A sample of a list, the same for the same seed, in the order of the list. */
export function sample<T>(list: readonly T[], count: number, seed: number): T[] {
  if (count >= list.length) return [...list];
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const keyed = list.map((item, index) => ({ item, index, key: next() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item);
}
