import { describe, describeKind } from '../../private/describe';
import { type ErrorCode, ServingError } from '../../private/errors';
import { isObject } from '../../private/kinds';
import { suggest } from '../../private/suggest';
import { requireWritable } from '../../private/text';
import { isUnresolvedNumber } from '../../private/tokens';
import { SHAPES } from './schema';

/** Where a config comes from, for messages. */
export interface ConfigSource {
  /** `'serve.yaml'`, or `the config`. */
  readonly name: string;
  /** Whether its members have the names of `RayServeConfigOptions` instead of Ray's. */
  readonly isTyped?: boolean;
}

/** A member of a config, with its value as messages show it. */
export interface ConfigMember {
  readonly path: string;
  readonly value?: string;
}

/** An error about a member of a config. `rest` completes a sentence that starts with the member. */
export function configError(
  source: ConfigSource,
  code: ErrorCode,
  member: string | ConfigMember,
  rest: string,
): ServingError {
  const { path, value }: ConfigMember = typeof member === 'string' ? { path: member } : member;
  const shown = value === undefined ? '' : ` (${value})`;
  return new ServingError(code, `'${spell(source, path)}'${shown} of ${source.name} ${rest}`);
}

/** A path by the names of the source. */
export function spell({ isTyped }: ConfigSource, path: string): string {
  if (!isTyped) return path;
  return path
    .replace(/_s(?=\.|$)/g, '')
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    .replace(/runtimeEnv\.envVars/, 'envVars');
}

/** Validates the members of a config and their types. */
export function checkShape(source: ConfigSource, value: unknown, shape = 'Config', path = ''): void {
  if (!isObject(value)) throw invalid(source, path, value, 'must be an object');
  const members = SHAPES[shape] as { readonly [member: string]: string };
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, found] of Object.entries(value)) {
    const type = Object.hasOwn(members, name) ? members[name] : undefined;
    if (type !== undefined) checkMember(source, found, type.replace(/!$/, ''), at(name));
    else if (shape === 'Bundle') checkMember(source, found, 'number>=0', at(name));
    else throw unknown(source, { name, known: Object.keys(members), path: at(name) });
  }
  for (const [name, type] of Object.entries(members)) {
    if (type.endsWith('!') && value[name] === undefined)
      throw configError(source, 'InvalidRayConfig', at(name), 'is required');
  }
}

interface UnknownMember {
  readonly name: string;
  readonly known: string[];
  readonly path: string;
}

function unknown(source: ConfigSource, { name, known, path }: UnknownMember): ServingError {
  if (path === 'import_path')
    return configError(
      source,
      'InvalidRayConfig',
      path,
      "belongs to an application; move it, and the members of its application, below 'applications'",
    );
  return new ServingError('UnknownOption', `unknown option '${path}' of ${source.name}; ${suggest(name, known)}`);
}

function checkMember(source: ConfigSource, value: unknown, type: string, path: string): void {
  if (type.endsWith('~')) {
    if (value !== null) checkMember(source, value, type.slice(0, -1), path);
  } else if (type.endsWith('[]')) {
    if (!Array.isArray(value)) throw invalid(source, path, value, 'must be a list');
    value.forEach((one, index) => {
      checkMember(source, one, type.slice(0, -2), `${path}[${index}]`);
    });
  } else if (type === 'string{}') checkTexts(source, value, path);
  else if (Object.hasOwn(SHAPES, type)) checkShape(source, value, type, path);
  else checkValue(source, value, type, path);
}

function checkTexts(source: ConfigSource, value: unknown, path: string): void {
  if (!isObject(value)) throw invalid(source, path, value, 'must be an object');
  for (const [name, text] of Object.entries(value)) {
    // The value of a variable can be a credential.
    if (typeof text !== 'string')
      throw configError(
        source,
        'InvalidType',
        { path: `${path}.${name}`, value: describeKind(text) },
        `must be a string`,
      );
    requireWritable(`${path}.${name}`, text);
  }
}

function checkValue(source: ConfigSource, value: unknown, type: string, path: string): void {
  checkFree(source, value, path);
  if (type === 'any') return;
  if (type === 'object') {
    if (!isObject(value)) throw invalid(source, path, value, 'must be an object');
  } else if (type === 'string' || type === 'boolean') {
    const must = type === 'string' ? 'must be a string' : 'must be true or false';
    if (typeof value !== type) throw invalid(source, path, value, must);
  } else checkNumber(source, value, type, path);
}

/** Numbers such as `integer>0`. */
function checkNumber(source: ConfigSource, value: unknown, type: string, path: string): void {
  const [, kind, sign, bound] = /^(integer|number)(?:(>=?)(\d+))?$/.exec(type) as RegExpExecArray;
  const min = bound === undefined ? Number.NEGATIVE_INFINITY : Number(bound);
  const isValid =
    typeof value === 'number' &&
    (kind === 'number' || Number.isInteger(value)) &&
    (sign === '>' ? value > min : value >= min);
  if (isValid) return;
  const what = kind === 'integer' ? 'a whole number' : 'a number';
  const range = sign === undefined ? '' : sign === '>' ? ` above ${min}` : ` of at least ${min}`;
  throw configError(source, 'InvalidNumber', { path, value: describe(value) }, `must be ${what}${range}`);
}

/** The deepest nesting of a config, which bounds the stack. */
const MAX_DEPTH = 64;

/** Validates content of any structure, such as the arguments of a builder: everything that JSON represents. */
function checkFree(source: ConfigSource, value: unknown, path: string, depth = 0): void {
  if (depth > MAX_DEPTH)
    throw configError(source, 'InvalidRayConfig', path.slice(0, 80), 'is nested too deeply, or contains itself');
  if (Array.isArray(value)) {
    value.forEach((one, index) => {
      checkFree(source, one, `${path}[${index}]`, depth + 1);
    });
  } else if (isPlain(value)) {
    for (const [name, one] of Object.entries(value)) checkFree(source, one, `${path}.${name}`, depth + 1);
  } else if (typeof value === 'string') requireWritable(spell(source, path), value);
  else if (typeof value === 'number') {
    if (isUnresolvedNumber(value))
      throw configError(
        source,
        'UnresolvedNumber',
        path,
        'is a token, but its value must be known at synthesis; pass a plain number',
      );
    if (!Number.isFinite(value))
      throw configError(
        source,
        'InvalidNumber',
        { path, value: String(value) },
        `has no representation in JSON; pass it as a string`,
      );
  } else if (typeof value !== 'boolean' && value !== null && value !== undefined)
    throw invalid(source, path, value, 'must be text, a number, true, false, null, a list or an object');
}

/** Whether a value is an object without a class. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function invalid(source: ConfigSource, path: string, value: unknown, must: string): ServingError {
  const found = Array.isArray(value) ? 'a list' : describe(value);
  if (path === '') return new ServingError('InvalidType', `${source.name} (${found}) ${must}`);
  return configError(source, 'InvalidType', { path, value: found }, `${must}`);
}
