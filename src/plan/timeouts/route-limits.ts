import { capabilityOf } from '../capabilities';
import type { EndpointIntent } from '../intents';
import { hasRouteTimes } from '../path-times';
import { Feature, SupportLevel, type TargetProfile } from '../target-profile';
import { limitAfter, pulseOf, routeSilenceOf } from './demand';
import type { RouteLimits } from './hops';
import type { LadderRows } from './ladder';
import { ROUTE_SILENCE, ROUTE_TIMEOUT } from './relations';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** Whether the routes of a target end a request after a time even if data arrives. */
export function limitsWholeRequests(target: TargetProfile): boolean {
  const { level } = capabilityOf(target, Feature.REQUEST_TIMEOUT);
  return target.requestTimeout && (level === SupportLevel.NATIVE || level === SupportLevel.EMULATED);
}

/** Whether the routes of a target end a request on which no data arrives for a time. */
export function limitsSilence({ requestTimeout, silenceTimeout, idle }: TargetProfile): boolean {
  return silenceTimeout ?? (requestTimeout && !idle.cutsSilence);
}

/** The limits of the routes of these endpoints, each only if the target enforces it as what it is called. */
export function limitsOf(target: TargetProfile, endpoints: EndpointIntent[]): RouteLimits {
  if (endpoints.length === 0) return { silence: ENDLESS, request: ENDLESS };
  return {
    silence: limitsSilence(target) ? Math.max(...endpoints.map((one) => routeSilenceOf(one, target))) : ENDLESS,
    request: limitsWholeRequests(target) ? Math.max(...endpoints.map((one) => totalOf(one, target))) : ENDLESS,
  };
}

/** The longest request of the routes of an endpoint, in seconds; streams have no limit. */
function totalOf({ requestTimeoutSeconds, streamSeconds }: EndpointIntent, target: TargetProfile): number {
  return streamSeconds === undefined ? limitAfter(requestTimeoutSeconds, target) : ENDLESS;
}

/** Adds the limits of the routes of these endpoints. */
export function addRouteLimits(rows: LadderRows, { silence, request }: RouteLimits, endpoints: EndpointIntent[]): void {
  rows.add(ROUTE_TIMEOUT, request, 'E2');
  rows.add(ROUTE_SILENCE, silence, silenceRule(endpoints));
}

/**
 * Adds the limits of paths with their own time. Where routes limit whole requests, their silence limit is the same for all
 * paths of an endpoint.
 */
export function addPathLimits(rows: LadderRows, target: TargetProfile, endpoint: EndpointIntent): void {
  const { pathTimes = [], ownTimeoutSeconds } = endpoint;
  if (!hasRouteTimes(target)) return;
  const isTotal = limitsWholeRequests(target);
  const add = (path: string, requestTimeoutSeconds: number): void => {
    const part = { ...endpoint, requestTimeoutSeconds };
    const { silence, request } = limitsOf(target, [part]);
    if (isTotal) rows.add(`${ROUTE_TIMEOUT} for ${path}`, request, 'E2');
    else rows.add(`${ROUTE_SILENCE} for ${path}`, silence, silenceRule([part]));
  };
  for (const { path, requestTimeoutSeconds } of pathTimes) add(path, requestTimeoutSeconds);
  if (ownTimeoutSeconds !== undefined) add('other paths', ownTimeoutSeconds);
}

/** The rule that determines the silence limit of routes: that of requests, or that of the heartbeats of streams. */
function silenceRule(endpoints: EndpointIntent[]): 'R2' | 'E3' {
  const request = Math.max(...endpoints.map(({ requestTimeoutSeconds }) => requestTimeoutSeconds));
  return Math.max(...endpoints.map(pulseOf)) > request ? 'E3' : 'R2';
}
