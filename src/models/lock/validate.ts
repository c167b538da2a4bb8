import { printableJson } from '../../private/credentials/redact';
import type { Schema } from './schema';

/** A value that violates the schema: its location, and what it must be. */
export interface Violation {
  /** Such as `models["models/net"].layers[0].size`; empty for the whole value. */
  readonly where: string;
  readonly value: unknown;
  readonly expected: string;
}

/** The first violation of a schema, if any. */
export function findViolation(value: unknown, schema: Schema, where = ''): Violation | undefined {
  const violation = { where, value, expected: schema.title ?? schema.type };
  if (!isOfType(value, schema.type) || !meetsBounds(value, schema)) return violation;
  if (Array.isArray(value)) return findInList(value, schema, where);
  return typeof value === 'object' ? findInObject(value as Record<string, unknown>, schema, where) : undefined;
}

function findInList(list: unknown[], { items }: Schema, where: string): Violation | undefined {
  if (items === undefined) return undefined;
  for (const [index, item] of list.entries()) {
    const violation = findViolation(item, items, `${where}[${index}]`);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function findInObject(object: Record<string, unknown>, schema: Schema, where: string): Violation | undefined {
  const { required = [], properties = {}, propertyNames, additionalProperties } = schema;
  const missing = required.find((name) => !Object.hasOwn(object, name));
  if (missing !== undefined) {
    const expected = properties[missing]?.title ?? 'set';
    return { where: memberOf(where, missing), value: undefined, expected };
  }
  for (const [name, member] of Object.entries(object)) {
    const place = memberOf(where, name);
    if (propertyNames !== undefined && !matches(name, propertyNames)) {
      return { where: place, value: name, expected: propertyNames.title };
    }
    const rule = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const violation = rule === undefined ? undefined : findViolation(member, rule, place);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function isOfType(value: unknown, type: Schema['type']): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function meetsBounds(value: unknown, schema: Schema): boolean {
  if (typeof value === 'string') {
    return matches(value, schema) && (schema.enum?.includes(value) ?? true);
  }
  if (typeof value === 'number') {
    const { minimum = value, maximum = value } = schema;
    return value >= minimum && value <= maximum && (schema.const === undefined || value === schema.const);
  }
  return !Array.isArray(value) || value.length >= (schema.minItems ?? 0);
}

/** Checks the length first, because matching a pattern is slow for hostile text. */
function matches(text: string, { pattern, maxLength = text.length }: Pick<Schema, 'pattern' | 'maxLength'>): boolean {
  return text.length <= maxLength && (pattern === undefined || patternOf(pattern).test(text));
}

const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) {
    pattern = new RegExp(source, 'u');
    patterns.set(source, pattern);
  }
  return pattern;
}

function memberOf(where: string, name: string): string {
  if (!/^[A-Za-z_]\w{0,79}$/.test(name)) return `${where}[${JSON.stringify(shorten(name))}]`;
  return where === '' ? name : `${where}.${name}`;
}

/** A value for a message: its kind, or about 60 characters of it with invisible characters escaped. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `'${printableJson(shorten(value))}'`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 60)}…`;
}
