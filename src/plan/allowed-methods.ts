import type { EndpointIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';

/** The path and host of an endpoint's requests, one for each host, without methods and headers. */
function placesOf(endpoint: EndpointIntent): string[] {
  return (endpoint.hosts.length === 0 ? [''] : endpoint.hosts).map((host) => JSON.stringify([endpoint.prefix, host]));
}

/** The methods in the `Allow` header of each endpoint's 405. Endpoints that match the same requests are refused. */
export function allowedMethods(endpoints: EndpointIntent[], refusals: Refusal[]): Map<string, string[]> {
  const places = new Map<string, EndpointIntent[]>();
  for (const endpoint of endpoints) {
    const rivals = placesOf(endpoint).flatMap((place) => {
      const others = places.get(place) ?? [];
      places.set(place, [...others, endpoint]);
      return others
        .filter((other) => methodsOverlap(other, endpoint) && headersOverlap(other, endpoint))
        .map((other) => ({ other, host: JSON.parse(place)[1] as string }));
    });
    const [rival] = rivals;
    if (rival === undefined) continue;
    const { other, host } = rival;
    refuse(
      refusals,
      'DuplicateRoute',
      endpoint.path,
      `endpoints '${endpoint.name}' and '${other.name}' (${other.path}) match the same requests: both have path '${endpoint.prefix}'${host && ` on host '${host}'`}; use another path, host, method or header for one of them`,
    );
  }
  return new Map(
    endpoints.map((endpoint) => {
      const neighbors = placesOf(endpoint).flatMap((place) => places.get(place) ?? []);
      const methods = neighbors
        .filter((other) => other.headers.length === 0 || headersOverlap(other, endpoint))
        .flatMap((other) => other.methods);
      return [endpoint.path, [...new Set(methods)].sort()] as const;
    }),
  );
}

/** Whether both match the same headers, each with a value in common. */
function headersOverlap(a: EndpointIntent, b: EndpointIntent): boolean {
  return (
    a.headers.length === b.headers.length &&
    a.headers.every((header) =>
      b.headers.some(
        (other) => other.name === header.name && other.values.some((value) => header.values.includes(value)),
      ),
    )
  );
}

function methodsOverlap(a: EndpointIntent, b: EndpointIntent): boolean {
  if (a.methods.length === 0 || b.methods.length === 0) return a.methods.length === b.methods.length;
  return a.methods.some((method) => b.methods.includes(method));
}
