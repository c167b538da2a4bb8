import type { IConstruct } from 'constructs';
import type { ServingPlatform } from './serving-platform';

/** An endpoint, for what refers to one. */
export interface IServingEndpoint extends IConstruct {
  /** The name for people. */
  readonly endpointName: string;
  /** The platform that serves it. */
  readonly platform: ServingPlatform;
}

/** A backend, for what refers to one. */
export interface IBackend extends IConstruct {
  /** The name for people. */
  readonly backendName: string;
  /** The platform that runs it. */
  readonly platform: ServingPlatform;
}
