import type { IConstruct } from 'constructs';
import { requireNumber, requireShape } from '../../private/checks';
import { ServingError } from '../../private/errors';

/** A duration in a definition: of this package, or of a framework. */
export interface Time {
  toSeconds(): number;
}

/** The bounds of a time, in seconds. */
export interface TimeRule {
  /** The minimum. @default 1 */
  readonly min?: number;
  /** The maximum. */
  readonly max: number;
  /** What to do for a longer time. @default - nothing */
  readonly hint?: string;
  /** Whether fractions of a second are an error. @default true */
  readonly whole?: boolean;
  readonly at?: IConstruct;
}

const DURATION = { kind: 'a Duration', member: 'toSeconds', example: 'Duration.seconds(60)' };

/** Milliseconds passed as seconds are a thousand times too long, and the reverse. */
const UNIT_FACTOR = 1000;

/**
 * Returns a duration in seconds if it is within its bounds. The error suggests the other unit if that would be valid.
 */
export function requireSeconds(prop: string, duration: Time, rule: TimeRule): number {
  const { min = 1, max, hint, whole = true, at } = rule;
  const seconds = requireShape(prop, duration, DURATION, at).toSeconds();
  const suggestion = unitSuggestion(seconds, { min, max, whole });
  const advice = seconds > max && hint !== undefined ? [hint] : [];
  if (suggestion !== undefined) {
    throw new ServingError(
      'InvalidNumber',
      `'${prop}' (${seconds} s) must be between ${min} and ${max} s; ${[suggestion, ...advice].join('; ')}`,
      at,
    );
  }
  return requireNumber(prop, seconds, { min, max, integer: whole, unit: 'seconds', hint: advice[0], at });
}

type Bounds = Required<Pick<TimeRule, 'min' | 'max' | 'whole'>>;

/** The way out for a duration in the wrong unit. */
function unitSuggestion(seconds: number, rule: Bounds): string | undefined {
  if (seconds > rule.max && isAccepted(seconds / UNIT_FACTOR, rule))
    return `if ${seconds} ms is intended, use Duration.millis(${seconds})`;
  // Rounded, because 0.07 × 1000 is not 70 in binary fractions.
  const longer = Number((seconds * UNIT_FACTOR).toPrecision(12));
  if (seconds > 0 && seconds < rule.min && Number.isInteger(longer) && isAccepted(longer, rule))
    return `if ${longer} s is intended, use Duration.seconds(${longer})`;
  return undefined;
}

function isAccepted(seconds: number, { min, max, whole }: Bounds): boolean {
  return seconds >= min && seconds <= max && (!whole || Number.isInteger(seconds));
}
