import { classNameOf, describe, describeKind, withArticle } from './describe';
import { type Place, ServingError } from './errors';
import { wrapperFor } from './framework-objects';
import { isObject } from './kinds';
import { CLASSES, OBJECTS } from './option-classes';
import { ENUM_MEMBERS, OPTION_TYPES } from './option-types';
import { copyOf, foreignCopy, hasTag, isCompatible, isOwn } from './package-copy';
import { requireWritable } from './text';
import { meantOption } from './unknown-option';

/** A value, and its place in the options. */
interface Found {
  /** The required type, in the notation of `OPTION_TYPES`. */
  readonly type: string;
  readonly value: unknown;
  readonly prop: string;
  readonly at?: Place;
}

/** A member of options. */
interface Member {
  readonly name: string;
  /** Its type, without the mark of optional members. */
  readonly type: string;
  readonly isOptional: boolean;
}

/** The members of the interfaces that were used so far, by their entry in `OPTION_TYPES`. */
const MEMBERS = new WeakMap<object, readonly Member[]>();

/** The class whose values messages never show. */
const SECRET = 'SecretValue';

/** The maximum number of names in a message. */
const MOST_NAMES = 4;

const PRIMITIVES: { readonly [type: string]: string } = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
};

/**
 * Validates options against their interface, as the compiler does for typed callers: every member must exist and have
 * its type. The bounds of numbers and the content of strings are validated where they are used.
 */
export function checkOptions<T>(type: string, value: T, prop: string, at?: Place): T {
  requireOptions(type, value, prop, at);
  checkMembers(type, value as object, '', at);
  return value;
}

/** Requires an object. The function that receives the options validates its members. */
export function requireOptions(type: string, value: unknown, prop: string, at?: Place): void {
  if (isObject(value)) return;
  const members = OPTION_TYPES[type] ?? {};
  const names = leadingMembers(members);
  const joint = members[names[0] as string]?.endsWith('?') ? 'with options such as' : 'with';
  const shown = names.slice(0, MOST_NAMES).map((name) => `'${name}'`);
  const more = names.length > MOST_NAMES ? ', ...' : '';
  const found = Array.isArray(value) ? 'a list' : describe(value);
  throw new ServingError(
    'InvalidType',
    `'${prop}' (${found}) must be an object ${joint} ${shown.join(', ')}${more}`,
    at,
  );
}

function checkMembers(type: string, value: object, prefix: string, at: Place | undefined): void {
  const members = OPTION_TYPES[type] as { readonly [member: string]: string };
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(members, name) || value[name as keyof object] === undefined) continue;
    throw new ServingError('UnknownOption', `unknown option '${prefix}${name}'; ${meantOption(name, type)}`, at);
  }
  for (const member of membersOf(members)) {
    const found = value[member.name as keyof object] as unknown;
    if (found === undefined && member.isOptional) continue;
    checkValue(member.type, found, `${prefix}${member.name}`, at);
  }
}

function membersOf(entry: { readonly [member: string]: string }): readonly Member[] {
  let members = MEMBERS.get(entry);
  if (members === undefined) {
    members = Object.entries(entry).map(([name, notation]) => {
      const isOptional = notation.endsWith('?');
      return { name, type: isOptional ? notation.slice(0, -1) : notation, isOptional };
    });
    MEMBERS.set(entry, members);
  }
  return members;
}

/** Validates one value against its type. */
export function checkValue(type: string, value: unknown, prop: string, at?: Place): void {
  const found: Found = { type, value, prop, at };
  if (type === 'any') return;
  if (type.endsWith('[]')) checkList(found);
  else if (type.endsWith('{}')) checkMap(found);
  else if (Object.hasOwn(PRIMITIVES, type)) checkPrimitive(found);
  else if (Object.hasOwn(OPTION_TYPES, type)) {
    requireOptions(type, value, prop, at);
    checkMembers(type, value as object, `${prop}.`, at);
  } else if (Object.hasOwn(ENUM_MEMBERS, type)) {
    const members = Object.entries(ENUM_MEMBERS[type] as object);
    if (members.some(([, allowed]) => allowed === value)) return;
    throw invalid(found, `must be one of ${members.map(([member]) => `${type}.${member}`).join(', ')}`);
  } else checkInstance(found);
}

function checkList(found: Found): void {
  const { type, value, prop, at } = found;
  if (!Array.isArray(value)) throw invalid(found, `must be a list, for example [${elementOf(found)}]`);
  // forEach would skip holes.
  for (let index = 0; index < value.length; index++)
    checkValue(type.slice(0, -2), value[index], `${prop}[${index}]`, at);
}

function checkMap(found: Found): void {
  const { type, value, prop, at } = found;
  if (!isObject(value)) throw invalid(found, 'must be an object, for example { NAME: ... }');
  if (inherits(value)) throw invalid(found, 'must not inherit members; copy them, for example with { ...others }');
  for (const [name, one] of Object.entries(value))
    checkEntry({ type: type.slice(0, -2), value: one, prop: `${prop}.${name}`, at });
}

