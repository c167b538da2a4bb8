import { join } from 'node:path';
import type { Construct } from 'constructs';
import {
  Duration,
  HealthCheck,
  Model,
  ModelServer,
  OwnAddress,
  ServerImage,
  ServingEndpoint,
} from 'serving-constructs';

/** The digest of the code, as the registry reports it after the push. */
const IMAGE =
  'registry.example.com/sentiment:1@sha256:0e5f1c7d9c4a4b6e8f2d3a1b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f';

/**
 * A Flask application and its web page at one static address, round robin over two versions of its model. Each version
 * also has its own address.
 */
export function sentiment(scope: Construct): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'sentiment', {
    description: 'Classifies a short text as positive or negative',
    path: '/sentiment',
    stripPrefix: true,
    requestTimeout: Duration.seconds(30),
  });
  for (const version of ['v1', 'v2']) {
    endpoint.addBackend(version, {
      image: ServerImage.fromRegistry(IMAGE),
      server: ModelServer.wsgi({ app: 'app', workers: 2 }),
      // `serving lock models/v1 models/v2 --to s3://example-models` wrote their digests into serving.lock.json.
      model: Model.fromDirectory(`models/${version}`, {
        name: 'sentiment',
        description: `Word weights, version ${version}`,
        path: 'sentiment',
        lockFile: join(__dirname, 'serving.lock.json'),
      }),
      environment: { SENTIMENT_MODEL: '/models/sentiment' },
      healthCheck: HealthCheck.http('/'),
      loadTimeout: Duration.minutes(1),
      replicas: 2,
      ownAddress: OwnAddress.PATH,
    });
  }
  return endpoint;
}
