/** Definitions that use every public class, each from the copy of the package that `from` returns for its name. */
import {
  App as CdkApp,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_ecs as ecs,
  aws_efs as efs,
  aws_iam as iam,
  Stack,
  aws_s3 as s3,
  aws_secretsmanager as secretsmanager,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { App as Cdk8sApp, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import type { BackendOptions } from '../../src';
import { dockerfileFolder, type Library } from './package-copies';

/** Returns the copy of the package to take a class from. */
export type From = (className: string) => Library;

const IMAGE = 'acme/svm:1.4.2';
const OCI_MODEL = `registry.example.com/models/resnet50@sha256:${'0b'.repeat(32)}`;

/** Options that every target supports. */
function common(scope: Construct, from: From, change: Partial<BackendOptions>): void {
  const { Duration } = from('Duration');
  const { Size } = from('Size');
  const endpoint = new (from('ServingEndpoint').ServingEndpoint)(scope, 'endpoint', {
    path: '/classify',
    requestTimeout: Duration.seconds(20),
    streaming: { heartbeat: Duration.seconds(10), maxDuration: Duration.minutes(2) },
  });
  const least: BackendOptions = {
    image: from('ServerImage').ServerImage.fromRegistry(IMAGE),
    server: from('ModelServer').ModelServer.wsgi({ app: 'app' }),
  };
  const first = endpoint.addBackend('v1', {
    ...least,
    healthCheck: from('HealthCheck').HealthCheck.http('/healthz', { interval: Duration.seconds(20) }),
    loadTimeout: Duration.minutes(3),
    resources: { memory: Size.gibibytes(4), ephemeralStorage: Size.gibibytes(40) },
    rollout: from('Rollout').Rollout.surge({ percent: 50 }),
    secrets: { TOKEN: from('SecretValue').SecretValue.fromName('token', { key: 'value' }) },
    environmentFrom: [from('EnvironmentSource').EnvironmentSource.fromSecretKeys('settings', { keys: ['A'] })],
    timeouts: { drain: Duration.seconds(110) },
    scratch: [from('ScratchVolume').ScratchVolume.at('/app/logs')],
    models: [
      from('Model').Model.fromOci(OCI_MODEL, { path: 'oci', delivery: from('ModelDelivery').ModelDelivery.copy() }),
      from('Model').Model.fromHuggingFace('acme/opt', {
        revision: 'a'.repeat(40),
        path: 'hub',
        token: from('SecretValue').SecretValue.fromName('hub', { key: 'value' }),
        fetchTimeout: Duration.seconds(90),
      }),
    ],
  });
  new (from('AutoscalingPolicy').AutoscalingPolicy)(first, 'Autoscaling', {
    backend: first,
    maxReplicas: 4,
    targets: [
      from('ScalingTarget').ScalingTarget.cpuUtilization(60),
      from('ScalingTarget').ScalingTarget.memoryUtilization(70),
    ],
  });
  const second = new (from('Backend').Backend)(scope, 'v2', { ...least, ...change });
  endpoint.attachBackend(second);
  new (from('TrafficSplit').TrafficSplit)(endpoint, 'Split', {
    endpoint,
    ...from('TrafficSplit').TrafficSplit.canary({ stable: first, canary: second, percent: 5 }),
  });
  const config = from('RayServeConfig').RayServeConfig.of({ applications: [{ importPath: 'app:app' }] });
  const ray = new (from('ServingEndpoint').ServingEndpoint)(scope, 'ray', {
    path: '/ray',
    requestTimeout: Duration.seconds(20),
  });
  ray.addBackend('v1', { ...least, server: from('ModelServer').ModelServer.rayServe({ config }) });
  from('Warnings').Warnings.of(scope).acknowledge('serving-constructs:modelDrift');
  void endpoint.addressOf(second);
}

function onAws(from: From): object {
  const stack = new Stack(new CdkApp(), 'Serving');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const group = new ec2.SecurityGroup(stack, 'Files', { vpc });
  const fileSystem = new efs.FileSystem(stack, 'FileSystem', { vpc });
  const platform = new (from('EcsPlatform').aws.EcsPlatform)(stack, 'Platform', {
    vpc,
    behind: [from('Intermediary').Intermediary.cloudFront()],
    idleTimeout: from('Duration').Duration.seconds(200),
    gpuCapacities: [from('GpuCapacity').aws.GpuCapacity.autoScalingGroup({ instanceType: 'g5.xlarge' })],
  });
  new (from('EcsPlatform').aws.EcsPlatform)(new Construct(stack, 'Existing'), 'Platform', {
    vpc,
    listener: from('ExistingListener').aws.ExistingListener.fromAttributes({
      listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/models/1/2',
      securityGroup: group,
      idleTimeout: from('Duration').Duration.seconds(60),
      url: 'https://models.example.com',
    }),
  });
  if (from('ServingPlatform').ServingPlatform.of(stack) !== platform) throw new Error('another platform');
  const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'acme-models');
  const { EfsVolume } = from('EfsVolume').aws;
  const { S3FilesVolume } = from('S3FilesVolume').aws;
  common(stack, from, {
    image: from('EcrImage').aws.EcrImage.fromRepository(
      ecr.Repository.fromRepositoryName(stack, 'Repository', 'acme/svm'),
      '1.4.2',
    ),
    secrets: {
      KEY: from('EcsSecret').aws.EcsSecret.fromSecret(
        ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'acme/key'), 'field'),
      ),
    },
    environmentFrom: [from('EcsEnvironment').aws.EcsEnvironment.fromBucket(bucket, 'a.env')],
    models: [
      from('S3Model').aws.S3Model.fromBucket(bucket, 'net/', { path: 's3' }),
      from('Model').Model.fromVolume(EfsVolume.fromFileSystem(fileSystem), { path: 'efs', directory: 'net' }),
      from('Model').Model.fromVolume(
        S3FilesVolume.fromFileSystemArn('arn:aws:s3files:eu-west-1:123456789012:file-system/fs-1', {
          securityGroups: [group],
        }),
        { path: 'files', directory: 'net' },
      ),
    ],
  });
  const other = new (from('ServingEndpoint').ServingEndpoint)(stack, 'other', {
    path: '/other',
    requestTimeout: from('Duration').Duration.seconds(20),
  });
  const server = from('ModelServer').ModelServer.asgi({ app: 'app' });
  const gpu = other.addBackend('gpu', {
    image: from('DockerfileImage').aws.DockerfileImage.fromDirectory(dockerfileFolder()),
    server,
    gpu: from('Gpu').Gpu.nvidia(),
  });
  const hub = other.addBackend('hub', {
    targetSettings: [from('TaskSettings').aws.TaskSettings.of({ tags: { team: 'ml' } })],
    image: from('EcsImage').aws.EcsImage.fromContainerImage(ecs.ContainerImage.fromRegistry(IMAGE)),
    server,
  });
  hub.autoscale({
    maxReplicas: 3,
    targets: [
      from('ScalingTarget').ScalingTarget.byPlatform({
        aws: from('MetricTarget').aws.MetricTarget.ofTotal(
          'Jobs',
          new cloudwatch.Metric({ namespace: 'A', metricName: 'B' }),
          5,
        ),
        kubernetes: from('PrometheusTarget').PrometheusTarget.ofTotal('Jobs', 'sum(jobs)', 5),
      }),
    ],
  });
  const { taskRole } = from('EcsBackend').aws.EcsBackend.of(gpu);
  taskRole.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
  for (const rule of from('EcsEndpoint').aws.EcsEndpoint.of(other).rules) rule.addMetadata('seen', true);
  return Template.fromStack(stack).toJSON();
}

