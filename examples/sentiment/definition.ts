import type { Construct } from 'constructs';
import { Duration, HealthCheck, Model, ModelServer, ServerImage, ServingEndpoint } from 'serving-constructs';

/** The digest of each version, as the registry reports it after the push. */
const VERSIONS = {
  v1: 'registry.example.com/sentiment:v1@sha256:0e5f1c7d9c4a4b6e8f2d3a1b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f',
  v2: 'registry.example.com/sentiment:v2@sha256:7b1d9e3f5a2c4e6081a3b5c7d9ebfd0f2143658709badcfe1032547698badcfe',
};

/**
 * A Flask application and its web page under one static address, round robin over two versions; each version also has an
 * address of its own.
 */
export function sentiment(scope: Construct): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'sentiment', {
    description: 'Says whether a short text is positive or negative',
    path: '/sentiment',
    stripPrefix: true,
    requestTimeout: Duration.seconds(30),
  });
  for (const [version, image] of Object.entries(VERSIONS)) {
    endpoint.addBackend(version, {
      image: ServerImage.fromRegistry(image),
      server: ModelServer.wsgi({ app: 'app', workers: 2 }),
      model: Model.inImage('model', { name: 'sentiment', description: `Word weights, version ${version}` }),
      healthCheck: HealthCheck.http('/'),
      loadTimeout: Duration.minutes(1),
      replicas: 2,
      ownUrl: true,
    });
  }
  return endpoint;
}
