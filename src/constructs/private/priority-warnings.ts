import type { EndpointIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';
import { slug } from '../../private/names';
import type { Warning } from './warnings';

/** Rules that an edit of another endpoint or backend can move to a priority that is still in use. */
export function crowdedPriorities(plan: ServingPlan, { path, name, priority }: EndpointIntent): Warning[] {
  const rules = plan.endpoint(path).routes.flatMap((route) => route.rules);
  const crowded = rules.filter(({ mayClash }) => mayClash === true).map((rule) => rule.priority);
  if (crowded.length === 0) return [];
  const advice = priority === undefined ? BY_PATH : IN_WINDOW;
  const consequence = `the rules of endpoint '${name}' with the priorities ${crowded.join(', ')} can move to priorities in use when endpoints, backends or header rules are added or removed; that deployment then fails`;
  return [{ id: `crowdedPriorities.${slug(name)}`, message: `${consequence}. ${advice}` }];
}

/** The cause and the way out for an endpoint whose priorities derive from its path and hosts. */
const BY_PATH =
  "The range of priorities for its path and hosts is more than a third full or too small; set 'priority', use a shorter path, or enlarge 'priorityRange' of the platform";

/** Those for an endpoint that reserves priorities, where only own addresses of backends can be crowded. */
const IN_WINDOW =
  "The own addresses of its backends fill more than a third of their range in 'priority'; set 'ownAddress' to OwnAddress.NONE, match fewer hosts, or remove 'priority'";