/** Validates an entry of a map. Strings in maps are values of variables, which messages never show. */
function checkEntry({ type, value, prop, at }: Found): void {
  requireWritable(prop, prop, at);
  if (type === 'string' && typeof value !== 'string')
    throw new ServingError('InvalidType', `'${prop}' (${describeKind(value)}) must be a string`, at);
  checkValue(type, value, prop, at);
}

function checkPrimitive(found: Found): void {
  const { type, value, prop, at } = found;
  const isValid = type === 'object' ? typeof value === 'object' && value !== null : typeof value === type;
  if (!isValid) throw invalid(found, `must be ${PRIMITIVES[type]}${type === 'object' ? frameworkExample(prop) : ''}`);
  if (typeof value === 'string') requireWritable(prop, value, at);
}

/** Validates the class of a value. An app can contain several copies of this package, each with its own classes. */
function checkInstance(found: Found): void {
  const { type, value, prop, at } = found;
  const name = className(type);
  const { example, members = [], byShape = false } = CLASSES[type] ?? {};
  const matches =
    (hasTag(name, value) || isNamed(value, name)) &&
    (members.length === 0 || members.some((member) => hasMember(value, member)));
  if (matches && (byShape || isOwn(name, value))) return;
  if (matches) refuseCopy(name, value as object, prop, at);
  const advice = wrapperFor(value) || (example === undefined ? '' : `, for example ${example}`);
  throw invalid(found, `must be ${withArticle(type)}${advice}`);
}

/** Rejects an instance of a class of this package that another release created. */
export function refuseCopy(name: string, value: object, prop: string, at: Place | undefined): void {
  const copy = copyOf(name, value);
  if (isCompatible(copy)) return;
  throw new ServingError('ForeignCopy', foreignCopy(`'${prop}' (${describe(value)})`, copy), at);
}

function invalid({ type, value, prop, at }: Found, must: string): ServingError {
  return new ServingError('InvalidType', `'${prop}' (${shown(type, value)}) ${must}`, at);
}

/** A value as a message shows it. An instance of another class with the same name needs more than that name. */
function shown(type: string, value: unknown): string {
  if (type.startsWith(SECRET) && typeof value === 'string') return 'a string';
  const name = className(type);
  if (typeof value !== 'object' || value === null || classNameOf(value) !== name) return describe(value);
  return hasTag(name, value) ? `an incomplete ${name}` : `${withArticle(name)} of another package`;
}

/** How to create an object of a framework, by the name of the option. */
function frameworkExample(prop: string): string {
  const example = OBJECTS[optionOf(prop)];
  return example === undefined ? '' : `, for example ${example}`;
}

/** The name of an option without its place, such as `vpc` of `settings.vpc` and `peers` of `peers[0]`. */
function optionOf(prop: string): string {
  return prop.slice(prop.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
}

/** What a list can contain: an example, or the passed value if there is no example. */
function elementOf({ type, value, prop }: Found): string {
  const element = type.slice(0, -2);
  const example = CLASSES[element]?.example ?? (element === 'object' ? OBJECTS[optionOf(prop)] : undefined);
  if (example !== undefined) return example;
  if (Object.hasOwn(ENUM_MEMBERS, element)) return describeMember(element, value, `${element}.${firstMember(element)}`);
  const members = OPTION_TYPES[element];
  if (members !== undefined) return `{ ${leadingMembers(members).join(': ..., ')}: ... }`;
  if (value === undefined) return "'...'";
  return typeof value === 'string' ? value.split(/\s+/).map(describe).join(', ') : describe(value);
}

/** A member of an enumeration as users type it, such as `HttpMethod.POST`. Other values are described. */
export function describeMember(type: string, value: unknown, otherwise = describe(value)): string {
  const found = Object.entries(ENUM_MEMBERS[type] ?? {}).find(([, allowed]) => allowed === value);
  return found === undefined ? otherwise : `${type}.${found[0]}`;
}

function firstMember(type: string): string | undefined {
  return Object.keys(ENUM_MEMBERS[type] ?? {})[0];
}

/** The required members, or all where none is required. */
function leadingMembers(members: { readonly [member: string]: string }): string[] {
  const names = Object.keys(members);
  const required = names.filter((name) => !members[name]?.endsWith('?'));
  return required.length > 0 ? required : names;
}

/** The name of a class without its namespace. */
function className(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

/** Whether an object inherits members, as with `__proto__` in a literal. Inherited members are not read. */
function inherits(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}

function hasMember(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && value[member as keyof object] !== undefined;
}

/** Whether a value has a class with this name, as in frameworks and in releases without tags. */
function isNamed(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  for (let proto = Object.getPrototypeOf(value); proto !== null; proto = Object.getPrototypeOf(proto))
    if (proto.constructor?.name === name) return true;
  return false;
}
