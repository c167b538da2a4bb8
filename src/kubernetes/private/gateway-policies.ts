import { type ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { LoadBalancing } from '../../plan/choices';
import type { ServingPlan } from '../../plan/plan';
import { METHOD_NOT_ALLOWED_KEY } from '../../plan/routes';
import type { BackendPlan, EndpointPlan } from '../../plan/serving-plan';
import type { GatewayPolicy, GatewayPolicyValues } from '../gateway-policy';
import { routeKindOf } from './grpc-routes';
import { type Component, labelsOf } from './labels';
import { addObject } from './objects';
import { replicaCookie } from './sticky-cookies';

/** The endpoint or backend that the object of a policy belongs to. */
export interface PolicyOwner {
  readonly scope: Construct;
  readonly component: Component;
  readonly slug: string;
}

/** Adds the object of a policy. Its values are read at synthesis, when they are final. */
export function addPolicy(policy: GatewayPolicy, owner: PolicyOwner, values: () => GatewayPolicyValues): ApiObject {
  const { id, apiVersion, kind, nameSuffix = '' } = policy.props;
  const { scope, component, slug } = owner;
  return addObject(scope, id, {
    apiVersion,
    kind,
    name: `${slug}${nameSuffix}`,
    labels: labelsOf(component, slug, scope).all,
    body: { spec: Lazy.any({ produce: () => policy.specOf(values()) }) },
  });
}

/** The values of one endpoint. */
export function endpointValues(
  plan: ServingPlan,
  endpoint: EndpointPlan,
  routes: string[],
  services: string[],
): GatewayPolicyValues {
  const { methods, path } = endpoint.intent;
  const backends = endpoint.shares.map((share) => plan.backend(share.backend));
  return {
    ...valuesOf(plan, [endpoint], backends),
    routes,
    services,
    allow: methods.length === 0 ? [] : plan.route(path, METHOD_NOT_ALLOWED_KEY).allow,
  };
}

/** The values of one backend, across all of its endpoints. */
export function backendValues(plan: ServingPlan, path: string, service: string): GatewayPolicyValues {
  const endpoints = plan.endpoints.filter(({ shares }) => shares.some(({ backend }) => backend === path));
  return { ...valuesOf(plan, endpoints, [plan.backend(path)]), routes: [], services: [service], allow: [] };
}

function valuesOf(
  plan: ServingPlan,
  endpoints: EndpointPlan[],
  backends: BackendPlan[],
): Omit<GatewayPolicyValues, 'routes' | 'services' | 'allow'> {
  const limits = endpoints.flatMap(({ routes }) => routes.filter(({ shares }) => shares.length > 0));
  const seconds = limits.map(({ timeoutSeconds }) => timeoutSeconds);
  return {
    routeKind: routeKindOf(backends.map(({ intent }) => intent)),
    loadBalancing: backends.every(({ intent }) => intent.loadBalancing === LoadBalancing.ROUND_ROBIN)
      ? LoadBalancing.ROUND_ROBIN
      : LoadBalancing.LEAST_OUTSTANDING_REQUESTS,
    ...stickyReplicaOf(backends),
    idleSeconds: plan.balancer.idle,
    silenceSeconds: Math.max(0, ...endpoints.map(({ silenceSeconds }) => silenceSeconds)),
    requestSeconds: seconds.includes(0) ? 0 : Math.max(0, ...seconds),
    closeConnections: backends.some(({ times }) => times.closeEach),
  };
}

/** The cookie of the only backend. Several backends of one endpoint are refused by the plan. */
function stickyReplicaOf([backend, ...others]: BackendPlan[]): Pick<GatewayPolicyValues, 'stickyReplica'> {
  const seconds = backend?.intent.stickySeconds;
  if (backend === undefined || seconds === undefined || others.length > 0) return {};
  return { stickyReplica: { cookie: replicaCookie(backend.slug), seconds } };
}
