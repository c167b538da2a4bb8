import type { EndpointIntent } from '../intents';

/** The longest silence that a request of the endpoint may keep, in seconds. */
export function silenceOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, pulseOf(endpoint));
}

/** Twice the heartbeat of the endpoint's streams, so that one may be late, but no longer than a stream lasts. */
export function pulseOf({ heartbeatSeconds = 0, streamSeconds = 0 }: EndpointIntent): number {
  return Math.min(2 * heartbeatSeconds, streamSeconds);
}

/** The longest that a request of the endpoint may last, streams included, in seconds. */
export function longestOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, endpoint.streamSeconds ?? 0);
}

/** The longest that a leaving replica may have to work on a request of the endpoint, in seconds. */
export function drainedOf(endpoint: EndpointIntent): number {
  return endpoint.cutOnStop ? endpoint.requestTimeoutSeconds : longestOf(endpoint);
}

/** The prop that asks for `seconds`, as the user typed it. */
export function promptOf(endpoints: EndpointIntent[], seconds: number): string {
  const streams = endpoints.some((endpoint) => Math.ceil(endpoint.streamSeconds ?? 0) === seconds);
  return streams ? `'maxDuration' (${seconds} s) of 'streaming'` : `'requestTimeout' (${seconds} s)`;
}

/** The endpoint that asks most of what `measure` says. */
export function mostOf(
  endpoints: EndpointIntent[],
  measure: (endpoint: EndpointIntent) => number,
): EndpointIntent | undefined {
  return endpoints.reduce<EndpointIntent | undefined>(
    (most, endpoint) => (most === undefined || measure(endpoint) > measure(most) ? endpoint : most),
    undefined,
  );
}
