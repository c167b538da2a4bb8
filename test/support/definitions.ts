import { RootConstruct } from 'constructs';
import type { BackendOptions } from '../../src/constructs/backend-options';
import type { ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ModelServer } from '../../src/servers/model-server';
import { ServerImage } from '../../src/workload/server-image';
import { TestPlatform, type TestPlatformProps } from './test-platform';

/** An image reference that never moves. */
export const IMAGE = `acme/svm@sha256:${'0a'.repeat(32)}`;

/** The least that a backend needs, and what a test changes. */
export function backendOptions(change: Partial<BackendOptions> = {}): BackendOptions {
  return { image: ServerImage.fromRegistry(IMAGE), server: ModelServer.wsgi({ app: 'app' }), ...change };
}

/** A tree of its own with the test platform. */
export function testPlatform(props: TestPlatformProps = {}): TestPlatform {
  return new TestPlatform(new RootConstruct(), 'Platform', props);
}

/** An endpoint on a platform, beside it in the tree. */
export function endpointOn(platform: TestPlatform, id = 'endpoint', props: ServingEndpointProps = {}): ServingEndpoint {
  return new ServingEndpoint(platform.node.root as RootConstruct, id, props);
}

/** An endpoint with one backend on a platform of its own. */
export function singleBackend(options: Partial<BackendOptions> = {}, props: ServingEndpointProps = {}) {
  const platform = testPlatform();
  const endpoint = endpointOn(platform, 'endpoint', props);
  const backend = endpoint.addBackend('backend', backendOptions(options));
  return { platform, endpoint, backend };
}
