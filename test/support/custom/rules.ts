/** Evaluates the `x-kubernetes-validations` of a schema, which are written in CEL. */
import { type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings as stringFunctions } from '@bufbuild/cel/ext';
import { type Data, type Findings, isObject, object, objects } from '../data';

const environment = celEnv({ funcs: stringFunctions });
const plans = new Map<string, ReturnType<typeof plan>>();

/** Reserved words of CEL that are also names of fields: Kubernetes surrounds them with underscores. */
const RESERVED = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

function escaped(key: string): string {
  return RESERVED.has(key)
    ? `__${key}__`
    : key
        .replace(/__/g, '__underscores__')
        .replace(/\./g, '__dot__')
        .replace(/-/g, '__dash__')
        .replace(/\//g, '__slash__');
}

/** CEL distinguishes integers from doubles by type, whereas JSON needs the schema. */
function toCel(value: unknown, schema: Data): CelInput {
  if (Array.isArray(value)) return value.map((item) => toCel(item, object(schema.items)));
  if (isObject(value)) {
    const properties = object(schema.properties);
    const entries = Object.entries(value).map(([key, item]): [string, CelInput] => {
      const property = properties[key];
      return [
        property === undefined ? key : escaped(key),
        toCel(item, object(property ?? schema.additionalProperties)),
      ];
    });
    return new Map(entries);
  }
  if (typeof value === 'number' && Number.isInteger(value) && schema.type !== 'number') return BigInt(value);
  return value as CelInput;
}

/** Whether a rule holds. An error in it counts as a violation, as in an API server. */
export function holds(rule: string, self: unknown, schema: Data): boolean {
  let planned = plans.get(rule);
  if (planned === undefined) {
    planned = plan(environment, parse(rule));
    plans.set(rule, planned);
  }
  const result = planned({ self: toCel(self, schema) });
  return !isCelError(result) && result === true;
}

/** Evaluates every rule of the schema that applies to the value. Transition rules (`oldSelf`) do not apply to a new object. */
export function checkRules(findings: Findings, path: string, value: unknown, schema: Data): void {
  for (const { rule, message } of objects(schema['x-kubernetes-validations'])) {
    const text = String(rule);
    if (!/\boldSelf\b/.test(text) && !holds(text, value, schema)) findings.add(path, String(message ?? text));
  }
  for (const part of ['allOf', 'anyOf', 'oneOf']) {
    for (const narrower of objects(schema[part])) {
      if (narrower['x-kubernetes-validations'] !== undefined) checkRules(findings, path, value, narrower);
    }
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkRules(findings, `${path}[${i}]`, item, object(schema.items));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const below = path === '' ? key : `${path}.${key}`;
      checkRules(findings, below, item, object(object(schema.properties)[key] ?? schema.additionalProperties));
    }
  }
}
