import { join } from 'node:path';
import type { Construct } from 'constructs';
import {
  Duration,
  HealthCheck,
  HttpMethod,
  Model,
  ModelServer,
  ServerImage,
  ServingEndpoint,
} from 'serving-constructs';

const IMAGE = 'registry.example.com/digits:v1@sha256:3c9f0a1b2d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';

/** Two endpoints with one image and one model: a WSGI function on a custom port, and a server with a custom command. */
export function digits(scope: Construct): ServingEndpoint[] {
  const image = ServerImage.fromRegistry(IMAGE);
  // `serving lock models/digits --to s3://example-models` wrote its digest into serving.lock.json.
  const model = Model.fromDirectory('models/digits', {
    name: 'model',
    description: 'Handwritten digits, 8 x 8 pixels',
    path: 'digits',
    lockFile: join(__dirname, 'serving.lock.json'),
    fetchTimeout: Duration.minutes(1),
  });
  const environment = { DIGITS_MODEL: '/models/digits/digits.npz' };

  const predict = new ServingEndpoint(scope, 'digits', {
    description: 'Reads a handwritten digit',
    path: '/digits',
    methods: [HttpMethod.POST],
    stripPrefix: true,
  });
  predict.addBackend('predict', {
    image,
    server: ModelServer.wsgi({ app: 'predict_wsgi:predict_wsgi' }),
    port: 1453,
    model,
    environment,
  });

  const explain = new ServingEndpoint(scope, 'explain', {
    description: 'Explains why a picture is read as a digit',
    path: '/explain',
    stripPrefix: true,
  });
  explain.addBackend('explain', {
    image,
    server: ModelServer.command({
      command: ['python', '-m', 'explain', '--keep-alive', '4010', '--drain', '60'],
      behavior: { drains: true, keepAlive: Duration.seconds(4010), listensWhenReady: true },
    }),
    model,
    environment: { ...environment, DIGITS_URL: predict.internalUrl },
    healthCheck: HealthCheck.http('/healthz'),
  });
  return [predict, explain];
}
