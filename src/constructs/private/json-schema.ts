import type { IConstruct } from 'constructs';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import { isObject } from '../../private/kinds';
import { suggest } from '../../private/suggest';

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];

type Schema = { readonly [keyword: string]: unknown };
type Check = (prop: string, value: unknown, at: IConstruct) => void;

/** The supported keywords of JSON Schema, with a check of their values. */
const KEYWORDS: { readonly [keyword: string]: Check } = {
  type: (prop, value, at) => {
    const names = Array.isArray(value) ? value : [value];
    const isValid = names.length > 0 && names.every((name) => TYPES.includes(name));
    if (!isValid) fail(prop, value, `one of ${TYPES.map((name) => `'${name}'`).join(', ')}, or a list of them`, at);
  },
  properties: (prop, value, at) => {
    if (!isObject(value) || Array.isArray(value)) fail(prop, value, 'an object with a schema for each property', at);
    for (const [name, schema] of Object.entries(value as object)) checkSchema(`${prop}.${name}`, schema, at);
  },
  required: (prop, value, at) => {
    if (!Array.isArray(value) || !value.every((name) => typeof name === 'string'))
      fail(prop, value, 'a list of property names', at);
  },
  items: (prop, value, at) => checkSchema(prop, value, at),
  minItems: (prop, value, at) => requireCount(prop, value, at),
  maxItems: (prop, value, at) => requireCount(prop, value, at),
  minimum: (prop, value, at) => requireFinite(prop, value, at),
  maximum: (prop, value, at) => requireFinite(prop, value, at),
  enum: (prop, value, at) => {
    if (!Array.isArray(value) || value.length === 0) fail(prop, value, 'a list with at least one value', at);
  },
};

/** Requires a schema of supported keywords only, because an ignored one would accept what it excludes. */
export function checkSchema(prop: string, schema: unknown, at: IConstruct): void {
  if (!isObject(schema) || Array.isArray(schema)) fail(prop, schema, "an object, such as { type: 'array' }", at);
  for (const [keyword, value] of Object.entries(schema as Schema)) {
    const check = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (check !== undefined) check(`${prop}.${keyword}`, value, at);
    else
      throw new ServingError(
        'UnknownOption',
        `unknown keyword '${prop}.${keyword}'; ${suggest(keyword, Object.keys(KEYWORDS))}`,
        at,
      );
  }
}

function requireCount(prop: string, value: unknown, at: IConstruct): void {
  if (!Number.isInteger(value) || (value as number) < 0) fail(prop, value, 'a whole number of at least 0', at);
}

function requireFinite(prop: string, value: unknown, at: IConstruct): void {
  if (!Number.isFinite(value)) fail(prop, value, 'a finite number', at);
}

function fail(prop: string, value: unknown, expected: string, at: IConstruct): never {
  throw new ServingError('InvalidType', `'${prop}' (${describe(value)}) must be ${expected}`, at);
}
