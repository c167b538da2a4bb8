import type { Construct } from 'constructs';
import {
  Duration,
  HealthCheck,
  HttpMethod,
  Model,
  ModelServer,
  ScalingTarget,
  ServerImage,
  ServingEndpoint,
  type ServingPlatform,
} from 'serving-constructs';
import type { FleetEndpoint } from '../fleet';

/** One model endpoint, the same for both targets. */
export function addEndpoint(scope: Construct, platform: ServingPlatform, { name, hasCanary }: FleetEndpoint): void {
  const endpoint = new ServingEndpoint(scope, name, {
    platform,
    path: `/${name}`,
    methods: [HttpMethod.POST],
    requestTimeout: Duration.seconds(60),
  });
  const stable = endpoint.addBackend('v1', {
    image: ServerImage.fromRegistry(`registry.example.com/${name}:1.4.2`),
    server: ModelServer.wsgi({ app: 'app:app' }),
    model: Model.fromS3(`s3://example-models/${name}/v1/`, { path: name }),
    healthCheck: HealthCheck.http('/healthz'),
  });
  stable.autoscale({ minReplicas: 2, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] });
  if (!hasCanary) return;
  const next = endpoint.addBackend('v2', {
    image: ServerImage.fromRegistry(`registry.example.com/${name}:2.0.0`),
    server: ModelServer.asgi({ app: 'serve:app' }),
  });
  endpoint.splitTraffic({
    shares: [
      { backend: stable, weight: 9 },
      { backend: next, weight: 1 },
    ],
  });
}
