import type { IConstruct } from 'constructs';
import { requireNumber, requireShape } from '../../private/checks';
import { ServingError } from '../../private/errors';

/** A length of time as a definition has it: of this package, or of a framework. */
export interface Time {
  toSeconds(): number;
}

/** The bounds of a time, in seconds. */
export interface TimeRule {
  /** The shortest. @default 1 */
  readonly min?: number;
  /** The longest. */
  readonly max: number;
  /** What the longest is, in the user's words, and what to do beyond it. */
  readonly hint?: string;
  /** Whether parts of a second are an error. @default true */
  readonly whole?: boolean;
  readonly at?: IConstruct;
}

const DURATION = { kind: 'a Duration', member: 'toSeconds', example: 'Duration.seconds(60)' };

/** A time that was typed in milliseconds is a thousand times too long, and the reverse. */
const MIXED = 1000;

/** Returns a length of time in seconds when it is inside its bounds. A time that was typed in another unit is named as such. */
export function requireSeconds(prop: string, duration: Time, rule: TimeRule): number {
  const { min = 1, max, hint = 'in seconds', whole = true, at } = rule;
  const seconds = requireShape(prop, duration, DURATION, at).toSeconds();
  const meant = meantBy(seconds, min, max);
  if (meant !== undefined) {
    throw new ServingError(
      'InvalidNumber',
      `'${prop}' (${seconds} s) must be between ${min} and ${max} s; ${hint}; if ${meant}, the units are mixed up`,
      at,
    );
  }
  return requireNumber(prop, seconds, { min, max, integer: whole, hint, at });
}

function meantBy(seconds: number, min: number, max: number): string | undefined {
  if (seconds > max && seconds / MIXED >= min && seconds / MIXED <= max)
    return `${seconds} ms were meant, which Duration.millis(${seconds}) says`;
  const whole = Math.round(seconds * MIXED);
  if (seconds > 0 && seconds < min && whole >= min && whole <= max)
    return `${whole} s were meant, which Duration.seconds(${whole}) says`;
  return undefined;
}
