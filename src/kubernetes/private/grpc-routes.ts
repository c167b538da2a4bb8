import { ServerProtocol } from '../../plan/choices';
import type { BackendIntent } from '../../plan/intents';
import type { HttpRouteMatch, HttpRoutePart, HttpRouteRule } from './http-routes';

/** A call that a GRPCRoute matches. */
export interface GrpcRouteMatch {
  readonly method?: { readonly type: 'Exact'; readonly service: string; readonly method?: string };
  readonly headers?: HttpRouteMatch['headers'];
}

/** A rule of a GRPCRoute, which has no timeout and no rewrite. */
export interface GrpcRouteRule {
  readonly matches: GrpcRouteMatch[];
  readonly backendRefs?: HttpRouteRule['backendRefs'];
}

/** The hosts and rules of one GRPCRoute. */
export interface GrpcRoutePart {
  readonly hostnames?: string[];
  readonly rules: GrpcRouteRule[];
}

/** The kind of the routes to these backends, which all have the same protocol. */
export function routeKindOf(backends: readonly Pick<BackendIntent, 'protocol'>[]): 'GRPCRoute' | 'HTTPRoute' {
  return backends.some(({ protocol }) => protocol === ServerProtocol.GRPC) ? 'GRPCRoute' : 'HTTPRoute';
}

/** The GRPCRoute of the same rules as an HTTPRoute. Their paths consist of a service, or a service and a method. */
export function grpcRoutePart({ hostnames, rules }: HttpRoutePart): GrpcRoutePart {
  return {
    hostnames,
    rules: rules.map(({ matches, backendRefs }) => ({ matches: matches.map(callOf), backendRefs })),
  };
}

function callOf({ path, headers }: HttpRouteMatch): GrpcRouteMatch {
  const [service, method] = path.value.split('/').slice(1);
  return { method: service === '' || service === undefined ? undefined : { type: 'Exact', service, method }, headers };
}
