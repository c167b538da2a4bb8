import { join } from 'node:path';
import type { Construct } from 'constructs';
import {
  Duration,
  Gpu,
  HealthCheck,
  HttpMethod,
  Model,
  ModelServer,
  Rollout,
  ScalingTarget,
  ServerImage,
  ServingEndpoint,
} from 'serving-constructs';

const SVM = 'registry.example.com/svm:v1@sha256:5e6f7a8b9c0d1e2f30415263748596a7b8c9dae0f1e2d3c4b5a6978869504132';
const RESNET =
  'registry.example.com/resnet50:v2@sha256:9a8b7c6d5e4f30214365870fa9bccbde0f1e2d3c4b5a69788695041322314150';

/** One address for two implementations, each with half of the requests. */
export function imageClassifier(scope: Construct): ServingEndpoint {
  const endpoint = new ServingEndpoint(scope, 'image classifier', {
    path: '/predict',
    methods: [HttpMethod.POST],
    requestTimeout: Duration.seconds(60),
  });
  const svm = endpoint.addBackend('SVM:v1', {
    image: ServerImage.fromRegistry(SVM),
    server: ModelServer.wsgi({ app: 'app:app' }),
  });
  svm.autoscale({ minReplicas: 2, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] });
  const resnet = endpoint.addBackend('ResNet50:v2', {
    image: ServerImage.fromRegistry(RESNET),
    server: ModelServer.asgi({ app: 'serve:app' }),
    // `serving lock models/resnet50 --to s3://example-models` wrote its digest into serving.lock.json.
    model: Model.fromDirectory('models/resnet50', { path: 'resnet50', lockFile: join(__dirname, 'serving.lock.json') }),
    environment: { MODEL_DIR: '/models/resnet50' },
    gpu: Gpu.nvidia({ count: 1 }),
    rollout: Rollout.surge(), // requires a second GPU during a deployment
    healthCheck: HealthCheck.http('/healthz'),
    maxConcurrency: 4,
  });
  endpoint.splitTraffic({
    shares: [
      { backend: svm, weight: 0.5 },
      { backend: resnet, weight: 0.5 },
    ],
  });
  return endpoint;
}
