import type { IConstruct } from 'constructs';
import type { ServingPlatform } from './serving-platform';

/** A reference to an endpoint. */
export interface IServingEndpoint extends IConstruct {
  /** The name of the endpoint. */
  readonly endpointName: string;
  /** The platform that serves the endpoint. */
  readonly platform: ServingPlatform;
}

/** A reference to a backend. */
export interface IBackend extends IConstruct {
  /** The name of the backend. */
  readonly backendName: string;
  /** The platform that runs the backend. */
  readonly platform: ServingPlatform;
}
