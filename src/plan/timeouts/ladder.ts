import { RuleKind, TIMEOUT_RULES, type TimeoutRuleId } from '../rules';
import type { HopPlan } from '../serving-plan';
import type { Relation, Term } from './relations';

/** The slack of each row, which is its distance from the limit, and the prop that set it. */
export class Slack {
  private readonly rows = new Map<string, { readonly seconds: number; readonly setBy?: string }>();

  constructor(relations: Relation[]) {
    for (const { less, more } of relations) {
      const seconds = more.seconds - less.seconds;
      for (const term of [less, more]) this.note(term, seconds);
    }
  }

  /** The slack and the prop of a row. */
  public of(row: string): { readonly slackSeconds?: number; readonly setBy?: string } {
    const { seconds, setBy } = this.rows.get(row) ?? {};
    return {
      ...(seconds !== undefined && Number.isFinite(seconds) && { slackSeconds: seconds }),
      ...(setBy !== undefined && { setBy }),
    };
  }

  private note({ row, setBy }: Term, seconds: number): void {
    if (row === undefined) return;
    const known = this.rows.get(row)?.seconds ?? Number.POSITIVE_INFINITY;
    this.rows.set(row, { seconds: Math.min(known, seconds), setBy });
  }
}

/** Collects the rows of a ladder. */
export class LadderRows {
  public readonly hops: HopPlan[] = [];

  /** The first of the slacks with the row applies. */
  constructor(private readonly slacks: Slack[]) {}

  /** Adds a row, unless its time has no limit. */
  public add(hop: string, seconds: number | undefined, rule: TimeoutRuleId): void {
    if (seconds === undefined || !Number.isFinite(seconds)) return;
    const known = this.slacks.map((slack) => slack.of(hop));
    const slack = known.find(({ slackSeconds }) => slackSeconds !== undefined)?.slackSeconds;
    const setBy = known.find((one) => one.setBy !== undefined)?.setBy;
    const compared = TIMEOUT_RULES[rule].kind !== RuleKind.GIVEN && slack !== undefined;
    this.hops.push({
      hop,
      seconds,
      rule,
      ...(compared && { slackSeconds: slack }),
      ...(setBy !== undefined && { setBy }),
    });
  }
}
