/** One of every resource that the AWS target renders, in three stacks. */
import { type App, Stack } from 'aws-cdk-lib';
import {
  aws,
  Backend,
  Duration,
  Gpu,
  HealthCheck,
  HttpMethod,
  Model,
  ModelServer,
  Rollout,
  ScalingTarget,
  SecretValue,
  ServerImage,
  ServingEndpoint,
  Size,
} from '../../src';
import { OwnAddress } from '../../src/plan/choices';
import { backendOptions } from './definitions';

export function everything(app: App, props: aws.EcsPlatformProps = {}): aws.EcsPlatform {
  const [shared, models, routes] = ['Shared', 'Models', 'Routes'].map((id) => new Stack(app, id));
  const platform = new aws.EcsPlatform(shared!, 'Platform', props);

  const svm = new Backend(models!, 'SVM:v1', {
    ...backendOptions(),
    platform,
    description: 'a support vector machine',
    models: [
      Model.fromS3('s3://models-of-acme/svm/v1.npz'),
      Model.fromS3('s3://models-of-acme/words/', { path: 'words' }),
    ],
    secrets: { TOKEN: SecretValue.fromName('models/token', { key: 'value' }) },
    rollout: Rollout.surge({ percent: 25 }),
  });
  svm.autoscale({
    minReplicas: 2,
    maxReplicas: 8,
    targets: [
      ScalingTarget.cpuUtilization(60),
      ScalingTarget.memoryUtilization(70),
      ScalingTarget.requestsPerSecond(20),
      ScalingTarget.ongoingRequests(4),
    ],
  });
  const resnet = new Backend(models!, 'ResNet50:v2', {
    ...backendOptions(),
    platform,
    image: ServerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/models/resnet50:v2'),
    server: ModelServer.asgi({ app: 'serve:app' }),
    healthCheck: HealthCheck.http('/healthz', {
      liveness: { path: '/live', interval: Duration.seconds(23), timeout: Duration.seconds(7) },
    }),
    model: Model.fromS3('s3://models-of-acme/resnet50/v2/'),
    gpu: Gpu.nvidia(),
    resources: { ephemeralStorage: Size.gibibytes(60) },
  });

  const endpoint = new ServingEndpoint(routes!, 'image classifier', {
    platform,
    path: '/classify',
    hosts: ['models.example.com', '*.example.org'],
    methods: [HttpMethod.POST, HttpMethod.PUT],
    stripPrefix: true,
    requestTimeout: Duration.seconds(90),
  });
  endpoint.attachBackend(svm);
  endpoint.attachBackend(resnet, { ownAddress: OwnAddress.PATH });
  endpoint.splitTraffic({
    shares: [
      { backend: svm, weight: 0.75 },
      { backend: resnet, weight: 0.25 },
    ],
    headerRules: [
      { header: 'x-serve-call-method', value: 'explain', path: '/explain' },
      { header: 'x-group', value: 'beta', backend: resnet },
    ],
    stickySession: { maxAge: Duration.hours(2) },
  });
  const other = new ServingEndpoint(routes!, 'words', { platform, path: '/words', priority: 100 });
  other.attachBackend(svm, { ownAddress: OwnAddress.NONE });
  other.addBackend('caller', {
    ...backendOptions(),
    environment: { CLASSIFIER_URL: endpoint.internalUrl },
    replicas: 3,
    rollout: Rollout.inPlace(),
  });
  return platform;
}
