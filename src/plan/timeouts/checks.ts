import type { ErrorCode } from '../../private/error-codes';
import { TIMEOUT_RULES } from '../rules';
import type { Refusal } from '../serving-plan';
import { holds, type Relation, type Term } from './relations';

/** The error for a relation that does not hold. */
export interface Breach {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Checks every relation of a plan, and refuses those that do not hold. */
export class Checks {
  /** Every checked relation. */
  public readonly relations: Relation[] = [];
  /** The number of checked hops. */
  public hops = 0;

  constructor(public readonly refusals: Refusal[]) {}

  /**
   * Checks a relation, and returns whether it holds. If not, it is refused with `breach`, or with an error about the override
   * if the user set one of its times. Without `breach`, the cause was refused before.
   */
  public add(relation: Relation, path: string, breach?: (relation: Relation) => Breach): boolean {
    this.relations.push(relation);
    const held = holds(relation);
    if (held || breach === undefined) return held;
    const { code, message } = set(relation) ? overridden(relation) : breach(relation);
    this.refusals.push({ code, path, message, rule: relation.rule });
    return false;
  }
}

/** The lower bound of the longer time. */
export function atLeast({ rule, less, more, margin }: Relation): string {
  return `${named(more)} (${time(more.seconds)}) must be at least ${time(less.seconds + margin)} (rule ${rule})`;
}

/** The upper bound of the shorter time. */
export function atMost({ rule, less, more, margin }: Relation): string {
  return `${named(less)} (${time(less.seconds)}) must be at most ${time(Math.max(0, more.seconds - margin))} (rule ${rule})`;
}

/** A time for messages. */
export function time(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds} s` : 'no limit';
}

function set({ less, more }: Relation): boolean {
  return less.setBy !== undefined || more.setBy !== undefined;
}

function overridden(relation: Relation): Breach {
  const { rule, less, more } = relation;
  const [bound, other] = more.setBy === undefined ? [atMost(relation), more] : [atLeast(relation), less];
  const why = TIMEOUT_RULES[rule].sentence;
  return {
    code: 'TimeoutOverride',
    message: `${bound}, because ${named(other)} is ${time(other.seconds)}: ${why}; change it, or omit it to use the computed value${
      other.setBy === undefined ? '' : `, and do the same with ${named(other)}`
    }`,
  };
}

function named({ what, setBy }: Term): string {
  return setBy ?? what;
}
