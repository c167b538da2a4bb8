import { ServerProtocol } from './choices';
import type { BackendIntent, CorsIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';
import type { TargetProfile } from './target-profile';

/** Refuses endpoints whose preflight requests cannot be distinguished although they are answered differently. */
export function refuseCors(target: TargetProfile, endpoints: EndpointIntent[], refusals: Refusal[]): void {
  endpoints.forEach((endpoint, index) => {
    const rival = endpoints
      .slice(0, index)
      .find((other) => isDifferent(other.cors, endpoint.cors) && (target.sharesCors || haveSamePlace(other, endpoint)));
    if (rival !== undefined)
      refuse(
        refusals,
        'ConflictingProps',
        endpoint.path,
        target.sharesCors
          ? `endpoints '${rival.name}' and '${endpoint.name}' have different 'cors', which ${target.name} adds to the responses of all endpoints; set the same for both, or use a platform of its own for one`
          : `endpoints '${rival.name}' and '${endpoint.name}' have the path '${endpoint.prefix}' but different 'cors', and a preflight request matches both; set the same for both`,
      );
    const { minCorsMaxAgeSeconds: min = 0 } = target;
    const { origins = [], maxAgeSeconds = min } = endpoint.cors ?? {};
    if (maxAgeSeconds < min)
      refuse(
        refusals,
        'Unsupported',
        endpoint.path,
        `'maxAge' (${maxAgeSeconds} s) of 'cors' must be at least ${min} s for ${target.name}; use ${min} s, or omit it`,
      );
    if (target.sharesCors && origins.length > 1)
      refuse(
        refusals,
        'Unsupported',
        endpoint.path,
        `'allowOrigins' (${origins.join(', ')}) of 'cors' must be a single origin for ${target.name}, which sends the same header in every response; use one origin or '*', or let the server answer`,
      );
  });
}

/** Refuses cross-origin requests to gRPC, which browsers cannot send. */
export function refuseCorsOfCalls(endpoint: EndpointIntent, backends: BackendIntent[], refusals: Refusal[]): void {
  const called = backends.find(({ protocol }) => protocol === ServerProtocol.GRPC);
  if (endpoint.cors === undefined || called === undefined) return;
  refuse(
    refusals,
    'ConflictingProps',
    endpoint.path,
    `'cors' of endpoint '${endpoint.name}' has no effect, because backend '${called.name}' serves gRPC, which browsers do not support; remove it`,
  );
}

/** The cross-origin requests of an endpoint, with the methods of all endpoints that the same answer is for. */
export function sharedCors(
  target: TargetProfile,
  endpoint: EndpointIntent,
  endpoints: EndpointIntent[],
): CorsIntent | undefined {
  if (endpoint.cors === undefined) return undefined;
  const sharing = endpoints.filter((other) => target.sharesCors || haveSamePlace(other, endpoint));
  return { ...endpoint.cors, methods: [...new Set(sharing.flatMap(({ cors }) => cors?.methods ?? []))] };
}

/** Whether they differ in more than their methods. */
function isDifferent(a: CorsIntent | undefined, b: CorsIntent | undefined): boolean {
  return JSON.stringify({ ...a, methods: [] }) !== JSON.stringify({ ...b, methods: [] });
}

function haveSamePlace(a: EndpointIntent, b: EndpointIntent): boolean {
  const hostsOf = ({ hosts }: EndpointIntent): string[] => (hosts.length === 0 ? [''] : hosts);
  return a.prefix === b.prefix && hostsOf(a).some((host) => hostsOf(b).includes(host));
}
