import type { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { Rendered } from '../private/rendered';

/**
 * The objects that an endpoint has beside those of its backends.
 *
 * @internal
 */
export interface EndpointObjects {
  readonly httpRoutes: ApiObject[];
  readonly policies: ApiObject[];
  readonly methodNotAllowed?: ApiObject;
}

const OBJECTS = new Rendered<EndpointObjects>('kubernetesEndpoint');

/** What an endpoint became on Kubernetes. Behind the built-in router it has no objects of its own. */
export class KubernetesEndpoint {
  /** The Kubernetes side of an endpoint. */
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

  /** The HTTPRoutes made so far, in the order of their rules; none behind the built-in router. */
  public get httpRoutes(): ApiObject[] {
    return [...this.objects.httpRoutes];
  }

  /** The objects that configure the gateway for this endpoint, such as the BackendTrafficPolicy of Envoy Gateway. */
  public get gatewayPolicies(): ApiObject[] {
    return [...this.objects.policies];
  }

  /** The filter that answers 405, such as the HTTPRouteFilter of Envoy Gateway; none for an endpoint without methods. */
  public get methodNotAllowedFilter(): ApiObject | undefined {
    return this.objects.methodNotAllowed;
  }
}
