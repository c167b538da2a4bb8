/** The examples in the documentation comments of the sources, as programs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { compilerHost } from './compiler';

const ROOT = resolve(__dirname, '../..');

/** An `@example` of a documentation comment. */
export interface ApiExample {
  /** The file and the declaration, such as `src/aws/ecs-backend.ts: EcsBackend`. */
  readonly label: string;
  /** The class that the example documents, or whose member it documents. */
  readonly className?: string;
  readonly code: string;
}

/** The names under which examples use the modules of the frameworks, without importing them. */
const MODULES: { readonly [name: string]: string } = {
  acm: 'aws-cdk-lib/aws-certificatemanager',
  cdk8s: 'cdk8s',
  cloudwatch: 'aws-cdk-lib/aws-cloudwatch',
  ec2: 'aws-cdk-lib/aws-ec2',
  ecr: 'aws-cdk-lib/aws-ecr',
  ecs: 'aws-cdk-lib/aws-ecs',
  efs: 'aws-cdk-lib/aws-efs',
  elbv2: 'aws-cdk-lib/aws-elasticloadbalancingv2',
  kplus: 'cdk8s-plus-27',
  s3: 'aws-cdk-lib/aws-s3',
  secretsmanager: 'aws-cdk-lib/aws-secretsmanager',
  sqs: 'aws-cdk-lib/aws-sqs',
  ssm: 'aws-cdk-lib/aws-ssm',
};

/** The options of the documents' examples. An example may end with the value that it shows, which nothing uses. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  lib: ['lib.es2022.d.ts'],
  strict: true,
  noImplicitOverride: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  paths: { 'serving-constructs': [join(ROOT, 'src/index.ts')] },
};

/** The command line has no API, and the servers of the catalog have their documentation in `ModelServer`. */
const WITHOUT_API = /^(?:tools|servers\/catalog)\//;

/** Every example of the sources. */
export function apiExamples(): ApiExample[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !WITHOUT_API.test(file))
    .sort()
    .flatMap((file) => examplesIn(`src/${file}`, readFileSync(join(ROOT, 'src', file), 'utf8')));
}

/** The examples of one source. */
export function examplesIn(file: string, text: string): ApiExample[] {
  if (!text.includes('@example')) return [];
  const found: ApiExample[] = [];
  const visit = (node: ts.Node, className?: string): void => {
    const name = ts.isClassDeclaration(node) ? node.name?.text : className;
    const member = (node as Partial<ts.NamedDeclaration>).name?.getText();
    for (const comment of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
      if (comment.parent !== node) continue;
      const path = ts.isClassDeclaration(node) || className === undefined ? [member] : [className, member];
      for (const code of codesOf(comment.getText()))
        found.push({ label: `${file}: ${path.join('.')}`, className: name, code });
    }
    ts.forEachChild(node, (child) => visit(child, name));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function codesOf(comment: string): string[] {
  const text = comment.replace(/\s*\*\/$/, '').replace(/^[ \t]*(?:\/\*)?\*+ ?/gm, '');
  return text
    .split(/^@example\b/m)
    .slice(1)
    .map((part) => (part.split(/^@[a-z]+\b/m)[0] as string).trim());
}

/** Type-checks examples as one program; the errors of each, in order. */
export function typeErrorsOf(examples: readonly ApiExample[]): string[][] {
  const files = new Map(
    examples.map(({ code }, index) => [join(ROOT, `test/support/api-example-${index}.ts`), sourceOf(code)]),
  );
  const host = compilerHost(OPTIONS);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, options, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, options, ...rest) : ts.createSourceFile(file, text, options);
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options: OPTIONS, host });
  const global = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  return [...files.keys()].map((file) => {
    const source = program.getSourceFile(file);
    return [...global, ...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
  });
}

/**
 * An example as a module: its imports and declarations, then its statements in the constructor of a construct, which is
 * `this`. Names that it neither imports nor declares are those of the package and of the frameworks.
 */
function sourceOf(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const isHoisted = (statement: ts.Statement): boolean =>
    ts.isImportDeclaration(statement) ||
    (ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true);
  const textOf = (statements: readonly ts.Statement[]): string =>
    statements.map((statement) => statement.getFullText()).join('');
  const used = freeNames(file);
  return [
    "import { Construct as ExampleScope } from 'constructs';",
    ...used.filter((name) => name in MODULES).map((name) => `import * as ${name} from '${MODULES[name]}';`),
    ...used.filter((name) => !(name in MODULES)).map((name) => `import { ${name} } from 'serving-constructs';`),
    textOf(file.statements.filter(isHoisted)),
    'export class Example extends ExampleScope {',
    '  constructor(scope: ExampleScope, id: string) {',
    '    super(scope, id);',
    textOf(file.statements.filter((statement) => !isHoisted(statement))),
    '  }',
    '}',
    '',
  ].join('\n');
}

/** The names that an example uses and does not declare. */
function freeNames(file: ts.SourceFile): string[] {
  const declared = new Set<string>();
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclaredBy(node)) declared.add(node.text);
      else if (isReference(node)) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...used].filter((name) => !declared.has(name) && !(name in globalThis)).sort();
}

function isDeclaredBy({ parent, ...node }: ts.Identifier): boolean {
  const { name } = parent as Partial<ts.NamedDeclaration>;
  return (
    name?.pos === node.pos &&
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isClassDeclaration(parent) ||
      ts.isImportSpecifier(parent) ||
      ts.isImportClause(parent) ||
      ts.isNamespaceImport(parent))
  );
}

/** Whether an identifier is not the name of a member. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  return (parent as Partial<ts.NamedDeclaration>).name !== node;
}
