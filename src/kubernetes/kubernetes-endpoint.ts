import type { ApiObject } from 'cdk8s';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { ENDPOINT_OBJECTS, type EndpointObjects } from './rendered';

/** The Kubernetes objects of an endpoint. Behind the built-in router there are none. */
export class KubernetesEndpoint {
  /** The Kubernetes objects of an endpoint. */
  public static of(endpoint: ServingEndpoint): KubernetesEndpoint {
    return new KubernetesEndpoint(ENDPOINT_OBJECTS.of(endpoint));
  }

  private constructor(private readonly objects: EndpointObjects) {}

  /** The HTTPRoutes created so far, in the order of their rules; empty behind the built-in router. */
  public get httpRoutes(): ApiObject[] {
    return this.objects.routes.filter(({ kind }) => kind === 'HTTPRoute');
  }

  /** The GRPCRoutes created so far, if the backends serve gRPC; empty behind the built-in router. */
  public get grpcRoutes(): ApiObject[] {
    return this.objects.routes.filter(({ kind }) => kind === 'GRPCRoute');
  }

  /**
   * The objects that configure the gateway for this endpoint, such as the BackendTrafficPolicy of Envoy Gateway.
   *
   * @example
   * declare const endpoint: ServingEndpoint;
   * const [policy] = kubernetes.KubernetesEndpoint.of(endpoint).gatewayPolicies;
   * policy?.addJsonPatch(cdk8s.JsonPatch.add('/spec/compressor', [{ type: 'Gzip' }]));
   */
  public get gatewayPolicies(): ApiObject[] {
    return [...this.objects.policies];
  }

  /** The filter that answers with 405, such as the HTTPRouteFilter of Envoy Gateway; undefined without `methods`. */
  public get methodNotAllowedFilter(): ApiObject | undefined {
    return this.objects.methodNotAllowed;
  }
}
