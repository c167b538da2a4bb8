import type { EndpointIntent, PlatformIntents } from './intents';
import { refuse } from './refuse';
import { orderOf } from './routes';
import { cutRoute, fits, MAX_DEPTH, RuleSlots } from './rule-slots';
import type { EndpointPlan, Refusal, RulePlan } from './serving-plan';

/** Gives the rules of every route their numbers, and refuses what the limits of the target do not allow. */
export function numberRules(intents: PlatformIntents, plans: EndpointPlan[], refusals: Refusal[]): EndpointPlan[] {
  const { rules: limits, name } = intents.target;
  if (limits === undefined) return plans;
  const slots = new RuleSlots(limits);
  const numbered = new Map<string, Map<string, RulePlan[]>>();
  // What the user placed comes first, so that the rest makes room for it.
  const order = intents.endpoints.map((endpoint, position) => ({ endpoint, plan: plans[position] as EndpointPlan }));
  for (const { endpoint, plan } of [...order.filter(isPlaced), ...order.filter((item) => !isPlaced(item))]) {
    const deep = plan.routes.some((route) => orderOf(route).depth > MAX_DEPTH);
    if (deep && endpoint.priority === undefined) {
      refuse(
        refusals,
        'PathTooDeep',
        plan.path,
        `'path' ('${endpoint.prefix}') must have at most ${MAX_DEPTH} segments on ${name}, '/_b/<backend>' included; use a shorter path, or set 'priority'`,
      );
    }
    if (plan.routes.some((route) => !fits(limits, cutRoute(limits, route)))) {
      refuse(
        refusals,
        'TooManyConditions',
        plan.path,
        `a rule of ${name} holds at most ${limits.valuesPerCondition} values of a header and ${limits.valuesPerRule} values in all; endpoint '${plan.name}' needs more; match fewer headers or values`,
      );
    }
    const placed = slots.place(plan.routes, endpoint.priority);
    if (placed !== undefined) numbered.set(plan.path, placed);
    else if (endpoint.priority !== undefined)
      refuse(
        refusals,
        'PriorityTaken',
        plan.path,
        `'priority' (${endpoint.priority}) of endpoint '${plan.name}' and the numbers after it, one for each of its rules, must be free and at most ${limits.last}; choose another`,
      );
    else
      refuse(
        refusals,
        'TooManyRules',
        plan.path,
        `no priority is left for the rules of endpoint '${plan.name}' among those of its kind; set 'priority', or use a platform of its own`,
      );
  }
  const result = plans.map((plan) => ({
    ...plan,
    routes: plan.routes.map((route) => ({
      ...route,
      rules: numbered.get(plan.path)?.get(route.key) ?? placeholderRules(limits.last, cutRoute(limits, route)),
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
      `the endpoints and backends need ${count} rules, and ${name} has ${limits.maxRules}; set 'ruleQuota' once the quota is raised, or use a second platform`,
    );
  }
  if (intents.backends.length > limits.maxBackends) {
    refuse(
      refusals,
      'TooManyTargetGroups',
      '',
      `${intents.backends.length} backends need as many target groups, and ${name} has at most ${limits.maxBackends}; use a second platform`,
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
