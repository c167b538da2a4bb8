/**
 * Writes what options may hold, as the compiled assembly says it: `src/private/option-types.ts`, by which callers without
 * types are checked, and the ways in that take options, which a test tries one by one.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const PACKAGE = 'serving-constructs.';

type TypeReference =
  | { readonly primitive: string }
  | { readonly fqn: string }
  | { readonly collection: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference } }
  | { readonly union: { readonly types: readonly TypeReference[] } };

interface Callable {
  readonly name?: string;
  readonly protected?: boolean;
  readonly static?: boolean;
  readonly parameters?: readonly { readonly name: string; readonly type: TypeReference; readonly optional?: boolean }[];
}

interface AssemblyType {
  readonly fqn: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly abstract?: boolean;
  readonly datatype?: boolean;
  readonly interfaces?: readonly string[];
  readonly initializer?: Callable;
  readonly methods?: readonly Callable[];
  readonly properties?: readonly { readonly name: string; readonly type: TypeReference; readonly optional?: boolean }[];
}

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

const { types } = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')) as { types: Record<string, AssemblyType> };
const library = require('../lib') as Record<string, unknown>;
const nameOf = (fqn: string): string => (fqn.startsWith(PACKAGE) ? fqn.slice(PACKAGE.length) : fqn);
/** What targets and plans tell each other, which no user types. */
const isInternal = (fqn: string): boolean => /(Intents?|Plan)$/.test(fqn);
const isStruct = (fqn: string): boolean => types[fqn]?.datatype === true;

const structs = new Map<string, Record<string, string>>();
const enums = new Map<string, unknown[]>();
const entries: OptionEntry[] = [];

/** A type as one word: `string[]`, `SecretValue{}`, `Streaming`. */
function wordOf(type: TypeReference): string {
  if ('primitive' in type) return type.primitive;
  if ('collection' in type)
    return `${wordOf(type.collection.elementtype)}${type.collection.kind === 'map' ? '{}' : '[]'}`;
  if ('union' in type) return 'any';
  const { fqn } = type;
  if (isStruct(fqn)) addStruct(fqn);
  else if (types[fqn]?.kind === 'enum') enums.set(nameOf(fqn), valuesOf(fqn));
  else if (types[fqn]?.kind !== 'class') return 'object';
  return nameOf(fqn);
}

function valuesOf(fqn: string): unknown[] {
  const found = nameOf(fqn)
    .split('.')
    .reduce<unknown>((scope, part) => (scope as Record<string, unknown>)[part], library);
  return Object.values(found as object);
}

function addStruct(fqn: string): void {
  const name = nameOf(fqn);
  if (structs.has(name)) return;
  const members: Record<string, string> = {};
  structs.set(name, members);
  const collect = (one: string): void => {
    for (const parent of types[one]?.interfaces ?? []) collect(parent);
    for (const { name: member, type, optional } of types[one]?.properties ?? [])
      members[member] = `${wordOf(type)}${optional ? '?' : ''}`;
  };
  collect(fqn);
}

for (const type of Object.values(types)) {
  if (type.kind !== 'class') continue;
  const callables = [...(type.abstract || !type.initializer ? [] : [type.initializer]), ...(type.methods ?? [])];
  for (const { name, parameters = [], protected: hidden, static: isStatic } of callables) {
    const index = parameters.findIndex((one) => 'fqn' in one.type && isStruct(one.type.fqn));
    const { fqn = '' } = (parameters[index]?.type ?? {}) as { fqn?: string };
    if (hidden || index < 0 || isInternal(fqn)) continue;
    addStruct(fqn);
    entries.push({
      class: nameOf(type.fqn),
      ...(name !== undefined && { method: name }),
      ...(isStatic && { static: true }),
      index,
      struct: nameOf(fqn),
    });
  }
}

const sorted = <T>(map: Map<string, T>): Record<string, T> =>
  Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
const text = (value: unknown): string => JSON.stringify(value, null, 2);
const file = join(ROOT, 'src/private/option-types.ts');
writeFileSync(
  file,
  `// Written by scripts/option-types.ts.

/** Every member that options may have, by the name of their interface: its type, with \`?\` where it may be left out. */
export const OPTION_TYPES: { readonly [name: string]: { readonly [member: string]: string } } = ${text(sorted(structs))};

/** The values of enumerations. */
export const ENUM_VALUES: { readonly [name: string]: readonly unknown[] } = ${text(sorted(enums))};
`,
);
const table = join(ROOT, 'test/private/option-entries.json');
writeFileSync(table, `${text(entries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)))}\n`);
execFileSync(join(ROOT, 'node_modules/.bin/biome'), ['format', '--write', file, table], { stdio: 'ignore' });
