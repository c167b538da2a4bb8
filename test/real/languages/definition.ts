/** The definition of which `app.py`, `App.java` and `main.go` are translations, and the programs around it. */
import { App, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  type Backend,
  Duration,
  HealthCheck,
  HttpMethod,
  kubernetes,
  Model,
  ModelServer,
  ScalingTarget,
  SecretValue,
  ServerImage,
  ServingEndpoint,
  Size,
} from 'serving-constructs';

function sentiment(scope: Construct): { stable: Backend; next: Backend } {
  const endpoint = new ServingEndpoint(scope, 'sentiment', {
    path: '/sentiment',
    methods: [HttpMethod.POST],
    requestTimeout: Duration.seconds(60),
  });
  const stable = endpoint.addBackend('v1', {
    image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
    server: ModelServer.wsgi({ app: 'app:app' }),
    healthCheck: HealthCheck.http('/healthz'),
    environment: { LOG_LEVEL: 'info' },
    secrets: { TOKEN: SecretValue.fromName('sentiment-token') },
  });
  stable.autoscale({ minReplicas: 2, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] });
  const next = endpoint.addBackend('v2', {
    image: ServerImage.fromRegistry('registry.example.com/sentiment:2.0.0'),
    server: ModelServer.asgi({ app: 'serve:app' }),
    resources: { cpu: 2, memory: Size.gibibytes(4) },
  });
  endpoint.splitTraffic({
    shares: [
      { backend: stable, weight: 9 },
      { backend: next, weight: 1 },
    ],
  });
  return { stable, next };
}

export function writeTemplate(outdir: string): void {
  const app = new App({ outdir, analyticsReporting: false });
  sentiment(new Stack(app, 'Serving'));
  app.synth();
}

export function writeManifests(outdir: string): void {
  const app = new Cdk8sApp({ outdir });
  const { next } = sentiment(new Chart(app, 'serving'));
  kubernetes.KubernetesBackend.of(next).useServiceAccountName('models');
  app.synth();
}

/** The same chart with objects of cdk8s-plus. */
export function writeMixedManifests(outdir: string): void {
  const app = new Cdk8sApp({ outdir });
  const chart = new Chart(app, 'serving');
  const token = new kplus.Secret(chart, 'Token', { stringData: { token: 'synthetic' } });
  const claim = kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'models');
  const endpoint = new ServingEndpoint(chart, 'sentiment', { path: '/sentiment' });
  const backend = endpoint.addBackend('v1', {
    image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
    server: ModelServer.wsgi({ app: 'app:app' }),
    model: Model.fromVolume(kubernetes.ClaimVolume.fromClaim(claim)),
    secrets: { TOKEN: kubernetes.KubernetesSecret.fromSecret(token, 'token') },
  });
  const facade = kubernetes.KubernetesBackend.of(backend);
  facade.useServiceAccount(new kplus.ServiceAccount(chart, 'Account'));
  new kplus.HorizontalPodAutoscaler(chart, 'Scaler', {
    target: facade,
    maxReplicas: 6,
    metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
  });
  app.synth();
}
