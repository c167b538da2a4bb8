import type { EndpointIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';

/** The place of an endpoint's requests on one host, methods and headers aside. */
function placesOf(endpoint: EndpointIntent): string[] {
  return (endpoint.hosts.length === 0 ? [''] : endpoint.hosts).map((host) => JSON.stringify([endpoint.prefix, host]));
}

/** The methods that each endpoint's 405 allows, by endpoint. Two endpoints that want the same requests are refused here. */
export function allowedMethods(endpoints: EndpointIntent[], refusals: Refusal[]): Map<string, string[]> {
  const places = new Map<string, EndpointIntent[]>();
  for (const endpoint of endpoints) {
    const rivals = placesOf(endpoint).flatMap((place) => {
      const others = places.get(place) ?? [];
      places.set(place, [...others, endpoint]);
      return others
        .filter((other) => wantSameMethods(other, endpoint) && wantSameHeaders(other, endpoint))
        .map((other) => ({ other, host: JSON.parse(place)[1] as string }));
    });
    const [rival] = rivals;
    if (rival === undefined) continue;
    const { other, host } = rival;
    refuse(
      refusals,
      'DuplicateRoute',
      endpoint.path,
      `endpoint '${endpoint.name}' wants the requests of endpoint '${other.name}' (${other.path}): both are at path '${endpoint.prefix}'${host && ` of host '${host}'`}; give one another path, host, method or header`,
    );
  }
  return new Map(
    endpoints.map((endpoint) => {
      const neighbours = placesOf(endpoint).flatMap((place) => places.get(place) ?? []);
      const methods = neighbours
        .filter((other) => other.headers.length === 0 || wantSameHeaders(other, endpoint))
        .flatMap((other) => other.methods);
      return [endpoint.path, [...new Set(methods)].sort()] as const;
    }),
  );
}

/** Whether both match the same headers, each with a value in common. */
function wantSameHeaders(a: EndpointIntent, b: EndpointIntent): boolean {
  return (
    a.headers.length === b.headers.length &&
    a.headers.every((header) =>
      b.headers.some(
        (other) => other.name === header.name && other.values.some((value) => header.values.includes(value)),
      ),
    )
  );
}

function wantSameMethods(a: EndpointIntent, b: EndpointIntent): boolean {
  if (a.methods.length === 0 || b.methods.length === 0) return a.methods.length === b.methods.length;
  return a.methods.some((method) => b.methods.includes(method));
}
