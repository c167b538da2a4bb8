import type { EndpointIntent } from '../intents';
import { MARGIN_SECONDS } from '../rules';
import type { TargetProfile } from '../target-profile';

/** The longest silence in a request of the endpoint, in seconds. */
export function silenceOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, pulseOf(endpoint));
}

/** The longest silence timeout of the routes of an endpoint in seconds, if the target supports one. */
export function routeSilenceOf(endpoint: EndpointIntent, target: Pick<TargetProfile, 'requestMarginSeconds'>): number {
  const pulse = pulseOf(endpoint);
  return Math.max(limitAfter(endpoint.requestTimeoutSeconds, target), pulse === 0 ? 0 : limitAfter(pulse, {}));
}

/** When a request of this time ends: in whole seconds, unless the target enforces the time itself. */
export function limitAfter(
  seconds: number,
  { requestMarginSeconds: margin = MARGIN_SECONDS }: Pick<TargetProfile, 'requestMarginSeconds'>,
): number {
  return margin < MARGIN_SECONDS ? seconds + margin : Math.ceil(seconds) + margin;
}

/** Twice the heartbeat of the endpoint's streams, so that one can be late, but at most the length of a stream. */
export function pulseOf({ heartbeatSeconds = 0, streamSeconds = 0 }: EndpointIntent): number {
  return Math.min(2 * heartbeatSeconds, streamSeconds);
}

/** The longest request of the endpoint, streams included, in seconds. */
export function longestOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, endpoint.streamSeconds ?? 0);
}

/** The longest request of the endpoint that a stopping replica must complete, in seconds. */
export function drainedOf(endpoint: EndpointIntent): number {
  return endpoint.cutOnStop ? endpoint.requestTimeoutSeconds : longestOf(endpoint);
}

/** The prop that sets `seconds`, for messages. */
export function durationProp(endpoints: EndpointIntent[], seconds: number): string {
  const streams = endpoints.some((endpoint) => Math.ceil(endpoint.streamSeconds ?? 0) === seconds);
  return streams ? `'maxDuration' (${seconds} s) of 'streaming'` : `'requestTimeout' (${seconds} s)`;
}

/** The endpoint with the largest measure. */
export function mostOf(
  endpoints: EndpointIntent[],
  measure: (endpoint: EndpointIntent) => number,
): EndpointIntent | undefined {
  return endpoints.reduce<EndpointIntent | undefined>(
    (most, endpoint) => (most === undefined || measure(endpoint) > measure(most) ? endpoint : most),
    undefined,
  );
}
