import { LoadBalancing } from '../../plan/choices';
import type { ServingPlan } from '../../plan/plan';
import type { EndpointPlan } from '../../plan/serving-plan';
import { durationOf } from './http-routes';

/** The API group of Envoy Gateway. */
export const ENVOY_GROUP = 'gateway.envoyproxy.io';

/** The version of its policies. */
export const ENVOY_VERSION = `${ENVOY_GROUP}/v1alpha1`;

/** How Envoy sends the requests of one endpoint to its servers. Retries are off unless a policy turns them on. */
export interface BackendTrafficPolicySpec {
  readonly targetRefs: { readonly group: string; readonly kind: string; readonly name: string }[];
  readonly loadBalancer: { readonly type: 'RoundRobin' | 'LeastRequest' };
  readonly timeout: { readonly http: { readonly connectionIdleTimeout: string; readonly streamIdleTimeout: string } };
  readonly circuitBreaker?: { readonly maxRequestsPerConnection: number };
}

/** The policy of an endpoint's routes: algorithm, idle connections and silence. */
export function trafficPolicySpec(
  plan: ServingPlan,
  endpoint: EndpointPlan,
  routes: string[],
): BackendTrafficPolicySpec {
  const backends = endpoint.shares.map((share) => plan.backend(share.backend));
  const roundRobin = backends.every(({ intent }) => intent.loadBalancing === LoadBalancing.ROUND_ROBIN);
  return {
    targetRefs: routes.map((name) => ({ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name })),
    loadBalancer: { type: roundRobin ? 'RoundRobin' : 'LeastRequest' },
    timeout: {
      http: {
        connectionIdleTimeout: durationOf(plan.balancer.idle),
        streamIdleTimeout: durationOf(endpoint.silenceSeconds),
      },
    },
    circuitBreaker: backends.some(({ times }) => times.closeEach) ? { maxRequestsPerConnection: 1 } : undefined,
  };
}

/** An answer that Envoy gives itself. */
export interface HttpRouteFilterSpec {
  readonly directResponse: {
    readonly statusCode: number;
    readonly contentType: string;
    readonly body: { readonly type: 'Inline'; readonly inline: string };
    readonly header: { readonly set: { readonly name: string; readonly value: string }[] };
  };
}

/** The 405 of an endpoint, with the methods that its path has. */
export function methodNotAllowedSpec(allow: string[]): HttpRouteFilterSpec {
  return {
    directResponse: {
      statusCode: 405,
      contentType: 'text/plain',
      body: { type: 'Inline', inline: 'method not allowed' },
      header: { set: [{ name: 'Allow', value: allow.join(', ') }] },
    },
  };
}
