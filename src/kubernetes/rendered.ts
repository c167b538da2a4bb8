import type { ApiObject } from 'cdk8s';
import { Rendered } from '../constructs/private/rendered';

/** The objects of an endpoint, without those of its backends. */
export interface EndpointObjects {
  /** HTTPRoutes, or GRPCRoutes if the backends serve gRPC. */
  readonly routes: ApiObject[];
  readonly policies: ApiObject[];
  readonly methodNotAllowed?: ApiObject;
}

/** The objects of endpoints. */
export const ENDPOINT_OBJECTS = new Rendered<'ServingEndpoint', EndpointObjects>(
  'kubernetesEndpoint',
  'ServingEndpoint',
  'Kubernetes',
);
