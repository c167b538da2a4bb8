import type { PlatformIntents } from './intents';
import { refuse } from './refuse';
import { orderOf } from './routes';
import { MAX_DEPTH } from './rule-bands';
import { fits, splitRoute } from './rule-parts';
import { type NumberedRules, placeRules } from './rule-slots';
import { overlapOf, WINDOW } from './rule-window';
import type { EndpointPlan, Refusal, RulePlan } from './serving-plan';
import type { RuleLimits } from './target-profile';

/** Assigns priorities to the rules of every route, and refuses what exceeds the limits of the target. */
export function numberRules(intents: PlatformIntents, plans: EndpointPlan[], refusals: Refusal[]): EndpointPlan[] {
  const { rules: limits, name } = intents.target;
  if (limits === undefined) return plans;
  const segments = new Map(intents.attachments.map((one) => [`${one.endpoint}\n${one.backend}`, one.segment]));
  const placed = placeRules(
    limits,
    plans.map(({ path, routes, intent }) => ({
      identity: intent.identity ?? path,
      priority: intent.priority,
      routes,
      segmentOf: (backend) => segments.get(`${path}\n${backend}`) as string,
    })),
  );
  plans.forEach((plan, index) => {
    refuseConditions({ plan, limits, name }, refusals);
    refusePriorities({ plan, limits, earlier: plans.slice(0, index), rules: placed[index] as NumberedRules }, refusals);
  });
  const result = plans.map((plan, index) => ({
    ...plan,
    routes: plan.routes.map((route) => ({
      ...route,
      rules: (placed[index]?.get(route.key) ?? []).map((rule): RulePlan => ({ priority: limits.last, ...rule })),
    })),
  }));
  refuseQuotas(intents, result, refusals);
  return result;
}

/** An endpoint, and the limits of its target. */
interface LimitedEndpoint {
  readonly plan: EndpointPlan;
  readonly limits: RuleLimits;
  /** The name of the target. */
  readonly name: string;
}

function refuseConditions({ plan, limits, name }: LimitedEndpoint, refusals: Refusal[]): void {
  const { prefix, priority } = plan.intent;
  const deep = plan.routes.some((route) => orderOf(route).depth > MAX_DEPTH);
  if (deep && priority === undefined) {
    refuse(
      refusals,
      'PathTooDeep',
      plan.path,
      `'path' ('${prefix}') must have at most ${MAX_DEPTH} segments on ${name}, including '/_b/<backend>'; use a shorter path, or set 'priority'`,
    );
  }
  if (plan.routes.some((route) => !fits(limits, splitRoute(limits, route)))) {
    refuse(
      refusals,
      'TooManyConditions',
      plan.path,
      `endpoint '${plan.name}' exceeds the limits of a rule of ${name}: ${limits.valuesPerCondition} values for a header and ${limits.valuesPerRule} values in total; match fewer headers or values`,
    );
  }
}

/** An endpoint with its rules. */
interface PlacedEndpoint {
  readonly plan: EndpointPlan;
  readonly limits: RuleLimits;
  /** The endpoints that were declared before. */
  readonly earlier: EndpointPlan[];
  readonly rules: NumberedRules;
}

function refusePriorities({ plan, limits, earlier, rules }: PlacedEndpoint, refusals: Refusal[]): void {
  const { priority } = plan.intent;
  const other = overlapOf(priority, earlier);
  const { first, last } = limits;
  if (priority !== undefined && (other !== undefined || priority < first || priority + WINDOW - 1 > last)) {
    const found = other === undefined ? '' : `; '${other.name}' has ${other.intent.priority}`;
    const range = first === 1 ? `at most ${last}` : `between ${first} and ${last}`;
    refuse(
      refusals,
      'PriorityTaken',
      plan.path,
      `'priority' (${priority}) of endpoint '${plan.name}' reserves ${WINDOW} priorities, which must not be those of another endpoint and ${range}${found}; choose another`,
    );
  } else if ([...rules.values()].flat().some((rule) => rule.priority === undefined)) {
    const way = priority === undefined ? "set 'priority'" : "remove 'priority'";
    refuse(
      refusals,
      'TooManyRules',
      plan.path,
      `endpoint '${plan.name}' has too many rules: no priority is left in the range of its routes; ${way}, or use a separate platform`,
    );
  }
}

function refuseQuotas({ target, backends }: PlatformIntents, plans: EndpointPlan[], refusals: Refusal[]): void {
  const limits = target.rules as RuleLimits;
  const routes = plans.flatMap((plan) => plan.routes);
  const count = routes.reduce((total, { rules }) => total + rules.length, backends.length);
  if (count > limits.maxRules) {
    refuse(
      refusals,
      'TooManyRules',
      '',
      `the endpoints and backends need ${count} rules, but ${target.name} supports at most ${limits.maxRules}; raise the quota and set 'ruleQuota', or use a second platform`,
    );
  }
  if (backends.length > limits.maxBackends) {
    refuse(
      refusals,
      'TooManyTargetGroups',
      '',
      `${backends.length} backends need ${backends.length} target groups, but ${target.name} supports at most ${limits.maxBackends}; use a second platform`,
    );
  }
}
