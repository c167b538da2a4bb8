import ts from 'typescript';
import { isAbstract, isHidden, openSources, type PublicClass, type Sources } from './sources';

/** A constructor or method that takes options. */
export interface OptionEntry {
  readonly class: string;
  /** The method; a constructor without one. */
  readonly method?: string;
  readonly static?: boolean;
  /** Which argument holds the options. */
  readonly index: number;
  readonly struct: string;
}

/** The members of an enumeration, with their values. */
export type EnumMembers = { readonly [member: string]: string | number };

/** What the public declarations of a package specify about options. */
export interface Options {
  /** Each interface with its members and their types, `?` marking optional ones. */
  readonly structs: ReadonlyMap<string, { readonly [member: string]: string }>;
  readonly enums: ReadonlyMap<string, EnumMembers>;
  readonly entries: readonly OptionEntry[];
}

/** Platforms and plans exchange these; no user writes one. */
const INTERNAL = /(Intents?|Plan|Binding)$/;

const PRIMITIVES: { readonly [kind: number]: string } = {
  [ts.SyntaxKind.StringKeyword]: 'string',
  [ts.SyntaxKind.NumberKeyword]: 'number',
  [ts.SyntaxKind.BooleanKeyword]: 'boolean',
  [ts.SyntaxKind.AnyKeyword]: 'any',
  [ts.SyntaxKind.UnknownKeyword]: 'any',
  [ts.SyntaxKind.ObjectKeyword]: 'object',
};

/** Reads what options may hold from the TypeScript sources of a package. */
export function readOptions(root: string): Options {
  const sources = openSources(root);
  const reader = new OptionReader(sources);
  for (const one of sources.classes) reader.addClass(one);
  return reader;
}

class OptionReader implements Options {
  public readonly structs = new Map<string, { readonly [member: string]: string }>();
  public readonly enums = new Map<string, EnumMembers>();
  public readonly entries: OptionEntry[] = [];

  constructor(private readonly sources: Sources) {}

  /** Adds what a class takes. */
  public addClass({ name, declaration }: PublicClass): void {
    for (const { signature, ...callable } of this.sources.callablesOf(declaration)) {
      const index = signature.parameters.findIndex(({ type }) => this.optionsOf(type) !== undefined);
      const struct = this.optionsOf(signature.parameters[index]?.type);
      if (struct !== undefined) this.entries.push({ class: name, ...callable, index, struct: this.addStruct(struct) });
    }
    if (!isAbstract(declaration)) return;
    // Nothing calls the constructor of an abstract class, but its subclasses pass on options that are checked.
    const initializer = this.sources.constructorOf(declaration);
    for (const { type } of initializer?.parameters ?? []) {
      const struct = this.optionsOf(type);
      if (struct !== undefined) this.addStruct(struct);
    }
  }

  private optionsOf(type: ts.TypeNode | undefined): ts.InterfaceDeclaration | undefined {
    const struct = this.structOf(type);
    return struct === undefined || INTERNAL.test(struct.name.text) ? undefined : struct;
  }

  /** The interface that a type names, where objects of its members are passed. */
  private structOf(type: ts.TypeNode | undefined): ts.InterfaceDeclaration | undefined {
    if (type === undefined || !ts.isTypeReferenceNode(type)) return undefined;
    const declaration = this.sources.declarationOf(type.typeName);
    return declaration !== undefined && isStruct(declaration) ? declaration : undefined;
  }

  private addStruct(declaration: ts.InterfaceDeclaration): string {
    const name = this.sources.nameOf(declaration);
    if (this.structs.has(name)) return name;
    // Before its members are read: they can hold the interface itself.
    this.structs.set(name, {});
    this.structs.set(name, this.membersOf(declaration));
    return name;
  }

  /** Inherited members first, then required ones, then by name. */
  private membersOf(declaration: ts.InterfaceDeclaration): { readonly [member: string]: string } {
    const members: { [member: string]: string } = {};
    for (const base of this.sources.basesOf(declaration))
      if (ts.isInterfaceDeclaration(base)) Object.assign(members, this.membersOf(base));
    const own = declaration.members.filter(ts.isPropertySignature).filter((member) => !isHidden(member));
    const sorted = own
      .map((member) => ({ name: member.name.getText(), type: this.wordOf(member) }))
      .sort((a, b) => rankOf(a.type) - rankOf(b.type) || (a.name < b.name ? -1 : 1));
    for (const { name, type } of sorted) members[name] = type;
    return members;
  }

  private wordOf(member: ts.PropertySignature): string {
    if (member.type === undefined) throw this.sources.errorAt(member, 'an option needs a type');
    return `${this.typeWord(member.type)}${member.questionToken === undefined ? '' : '?'}`;
  }

  /** A type as one word: `string[]`, `SecretValue{}`, `Streaming`. */
  private typeWord(type: ts.TypeNode): string {
    const primitive = PRIMITIVES[type.kind];
    if (primitive !== undefined) return primitive;
    if (ts.isArrayTypeNode(type)) return `${this.typeWord(type.elementType)}[]`;
    if (ts.isParenthesizedTypeNode(type)) return this.typeWord(type.type);
    if (ts.isUnionTypeNode(type)) return 'any';
    if (ts.isTypeLiteralNode(type)) {
      const [member] = type.members;
      if (type.members.length === 1 && member !== undefined && ts.isIndexSignatureDeclaration(member))
        return `${this.typeWord(member.type)}{}`;
    }
    if (ts.isTypeReferenceNode(type)) return this.referenceWord(type);
    throw this.sources.errorAt(type, `no run-time check for the type '${type.getText()}'`);
  }

  private referenceWord({ typeName, typeArguments = ts.factory.createNodeArray() }: ts.TypeReferenceNode): string {
    const argument = typeArguments.at(-1);
    if (argument !== undefined && typeName.getText() === 'Record') return `${this.typeWord(argument)}{}`;
    if (argument !== undefined && typeName.getText() === 'Array') return `${this.typeWord(argument)}[]`;
    const declaration = this.sources.declarationOf(typeName);
    if (declaration === undefined) return 'object';
    if (ts.isEnumDeclaration(declaration)) {
      const name = this.sources.nameOf(declaration);
      this.enums.set(name, this.sources.enumMembersOf(declaration));
      return name;
    }
    if (ts.isTypeAliasDeclaration(declaration)) return this.typeWord(declaration.type);
    if (isStruct(declaration)) return this.addStruct(declaration);
    const made = ts.isInterfaceDeclaration(declaration) ? this.sources.implementationOf(declaration) : declaration;
    return made === undefined ? 'object' : this.sources.nameOf(made);
  }
}

/** Interfaces called `IName` have methods and are implemented by classes; all others are sets of options. */
function isStruct(declaration: ts.Declaration): declaration is ts.InterfaceDeclaration {
  return ts.isInterfaceDeclaration(declaration) && !/^I[A-Z]/.test(declaration.name.text);
}

function rankOf(type: string): number {
  return type.endsWith('?') ? 1 : 0;
}
