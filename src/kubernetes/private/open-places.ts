import type { EndpointIntent } from '../../plan/intents';
import type { ServingPlan } from '../../plan/plan';

/** The hosts and paths at which an endpoint accepts every method, by plan. */
const PLACES = new WeakMap<ServingPlan, Set<string>>();

/**
 * Whether another endpoint accepts every method at the path of this one, so that there is no method to refuse. With a rule
 * in both HTTPRoutes, the older HTTPRoute would win.
 */
export function acceptsEveryMethod(plan: ServingPlan, endpoint: EndpointIntent): boolean {
  let places = PLACES.get(plan);
  if (places === undefined) {
    const open = plan.endpoints.filter(({ intent }) => intent.methods.length === 0 && intent.headers.length === 0);
    places = new Set(open.flatMap(({ intent }) => placesOf(intent)));
    PLACES.set(plan, places);
  }
  return placesOf(endpoint).some((place) => places.has(place));
}

function placesOf(endpoint: EndpointIntent): string[] {
  const hosts = endpoint.hosts.length === 0 ? [''] : endpoint.hosts;
  return hosts.map((host) => `${host} ${endpoint.prefix}`);
}
