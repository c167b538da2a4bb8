import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { Rendered } from '../private/rendered';

/**
 * The objects of an endpoint, without those of its backends.
 *
 * @internal
 */
export interface EndpointObjects {
  readonly httpRoutes: ApiObject[];
  readonly policies: ApiObject[];
  readonly methodNotAllowed?: ApiObject;
}

const OBJECTS = new Rendered<EndpointObjects>('kubernetesEndpoint');

/** The Kubernetes objects of an endpoint. Behind the built-in router there are none. */
export class KubernetesEndpoint {
  /** The Kubernetes objects of an endpoint. */
  public static of(endpoint: ServingEndpoint): KubernetesEndpoint {
    checkValue('ServingEndpoint', endpoint, 'endpoint');
    const objects = OBJECTS.of(endpoint);
    if (objects === undefined) {
      throw new ServingError(
        'WrongPlatform',
        `endpoint '${endpoint.endpointName}' is on platform '${endpoint.platform.kind}', not on Kubernetes`,
        endpoint,
      );
    }
    return new KubernetesEndpoint(objects);
  }

  /** @internal */
  public static _register(scope: IConstruct, objects: EndpointObjects): void {
    OBJECTS.set(scope, objects);
  }

  private constructor(private readonly objects: EndpointObjects) {}

  /** The HTTPRoutes created so far, in the order of their rules; empty behind the built-in router. */
  public get httpRoutes(): ApiObject[] {
    return [...this.objects.httpRoutes];
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
