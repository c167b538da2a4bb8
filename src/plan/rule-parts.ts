import { hostParts, type RouteConditions } from './routes';
import { RouteKind, type RulePlan } from './serving-plan';
import type { RuleLimits } from './target-profile';

/** The conditions of one rule, within the limits of a condition and of a rule. */
export type RuleConditions = Pick<RulePlan, 'hosts' | 'paths' | 'methods' | 'headers'>;

/**
 * Splits a route that has too many values for one rule into several rules, by kind of host, then methods, hosts and paths.
 * Their number depends only on the route, so that resources can be created before the plan is computed.
 */
export function splitRoute(limits: RuleLimits, route: RouteConditions): RuleConditions[] {
  return hostParts(route).flatMap((part) => splitPart(limits, part));
}

function splitPart(limits: RuleLimits, route: RouteConditions): RuleConditions[] {
  const paths = pathPatterns(route.prefix);
  const sizes = { methods: route.methods.length, hosts: route.hosts.length, paths: paths.length };
  for (const part of ['methods', 'hosts', 'paths'] as const) {
    sizes[part] = Math.min(sizes[part], limits.valuesPerCondition);
  }
  for (const part of ['methods', 'hosts', 'paths'] as const) {
    while (sizes[part] > 1 && sizes.methods + sizes.hosts + sizes.paths + otherValues(route) > limits.valuesPerRule)
      sizes[part]--;
  }
  const rules: RuleConditions[] = [];
  for (const methods of chunks(route.methods, sizes.methods)) {
    for (const hosts of chunks(route.hosts, sizes.hosts)) {
      for (const part of chunks(paths, sizes.paths))
        rules.push({ methods, hosts, paths: part, headers: route.headers });
    }
  }
  return rules;
}

/** Whether every rule of a route is within the limits. */
export function fits(limits: RuleLimits, rules: RuleConditions[]): boolean {
  return rules.every(
    (rule) =>
      rule.methods.length + rule.hosts.length + rule.paths.length + headerValues(rule) <= limits.valuesPerRule &&
      rule.headers.every((header) => header.values.length <= limits.valuesPerCondition),
  );
}

/** The patterns of a path prefix: the path itself and everything below it. */
export function pathPatterns(prefix: string): string[] {
  return prefix === '/' ? ['/*'] : [prefix, `${prefix}/*`];
}

/** The values of headers, including the one that every preflight request has. */
function otherValues(route: RouteConditions): number {
  return headerValues(route) + (route.kind === RouteKind.PREFLIGHT ? 1 : 0);
}

function headerValues(route: { readonly headers: RulePlan['headers'] }): number {
  return route.headers.reduce((total, header) => total + header.values.length, 0);
}

function chunks(values: string[], size: number): string[][] {
  if (values.length === 0) return [[]];
  const result: string[][] = [];
  for (let start = 0; start < values.length; start += size) result.push(values.slice(start, start + size));
  return result;
}
