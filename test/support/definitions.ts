import { RootConstruct } from 'constructs';
import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ModelServer } from '../../src/servers/model-server';
import { ServerImage } from '../../src/workload/server-image';
import { TestPlatform, type TestPlatformProps } from './test-platform';

/** An immutable image reference. */
export const IMAGE = `acme/svm@sha256:${'0a'.repeat(32)}`;

/** Minimal options of a backend, with the changes of a test. */
export function backendOptions(change: Partial<BackendOptions> = {}): BackendOptions {
  return { image: ServerImage.fromRegistry(IMAGE), server: ModelServer.wsgi({ app: 'app' }), ...change };
}

/** The test platform in its own tree. */
export function testPlatform(props: TestPlatformProps = {}): TestPlatform {
  return new TestPlatform(new RootConstruct(), 'Platform', props);
}

/** An endpoint on a platform, as its sibling in the tree. */
export function endpointOn(platform: TestPlatform, id = 'endpoint', props: ServingEndpointProps = {}): ServingEndpoint {
  return new ServingEndpoint(platform.node.root as RootConstruct, id, props);
}

/** An endpoint with one backend on its own platform. */
export function singleBackend(options: Partial<BackendOptions> = {}, props: ServingEndpointProps = {}) {
  const platform = testPlatform();
  const endpoint = endpointOn(platform, 'endpoint', props);
  const backend = endpoint.addBackend('backend', backendOptions(options));
  return { platform, endpoint, backend };
}