function onKubernetes(from: From): object {
  const app = new Cdk8sApp();
  const { Gateway } = from('Gateway').kubernetes;
  const { GatewayProfile } = from('GatewayProfile').kubernetes;
  const { Duration } = from('Duration');
  const { KubernetesPlatform } = from('KubernetesPlatform').kubernetes;
  const secrets = { KEY: from('KubernetesSecret').kubernetes.KubernetesSecret.fromName('acme', 'key') };
  const volume = () => from('ClaimVolume').kubernetes.ClaimVolume.fromName('models');
  const routed = new Chart(app, 'routed', { namespace: 'one' });
  const attached = new Chart(app, 'attached', { namespace: 'two' });
  new KubernetesPlatform(routed, 'Platform', {
    router: { dnsTtl: Duration.seconds(20) },
    kubernetesVersion: '1.34',
    gpuNodes: from('GpuNodes').kubernetes.GpuNodes.gke(),
  });
  new KubernetesPlatform(attached, 'Platform', {
    gateway: Gateway.fromName('inference', {
      profile: GatewayProfile.ENVOY_GATEWAY,
      address: 'https://models.example.com',
    }),
    sidecar: from('Intermediary').Intermediary.istioSidecar(),
    kubernetesVersion: '1.34',
  });
  for (const chart of [routed, attached]) {
    common(chart, from, {
      secrets,
      targetSettings: [
        from('PodSettings').kubernetes.PodSettings.of({
          serviceAccount: from('PodServiceAccount').kubernetes.PodServiceAccount.annotated({
            'acme.com/identity': 'net',
          }),
        }),
      ],
      environmentFrom: [from('KubernetesEnvironment').kubernetes.KubernetesEnvironment.fromConfigMapName('settings')],
      cache: from('CacheVolume').CacheVolume.fromVolume(from('ClaimVolume').kubernetes.ClaimVolume.fromName('cache')),
      gpu: from('Gpu').Gpu.nvidia({ product: 'L4' }),
      model: from('Model').Model.fromVolume(volume(), { directory: 'net' }),
    });
    const endpoint = chart.node.findChild('endpoint') as InstanceType<Library['ServingEndpoint']>;
    const backend = endpoint.backends[0] as InstanceType<Library['Backend']>;
    from('KubernetesBackend').kubernetes.KubernetesBackend.of(backend).deployment.metadata.addLabel('seen', 'true');
    for (const route of from('KubernetesEndpoint').kubernetes.KubernetesEndpoint.of(endpoint).httpRoutes)
      route.metadata.addLabel('seen', 'true');
  }
  return [routed, attached].map((chart) => Testing.synth(chart));
}

export const OUTPUTS: { readonly [target: string]: (from: From) => object } = {
  aws: onAws,
  kubernetes: onKubernetes,
};
