import type { ErrorCode } from '../../private/error-codes';
import { TIMEOUT_RULES } from '../rules';
import type { Refusal } from '../serving-plan';
import { holds, type Relation, type Term } from './relations';

/** What to say of a relation that does not hold. */
export interface Breach {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Holds every relation of a plan against its values, and refuses those that are broken. */
export class Checks {
  /** Every relation that was looked at. */
  public readonly relations: Relation[] = [];
  /** How many hops were looked at. */
  public hops = 0;

  constructor(public readonly refusals: Refusal[]) {}

  /**
   * Looks at a relation, and returns whether it holds. A broken one is refused; where the user set one of its times, in
   * words about that. Without words of its own it is broken for a reason that was given already.
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

/** What a relation says of its longer side. */
export function atLeast({ rule, less, more, margin }: Relation): string {
  return `${named(more)} (${time(more.seconds)}) must be at least ${time(less.seconds + margin)} (rule ${rule})`;
}

/** What a relation says of its shorter side. */
export function atMost({ rule, less, more, margin }: Relation): string {
  return `${named(less)} (${time(less.seconds)}) must be at most ${time(Math.max(0, more.seconds - margin))} (rule ${rule})`;
}

/** A time for people. */
export function time(seconds: number): string {
  return Number.isFinite(seconds) ? `${seconds} s` : 'no end';
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
    message: `${bound}, because ${named(other)} is ${time(other.seconds)}: ${why}; change it, or leave it out to have it computed${
      other.setBy === undefined ? '' : `, and the same for ${named(other)}`
    }`,
  };
}

function named({ what, setBy }: Term): string {
  return setBy ?? what;
}
