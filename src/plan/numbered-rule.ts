import type { RuleConditions } from './rule-parts';
import type { RoutePlan, RulePlan } from './serving-plan';
import type { Settled } from './slot-claims';

/** One rule of an endpoint. */
export interface EndpointRule {
  readonly route: RoutePlan;
  readonly conditions: RuleConditions;
  /** Which part of the route it is. */
  readonly part: number;
  /** What the rule is, which is unique on the platform and the same after any edit of its conditions. */
  readonly identity: string;
}

/** The priority of a rule, the one that it would have on its own, and whether it is safe. */
export type Slot = Pick<RulePlan, 'priority' | 'movedFrom' | 'mayClash'>;

/** One of the numbers that were settled. */
export function slotAt({ slots, preferred, isCrowded }: Settled, index: number): Slot {
  const [priority, movedFrom] = [slots[index] as number, preferred[index] as number];
  return {
    priority,
    ...(priority !== movedFrom && { movedFrom }),
    ...(isCrowded && { mayClash: true }),
  };
}

/** The distance between two header rules: that many parts of one can be added without moving the next one. */
const PARTS_OF_HEADER_RULE = 4;

/** The distances of header rules, whose order must be kept, from the first one. */
export function headerOffsets(rules: readonly EndpointRule[]): number[] {
  const first = (rules[0] as EndpointRule).part;
  const routes = [...new Set(rules.map(({ route }) => route.key))];
  return rules.map(({ route, part }) => routes.indexOf(route.key) * PARTS_OF_HEADER_RULE + part - first);
}
