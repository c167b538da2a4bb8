import type { EndpointIntent } from '../intents';

/** The longest silence that a request of the endpoint may keep, in seconds. */
export function silenceOf(endpoint: EndpointIntent): number {
  const { heartbeatSeconds = 0, streamSeconds = 0 } = endpoint;
  return Math.max(endpoint.requestTimeoutSeconds, Math.min(2 * heartbeatSeconds, streamSeconds));
}

/** The longest that a request of the endpoint may last, streams included, in seconds. */
export function longestOf(endpoint: EndpointIntent): number {
  return Math.max(endpoint.requestTimeoutSeconds, endpoint.streamSeconds ?? 0);
}

/** The prop that asks for the longest request, as the user typed it. */
export function promptOf(endpoints: EndpointIntent[], request: number): string {
  const streams = endpoints.some((endpoint) => Math.ceil(endpoint.streamSeconds ?? 0) === request);
  return streams ? `'maxDuration' (${request} s) of 'streaming'` : `'requestTimeout' (${request} s)`;
}
