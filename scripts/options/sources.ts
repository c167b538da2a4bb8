import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** A public class under the name that users write, such as `aws.EcsPlatform`. */
export interface PublicClass {
  readonly name: string;
  readonly declaration: ts.ClassDeclaration;
}

/** A constructor or a method. */
export interface Callable {
  /** The method; a constructor without one. */
  readonly method?: string;
  readonly static?: boolean;
  readonly signature: ts.ConstructorDeclaration | ts.MethodDeclaration;
}

/** Opens the sources below `src` of a package. */
export function openSources(root: string): Sources {
  return new Sources(root, programOf(join(root, 'src/index.ts')));
}

/**
 * A program of the package's own files. Types of frameworks and of the language are not loaded, which takes ten times as
 * long as all the rest: for the checks an option of such a type is any object.
 */
function programOf(index: string): ts.Program {
  const options: ts.CompilerOptions = { noLib: true, types: [], target: ts.ScriptTarget.ES2022 };
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (literals, containing) =>
    literals.map(({ text }) => {
      const resolvedFileName = text.startsWith('.') ? fileOf(join(dirname(containing), text)) : undefined;
      return { resolvedModule: resolvedFileName ? { resolvedFileName, extension: ts.Extension.Ts } : undefined };
    });
  return ts.createProgram([index], options, host);
}

function fileOf(module: string): string | undefined {
  return [`${module}.ts`, join(module, 'index.ts')].find((file) => existsSync(file));
}

/** Looks up declarations of a package. */
export class Sources {
  public readonly classes: readonly PublicClass[];

  private readonly checker: ts.TypeChecker;
  private readonly names = new Map<ts.Declaration, string>();

  constructor(
    private readonly root: string,
    program: ts.Program,
  ) {
    this.checker = program.getTypeChecker();
    const index = program.getSourceFile(join(root, 'src/index.ts'));
    const module = index && this.checker.getSymbolAtLocation(index);
    if (module === undefined) throw new Error(`'${join(root, 'src/index.ts')}' exports nothing`);
    this.addExports(module, '');
    this.classes = [...this.names].flatMap(([declaration, name]) =>
      ts.isClassDeclaration(declaration) ? [{ name, declaration }] : [],
    );
  }

  /** The name that users write. */
  public nameOf(declaration: ts.InterfaceDeclaration | ts.EnumDeclaration | ts.ClassDeclaration): string {
    const name = this.names.get(declaration);
    if (name === undefined) throw this.errorAt(declaration, `'${declaration.name?.text}' is not exported`);
    return name;
  }

  /** What a name in a type stands for; undefined for what another package declares. */
  public declarationOf(
    name: ts.EntityName | ts.Expression,
  ): ts.InterfaceDeclaration | ts.EnumDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration | undefined {
    const found = this.checker.getSymbolAtLocation(name);
    return found && this.resolve(found).declarations?.find(isTypeDeclaration);
  }

  /** What an interface or a class extends. */
  public basesOf(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration): ts.Declaration[] {
    return this.heritageOf(declaration, ts.SyntaxKind.ExtendsKeyword);
  }

  /** The members of a class, with those that it gets from a class that is not exported. */
  public membersOf(declaration: ts.ClassDeclaration): ts.ClassElement[] {
    const base = this.basesOf(declaration).find(ts.isClassDeclaration);
    return [...declaration.members, ...(base === undefined || this.names.has(base) ? [] : this.membersOf(base))];
  }

  /** The constructor of a class, inherited where it has none of its own. */
  public constructorOf(declaration: ts.ClassDeclaration): ts.ConstructorDeclaration | undefined {
    const base = this.basesOf(declaration).find(ts.isClassDeclaration);
    return declaration.members.find(ts.isConstructorDeclaration) ?? (base && this.constructorOf(base));
  }

  /** What users call of a class: its constructor and methods, without those that are abstract. */
  public callablesOf(declaration: ts.ClassDeclaration): Callable[] {
    const initializer = isAbstract(declaration) ? undefined : this.constructorOf(declaration);
    const callables: Callable[] = initializer === undefined ? [] : [{ signature: initializer }];
    for (const member of this.membersOf(declaration)) {
      if (!ts.isMethodDeclaration(member) || isAbstract(member)) continue;
      const isStatic = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
      callables.push({ method: member.name.getText(), ...(isStatic && { static: true }), signature: member });
    }
    return callables.filter(({ signature }) => !isHidden(signature));
  }

  /** The public class that implements an interface and is no subclass of one that does. */
  public implementationOf(expected: ts.InterfaceDeclaration): ts.ClassDeclaration | undefined {
    const implementing = this.classes
      .map(({ declaration }) => declaration)
      .filter((one) =>
        this.heritageOf(one, ts.SyntaxKind.ImplementsKeyword).some((found) => this.isOrExtends(found, expected)),
      );
    const topmost = implementing.filter(
      (one) => !implementing.some((other) => other !== one && this.isOrExtends(one, other)),
    );
    if (topmost.length > 1)
      throw this.errorAt(expected, `'${expected.name.text}' needs a common base class for its implementations`);
    return topmost[0];
  }

  /** The members of an enumeration, with their values. */
  public enumMembersOf(declaration: ts.EnumDeclaration): { [member: string]: string | number } {
    const members = declaration.members.map((member) => {
      const value = this.checker.getConstantValue(member);
      if (value === undefined) throw this.errorAt(member, 'the value of an enumeration must be a constant');
      return [member.name.getText(), value] as const;
    });
    return Object.fromEntries(members);
  }

  /** An error with the place in the sources. */
  public errorAt(node: ts.Node, message: string): Error {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return new Error(`${relative(this.root, file.fileName)}:${line + 1}: ${message}`);
  }

  private heritageOf(
    declaration: ts.InterfaceDeclaration | ts.ClassDeclaration,
    kind: ts.SyntaxKind,
  ): ts.Declaration[] {
    const clauses = declaration.heritageClauses?.filter(({ token }) => token === kind) ?? [];
    return clauses
      .flatMap(({ types }) => types.map(({ expression }) => this.declarationOf(expression)))
      .filter((found) => found !== undefined);
  }

  private isOrExtends(found: ts.Declaration, expected: ts.Declaration): boolean {
    if (found === expected) return true;
    if (!ts.isInterfaceDeclaration(found) && !ts.isClassDeclaration(found)) return false;
    return this.basesOf(found).some((base) => this.isOrExtends(base, expected));
  }

  private resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  private addExports(module: ts.Symbol, prefix: string): void {
    for (const exported of this.checker.getExportsOfModule(module)) {
      const symbol = this.resolve(exported);
      if (symbol.flags & ts.SymbolFlags.ValueModule) this.addExports(symbol, `${prefix}${exported.name}.`);
      const declaration = symbol.declarations?.find(isTypeDeclaration);
      if (declaration !== undefined) this.names.set(declaration, `${prefix}${exported.name}`);
    }
  }
}

function isTypeDeclaration(
  node: ts.Declaration,
): node is ts.InterfaceDeclaration | ts.EnumDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration {
  return (
    ts.isInterfaceDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

/** Whether subclasses must implement it. */
export function isAbstract(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract) !== 0;
}

/** Whether users cannot call or write it. */
export function isHidden(node: ts.Declaration): boolean {
  const { Private, Protected } = ts.ModifierFlags;
  if ((ts.getCombinedModifierFlags(node) & (Private | Protected)) !== 0) return true;
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
}
