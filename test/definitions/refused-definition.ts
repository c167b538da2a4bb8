import type { Construct } from 'constructs';
import { type BackendOptions, ModelServer, ServerImage, ServingEndpoint, type ServingEndpointProps } from '../../src';
import type { ErrorCode } from '../../src/private/error-codes';
import type { TargetName } from './targets';

/** A definition that must be refused. */
export interface RefusedDefinition {
  readonly name: string;
  readonly code: ErrorCode;
  /** The message after the code, including the path. */
  readonly message: string;
  /** The targets that refuse it with this message. @default - every target */
  readonly on?: readonly TargetName[];
  /** The targets that accept it. @default - none; targets in neither list are not tested */
  readonly acceptedOn?: readonly TargetName[];
  readonly define: (scope: Construct) => void;
}

/** Minimal options of a backend, with the changes of a case. */
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
