import type { IConstruct } from 'constructs';
import { hasUnseen } from './characters';
import { describe } from './describe';
import { type ErrorCode, ServingError } from './errors';
import { wrapperFor } from './framework-objects';
import { requireSlashes } from './slashes';
import { requireFilledIn, requireWritable } from './text';
import { isUnresolved, isUnresolvedNumber } from './tokens';

/** The bounds of a number, and the code of the error for a value outside them. */
export interface NumberRule {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly code?: ErrorCode;
  /** The unit of the value, if the definition gives it in another one or in an object. */
  readonly unit?: string;
  /** What to change, appended to the message. */
  readonly hint?: string;
  readonly at?: IConstruct;
}

/** The largest numeric ID of a user that every target accepts. */
const MAX_USER = 2 ** 31 - 2;

/** Returns the numeric ID of a user, if it is one. 0 is root. */
export function requireUser(prop: string, user: number | undefined, at: IConstruct): number | undefined {
  return user === undefined ? undefined : requireNumber(prop, user, { min: 0, max: MAX_USER, integer: true, at });
}

/** Returns `value` if it is a number within the bounds of the rule. */
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
      `'${prop}' is a token, but its value must be known at synthesis; pass a plain number`,
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
  const notes = [
    ...(rule.unit === undefined ? [] : [`the value is in ${rule.unit}`]),
    ...(rule.hint ? [rule.hint] : []),
  ];
  throw new ServingError(
    code,
    `'${prop}' (${describe(value)}) must be ${kind}${[range(min, max), ...notes].join('; ')}`,
    rule.at,
  );
}

/** A framework object, recognized by its members, because an app can contain several copies of a framework. */
export interface Shape {
  /** The type as users write it, with an article. */
  readonly kind: string;
  /** A member that every instance has. */
  readonly member: string;
  /** How to create one. */
  readonly example: string;
}

/** Returns `value` if it has the shape. Untyped callers can pass anything. */
export function requireShape<T>(prop: string, value: T, { kind, member, example }: Shape, at?: IConstruct): T {
  if (typeof value === 'object' && value !== null && value[member as keyof object] !== undefined) return value;
  throw new ServingError('InvalidType', `'${prop}' (${describe(value)}) must be ${kind}, for example ${example}`, at);
}

/** Returns `value` if it is a string that every target can store. */
export function requireText(prop: string, value: string, at?: IConstruct): string {
  if (typeof value === 'string') return requireWritable(prop, value, at);
  throw new ServingError('InvalidType', `'${prop}' (${describe(value)}) must be a string${wrapperFor(value)}`, at);
}

/** Returns `value` if it is a complete name or address, without the text of a missing value. */
export function requireIdentifier(prop: string, value: string, at?: IConstruct): string {
  return requireFilledIn(prop, requireText(prop, value, at), at);
}

/** The maximum length of a name: readable for people, and supported by every target. */
const LONGEST_NAME = 256;

/** Returns `name` if it is one readable line that is known at synthesis: a token has another text in each run. */
export function requireName(prop: string, name: string, at?: IConstruct): string {
  if (isUnresolved(requireIdentifier(prop, name, at))) {
    throw new ServingError(
      'InvalidName',
      `'${prop}' must be known at synthesis, because names of resources derive from it; pass plain text instead of a token`,
      at,
    );
  }
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

/** Requires a directory, as a path relative to the lock file. */
export function requireDirectory(directory: string): void {
  if (requireSlashes('directory', requireText('directory', directory)) !== '') return;
  throw new ServingError(
    'InvalidType',
    "'directory' ('') must not be empty; use '.' for the directory of the lock file",
  );
}

/** Returns `value` if it is a list. */
export function requireList<T>(prop: string, value: T[], at?: IConstruct): T[] {
  if (Array.isArray(value)) return value;
  throw new ServingError(
    'InvalidType',
    `'${prop}' (${describe(value)}) must be a list, for example [${describe(value)}]`,
    at,
  );
}

function range(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return ` between ${min} and ${max}`;
  if (Number.isFinite(min)) return ` of at least ${min}`;
  return Number.isFinite(max) ? ` of at most ${max}` : '';
}
