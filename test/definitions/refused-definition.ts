import type { Construct } from 'constructs';
import { type BackendOptions, ModelServer, ServerImage, ServingEndpoint, type ServingEndpointProps } from '../../src';
import type { ErrorCode } from '../../src/private/error-codes';
import type { TargetName } from './targets';

/** A definition that must be refused. */
export interface RefusedDefinition {
  readonly name: string;
  readonly code: ErrorCode;
  /** The message after the code, path included. */
  readonly message: string;
  /** The targets that refuse it with this message. @default - every one */
  readonly on?: readonly TargetName[];
  /** The targets that accept it. @default - none; where it names things of one target, the others do not matter */
  readonly acceptedOn?: readonly TargetName[];
  readonly define: (scope: Construct) => void;
}

/** The least that a backend needs, and what a case changes. */
export const options = (change: Partial<BackendOptions> = {}): BackendOptions => ({
  image: ServerImage.fromRegistry('acme/svm:1.4.2'),
  server: ModelServer.wsgi({ app: 'app' }),
  ...change,
});

/** An endpoint with one backend. */
export const one = (scope: Construct, change: Partial<BackendOptions> = {}, props: ServingEndpointProps = {}) => {
  const endpoint = new ServingEndpoint(scope, 'endpoint', props);
  const backend = endpoint.addBackend('v1', options(change));
  return { endpoint, backend };
};
