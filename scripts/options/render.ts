import type { EnumMembers, OptionEntry, Options } from './read-options';

/** The module with the table of options, formatted as the linter expects it. */
export function renderTypes({ structs, enums }: Options): string {
  return `// Written by scripts/option-types.ts.

/** Every member that options may have, by the name of their interface: its type, with \`?\` where it may be left out. */
export const OPTION_TYPES: { readonly [name: string]: { readonly [member: string]: string } } = {
${sorted(structs).map(renderStruct).join('')}};

/** The members of enumerations, with their values. */
export const ENUM_MEMBERS: { readonly [name: string]: { readonly [member: string]: unknown } } = {
${sorted(enums).map(renderEnum).join('')}};
`;
}

/** The list of what takes options. */
export function renderEntries(entries: readonly OptionEntry[]): string {
  const texts = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  return `${JSON.stringify(
    sorted(texts).map(([, entry]) => entry),
    null,
    2,
  )}\n`;
}

function renderStruct([name, members]: readonly [string, { readonly [member: string]: string }]): string {
  const lines = Object.entries(members).map(([member, type]) => `    ${keyOf(member)}: ${literal(type)},\n`);
  return lines.length === 0 ? `  ${keyOf(name)}: {},\n` : `  ${keyOf(name)}: {\n${lines.join('')}  },\n`;
}

function renderEnum([name, members]: readonly [string, EnumMembers]): string {
  const lines = Object.entries(members).map(([member, value]) => `    ${keyOf(member)}: ${literal(value)},\n`);
  return `  ${keyOf(name)}: {\n${lines.join('')}  },\n`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

function literal(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return value.includes("'") ? text : `'${text.slice(1, -1).replaceAll('\\"', '"')}'`;
}

function sorted<T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
