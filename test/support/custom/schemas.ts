/** The schemas of the custom resource definitions in `crds/`, with the semantics of an API server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Data, isObject, object } from '../data';

export interface Definition {
  readonly group: string;
  readonly kind: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: { readonly [version: string]: Data };
}

const FOLDER = join(__dirname, '..', 'crds');

let definitions: readonly Definition[] | undefined;

function all(): readonly Definition[] {
  definitions ??= readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Definition);
  return definitions;
}

export function definitionOf(apiVersion: unknown, kind: unknown): { definition: Definition; schema: Data } | undefined {
  const [group, version = ''] = String(apiVersion).split('/');
  const definition = all().find((d) => d.group === group && d.kind === kind);
  const schema = definition?.versions[version];
  return definition === undefined || schema === undefined ? undefined : { definition, schema };
}

function mapped(schemas: unknown, change: (schema: Data) => Data): Data {
  return Object.fromEntries(Object.entries(object(schemas)).map(([name, schema]) => [name, change(object(schema))]));
}

/**
 * The schema as JSON Schema in which unknown fields are errors. Subschemas of `allOf`, `anyOf` and the like only narrow
 * the fields that are declared outside, so they allow other fields.
 */
export function strictSchema(schema: Data): Data {
  const out: { [key: string]: unknown } = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('x-kubernetes-') || key === 'default' || key === 'nullable') continue;
    out[key] = value;
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    delete out.anyOf;
    out.type = ['integer', 'string'];
  }
  if (schema.nullable === true) out.type = [schema.type, 'null'];
  if (isObject(schema.items)) out.items = strictSchema(schema.items);
  if (schema.properties !== undefined) out.properties = mapped(schema.properties, strictSchema);
  if (isObject(schema.additionalProperties)) out.additionalProperties = strictSchema(schema.additionalProperties);
  else if (schema['x-kubernetes-preserve-unknown-fields'] === true) out.additionalProperties = true;
  else if (schema.type === 'object' && schema.additionalProperties === undefined)
    out.additionalProperties = schema.properties === undefined;
  return out;
}

/** The value with the defaults of its schema, which an API server sets before it evaluates rules. */
export function withDefaults(value: unknown, schema: Data): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, object(schema.items)));
  if (!isObject(value)) return value;
  const properties = object(schema.properties);
  const filled: { [key: string]: unknown } = {};
  for (const [key, item] of Object.entries(value)) {
    filled[key] = withDefaults(item, object(properties[key] ?? schema.additionalProperties));
  }
  for (const [key, property] of Object.entries(properties)) {
    const fallback = object(property).default;
    if (fallback !== undefined && filled[key] === undefined) filled[key] = withDefaults(fallback, object(property));
  }
  return filled;
}
