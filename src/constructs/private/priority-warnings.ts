import type { EndpointIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { slug } from '../../private/names';
import type { Warning } from './warnings';

/** Rules that an edit of another endpoint can move to a priority that is still in use. */
export function crowdedPriorities(plan: ServingPlan, { path, name }: EndpointIntent): Warning[] {
  const rules = plan.endpoint(path).routes.flatMap((route) => route.rules);
  const crowded = rules.filter(({ mayClash }) => mayClash === true);
  if (crowded.length === 0) return [];
  const message = `the rules of endpoint '${name}' with the priorities ${crowded.map(({ priority }) => priority).join(', ')} can move when endpoints or backends are added or removed, and the deployment can then fail, because the range of their path and hosts is more than a third full; set 'priority', or use a shorter path`;
  return [{ id: `crowdedPriorities.${slug(name)}`, message }];
}
