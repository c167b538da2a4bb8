import { capabilityOf } from './capabilities';
import type { EndpointIntent, PathTimeIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';
import { Feature, SupportLevel, type TargetProfile } from './target-profile';

/** The path of a part of an endpoint. */
export function pathBelow(prefix: string, path: string): string {
  return prefix === '/' ? path : `${prefix}${path}`;
}

/** The times below the path of an endpoint that its routes have: none if the target cannot enforce them. */
export function routedTimes({ pathTimes = [] }: EndpointIntent, hasRouteTimes: boolean): PathTimeIntent[] {
  return hasRouteTimes ? pathTimes : [];
}

/** Whether the routes of a target have times of their own. */
export function hasRouteTimes(target: TargetProfile): boolean {
  const { level } = capabilityOf(target, Feature.PATH_TIMEOUT);
  return target.requestTimeout && (level === SupportLevel.NATIVE || level === SupportLevel.APPROXIMATED);
}

/**
 * Refuses endpoints that could get the requests of a path with its own time. Targets without routes for such paths would
 * give these requests to another endpoint than those with routes.
 */
export function refuseSharedPaths(endpoints: EndpointIntent[], refusals: Refusal[]): void {
  for (const endpoint of endpoints) {
    for (const { path } of endpoint.pathTimes ?? []) {
      const whole = pathBelow(endpoint.prefix, path);
      const rival = endpoints.find((other) => other !== endpoint && takes(other, endpoint, whole));
      if (rival === undefined) continue;
      refuse(
        refusals,
        'DuplicateRoute',
        endpoint.path,
        `endpoint '${rival.name}' (${rival.path}) with the path '${rival.prefix}' matches requests for '${whole}', which has its own 'requestTimeout' in 'paths' of endpoint '${endpoint.name}'; set 'requestTimeout' of endpoint '${rival.name}' instead, or use another path`,
      );
    }
  }
}

/** Whether another endpoint gets some requests for a path below this endpoint, which it would not if the path were a route. */
function takes(other: EndpointIntent, endpoint: EndpointIntent, whole: string): boolean {
  const hostsOf = ({ hosts }: EndpointIntent): string[] => (hosts.length === 0 ? [''] : hosts);
  if (!hostsOf(other).some((host) => hostsOf(endpoint).includes(host))) return false;
  if (other.prefix === endpoint.prefix) return sharesMethods(other, endpoint) && sharesHeaders(other, endpoint);
  return isAtOrBelow(other.prefix, endpoint.prefix) && isAtOrBelow(whole, other.prefix);
}

function isAtOrBelow(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}

function sharesMethods(a: EndpointIntent, b: EndpointIntent): boolean {
  return a.methods.length === 0 || b.methods.length === 0 || a.methods.some((method) => b.methods.includes(method));
}

/** Whether a request can have the headers of both. */
function sharesHeaders(a: EndpointIntent, b: EndpointIntent): boolean {
  return a.headers.every(({ name, values }) => {
    const other = b.headers.find((header) => header.name === name);
    return other === undefined || values.some((value) => other.values.includes(value));
  });
}
