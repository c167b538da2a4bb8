import type { IConstruct } from 'constructs';
import { hasUnseen } from './characters';
import { type ErrorCode, ServingError } from './errors';
import { requireFilledIn, requireWritable } from './text';
import { isUnresolvedNumber } from './tokens';

/** The bounds of a number, and the code of the error for a value outside them. */
export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly code?: ErrorCode;
  /** What to do about it, in the user's words. */
  readonly hint?: string;
  readonly at?: IConstruct;
}

/** Returns `value` when it is a usable number inside the rule, and says which prop is wrong otherwise. */
export function requireNumber(prop: string, value: number, rule: NumberRule = {}): number {
  const {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    integer = false,
    code = 'InvalidNumber',
  } = rule;
  if (typeof value === 'number' && isUnresolvedNumber(value)) {
    throw new ServingError(
      'UnresolvedNumber',
      `'${prop}' is a token, but the number must be known when the definition is made; pass a plain number`,
      rule.at,
    );
  }
  if (
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!integer || Number.isInteger(value)) &&
    Number.isFinite(value)
  )
    return value;
  const infinite = value === Number.POSITIVE_INFINITY && max === value;
  const kind = integer ? 'a whole number' : infinite ? 'a finite number' : 'a number';
  throw new ServingError(
    code,
    `'${prop}' (${describe(value)}) must be ${kind}${range(min, max)}${rule.hint ? `; ${rule.hint}` : ''}`,
    rule.at,
  );
}

/** A value as the user would recognise it in a message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (typeof value === 'function') return 'a function that was not called';
  if (typeof value !== 'object' || value === null) return String(value);
  const name = value.constructor?.name;
  if (name === '') return 'an object';
  return name === undefined || name === 'Object' ? `{ ${Object.keys(value).join(', ')} }` : `a ${name}`;
}

/**
 * Returns `value` when it is an object that has the member every instance of its class has. Classes are not compared,
 * because an app can hold two copies of this package; callers without types pass anything.
 */
export function requireShape<T>(prop: string, value: T, member: string, example: string, at?: IConstruct): T {
  if (typeof value === 'object' && value !== null && value[member as keyof object] !== undefined) return value;
  throw new ServingError('InvalidType', `'${prop}' (${describe(value)}) must be made like ${example}`, at);
}

/** Returns `value` when it is text that can be written. */
export function requireText(prop: string, value: string, at?: IConstruct): string {
  if (typeof value === 'string') return requireWritable(prop, value, at);
  throw new ServingError('InvalidType', `'${prop}' (${describe(value)}) must be text`, at);
}

/** Returns `value` when it is the text of a name or an address, with every part of it filled in. */
export function requireIdentifier(prop: string, value: string, at?: IConstruct): string {
  return requireFilledIn(prop, requireText(prop, value, at), at);
}

/** What people read and every target keeps. */
const LONGEST_NAME = 256;

/** Returns `name` when people can read it. */
export function requireName(prop: string, name: string, at?: IConstruct): string {
  requireIdentifier(prop, name, at);
  if (name !== '' && name.length <= LONGEST_NAME && !hasUnseen(name)) return name;
  if (name.length > LONGEST_NAME)
    throw new ServingError(
      'InvalidName',
      `'${prop}' (${name.length} characters) must have at most ${LONGEST_NAME} characters`,
      at,
    );
  const must = name === '' ? 'not be empty' : 'be one line, without control characters';
  throw new ServingError('InvalidName', `'${prop}' (${JSON.stringify(name).replace(/^"|"$/g, "'")}) must ${must}`, at);
}

/** A directory as the lock file names it. */
export function requireDirectory(directory: string): void {
  if (requireText('directory', directory) !== '') return;
  throw new ServingError('InvalidType', "'directory' ('') must name one; '.' is that of the lock file");
}

/** Returns `value` when it is a list. */
export function requireList<T>(prop: string, value: T[], at?: IConstruct): T[] {
  if (Array.isArray(value)) return value;
  throw new ServingError(
    'InvalidType',
    `'${prop}' (${describe(value)}) must be a list, such as [${describe(value)}]`,
    at,
  );
}

function range(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return ` between ${min} and ${max}`;
  if (Number.isFinite(min)) return ` of at least ${min}`;
  return Number.isFinite(max) ? ` of at most ${max}` : '';
}
