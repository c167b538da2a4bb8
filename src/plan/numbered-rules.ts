import type { EndpointIntent, PlatformIntents } from './intents';
import { refuse } from './refuse';
import { orderOf } from './routes';
import { fits, MAX_DEPTH, RuleSlots, splitRoute } from './rule-slots';
import type { EndpointPlan, Refusal, RulePlan } from './serving-plan';

/** Assigns priorities to the rules of every route, and refuses what exceeds the limits of the target. */
export function numberRules(intents: PlatformIntents, plans: EndpointPlan[], refusals: Refusal[]): EndpointPlan[] {
  const { rules: limits, name } = intents.target;
  if (limits === undefined) return plans;
  const slots = new RuleSlots(limits);
  const numbered = new Map<string, Map<string, RulePlan[]>>();
  // Priorities that users set are assigned first; all others move around them.
  const order = intents.endpoints.map((endpoint, position) => ({ endpoint, plan: plans[position] as EndpointPlan }));
  for (const { endpoint, plan } of [...order.filter(isPlaced), ...order.filter((item) => !isPlaced(item))]) {
    const deep = plan.routes.some((route) => orderOf(route).depth > MAX_DEPTH);
    if (deep && endpoint.priority === undefined) {
      refuse(
        refusals,
        'PathTooDeep',
        plan.path,
        `'path' ('${endpoint.prefix}') must have at most ${MAX_DEPTH} segments on ${name}, including '/_b/<backend>'; use a shorter path, or set 'priority'`,
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
    const placed = slots.place(plan.routes, endpoint.priority);
    if (placed !== undefined) numbered.set(plan.path, placed);
    else if (endpoint.priority !== undefined)
      refuse(
        refusals,
        'PriorityTaken',
        plan.path,
        `'priority' (${endpoint.priority}) of endpoint '${plan.name}' and the priorities after it (one per rule) must be unused and at most ${limits.last}; choose another`,
      );
    else
      refuse(
        refusals,
        'TooManyRules',
        plan.path,
        `endpoint '${plan.name}' has too many rules: no priority is left in the range of its routes; set 'priority', or use a separate platform`,
      );
  }
  const result = plans.map((plan) => ({
    ...plan,
    routes: plan.routes.map((route) => ({
      ...route,
      rules: numbered.get(plan.path)?.get(route.key) ?? placeholderRules(limits.last, splitRoute(limits, route)),
    })),
  }));
  const count = result.reduce(
    (total, plan) => total + plan.routes.reduce((rules, route) => rules + route.rules.length, 0),
    intents.backends.length,
  );
  if (count > limits.maxRules) {
    refuse(
      refusals,
      'TooManyRules',
      '',
      `the endpoints and backends need ${count} rules, but ${name} supports at most ${limits.maxRules}; raise the quota and set 'ruleQuota', or use a second platform`,
    );
  }
  if (intents.backends.length > limits.maxBackends) {
    refuse(
      refusals,
      'TooManyTargetGroups',
      '',
      `${intents.backends.length} backends need ${intents.backends.length} target groups, but ${name} supports at most ${limits.maxBackends}; use a second platform`,
    );
  }
  return result;
}

function isPlaced(item: { readonly endpoint: EndpointIntent }): boolean {
  return item.endpoint.priority !== undefined;
}

function placeholderRules(priority: number, rules: Omit<RulePlan, 'priority' | 'movedFrom'>[]): RulePlan[] {
  return rules.map((rule) => ({ priority, ...rule }));
}
