/** Which factories create the instances of a class that options accept, and what they get before their options. */
import { call, name, type Part } from './part';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const object = (one: string): Part => name(`objects.${one}`);

/** A factory: the arguments before its options, and how often it is used compared with others of its class. */
export interface Factory {
  readonly before?: readonly (readonly Part[])[];
  readonly weight?: number;
}

/** Definitions with parts of one target are accepted by that target only, so that they are rare. */
const ONE_TARGET = 0.03;

/** Factories of a class, by the name under which users call them. Factories with only options need no row. */
export const FACTORIES: { readonly [type: string]: { readonly [factory: string]: Factory } } = {
  // A volume belongs to one target.
  CacheVolume: {
    'CacheVolume.fromVolume': {
      before: [
        [
          call('kubernetes.ClaimVolume.fromName', 'cache'),
          call('aws.EfsVolume.fromFileSystem', object('fileSystem'), {}),
        ],
      ],
    },
  },
  EnvironmentSource: {
    'EnvironmentSource.fromSecretKeys': { before: [['acme', 'acme-settings']], weight: 3 },
    'aws.EcsEnvironment.fromBucket': { before: [[object('bucket')], ['settings.env']], weight: ONE_TARGET },
    'kubernetes.KubernetesEnvironment.fromConfigMapName': { before: [['settings']], weight: ONE_TARGET },
    'kubernetes.KubernetesEnvironment.fromConfigMap': {
      before: [[{ kind: 'ConfigMap', name: 'settings' }]],
      weight: ONE_TARGET,
    },
    'kubernetes.KubernetesEnvironment.fromSecretName': { before: [['settings']], weight: ONE_TARGET },
    'kubernetes.KubernetesEnvironment.fromSecret': {
      before: [[{ kind: 'Secret', name: 'settings' }]],
      weight: ONE_TARGET,
    },
  },
  Gpu: {
    'Gpu.nvidia': { weight: 50 },
    'Gpu.custom': {
      before: [
        ['acme.com/chip', 'amd.com/gpu'],
        [1, 2],
      ],
    },
  },
  HealthCheck: { 'HealthCheck.http': { before: [['/healthz', '/ready?full=1', '/']], weight: 15 } },
  Intermediary: { 'Intermediary.istioSidecar': {} },
  Model: {
    'Model.fromDirectory': { before: [['models/resnet50', 'models/data']] },
    'Model.fromS3': {
      before: [['s3://acme-models/net/v1/', 's3://acme-models/net.tar.gz', 's3://acme-models/labels.csv']],
      weight: 3,
    },
    'Model.fromText': { before: [['version: 1\n', 'a "b" $HOME é 🚀\n']] },
    'Model.fromUrl': { before: [['https://example.com/net.onnx', 'https://example.com/nets/net.zip?version=2']] },
    'Model.fromOci': { before: [[`acme/nets:v2@${DIGEST}`, `registry.example.com/nets@${DIGEST}`]] },
    'Model.fromHuggingFace': { before: [['facebook/opt-125m', 'acme/net']] },
    'Model.fromVolume': {
      before: [
        [
          call('kubernetes.ClaimVolume.fromName', 'models'),
          call('kubernetes.ClaimVolume.fromClaim', { kind: 'PersistentVolumeClaim', name: 'models' }),
          call('aws.EfsVolume.fromFileSystem', object('fileSystem'), {}),
          call('aws.S3FilesVolume.fromFileSystemArn', 'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-1', {
            securityGroups: [object('securityGroup')],
          }),
        ],
      ],
      weight: 0.3,
    },
    'Model.inImage': { before: [['/models/net']] },
    'aws.S3Model.fromBucket': { before: [[object('bucket')], ['net/', 'labels.csv']], weight: ONE_TARGET },
  },
  ModelDelivery: {
    'ModelDelivery.imageVolume': {},
    'ModelDelivery.copy': {},
    'ModelDelivery.fetch': {},
    'ModelDelivery.baked': {},
  },
  ModelServer: {
    'ModelServer.wsgi': { weight: 40 },
    'ModelServer.asgi': { weight: 25 },
    'ModelServer.go': { weight: 0.3 },
    'ModelServer.node': { weight: 0.3 },
    'ModelServer.granian': { weight: 0.5 },
    'ModelServer.llamaCpp': { weight: 0.3 },
    'ModelServer.command': { weight: 8 },
    'ModelServer.fromImage': { weight: 5 },
    'ModelServer.vllm': { weight: 2 },
    'ModelServer.custom': { weight: 0.5 },
    'ModelServer.rayServe': { weight: 2 },
  },
  RayServeConfig: {
    'RayServeConfig.fromFile': { before: [['test/real/servers/apps/ray_pair.yaml']] },
    'RayServeConfig.fromObject': {
      before: [
        [
          {
            applications: [
              {
                name: 'llm',
                route_prefix: '/llm',
                import_path: 'app:app',
                deployments: [{ name: 'E', num_replicas: 'auto' }],
              },
            ],
          },
          { applications: [{ import_path: 'app:app' }] },
        ],
      ],
    },
  },
  ScalingTarget: {
    'ScalingTarget.cpuUtilization': { before: [[60, 100]], weight: 4 },
    'ScalingTarget.memoryUtilization': { before: [[75, 80]], weight: 4 },
    'ScalingTarget.requestsPerSecond': { before: [[20, 0.5]], weight: 0.2 },
    'ScalingTarget.ongoingRequests': { before: [[4]], weight: 0.2 },
    'ScalingTarget.queueDepth': { before: [[2]], weight: 0.1 },
    'ScalingTarget.gpuUtilization': { before: [[70]], weight: 0.1 },
    'ScalingTarget.byPlatform': {
      before: [
        [
          {
            aws: call('ScalingTarget.ongoingRequests', 4),
            kubernetes: call('ScalingTarget.cpuUtilization', 70),
          },
          {
            aws: call('ScalingTarget.requestsPerSecond', 20),
            kubernetes: call('PrometheusTarget.ofTotal', 'Running', 'sum(running)', 2),
          },
        ],
      ],
      weight: 0.2,
    },
    'PrometheusTarget.ofAverage': {
      before: [['Latency'], ['histogram_quantile(0.9, rate(latency[1m]))'], [0.2]],
      weight: 0.1,
    },
    'PrometheusTarget.ofTotal': { before: [['Waiting'], ['sum(waiting{namespace="a"})'], [2, 2.5]], weight: 0.1 },
    'aws.MetricTarget.ofAverage': { before: [['Waiting'], [object('metric')], [2]], weight: ONE_TARGET },
    'aws.MetricTarget.ofTotal': { before: [['Waiting'], [object('metric')], [10]], weight: ONE_TARGET },
    'kubernetes.MetricTarget.ofAverage': { before: [['waiting'], [2]], weight: ONE_TARGET },
    'kubernetes.MetricTarget.ofTotal': { before: [['waiting'], [10]], weight: ONE_TARGET },
  },
  ScratchVolume: { 'ScratchVolume.at': { before: [['/app/logs', '/app/index', '/tmp', '/var/run/app']] } },
  SecretValue: {
    'SecretValue.fromName': { before: [['acme', 'acme-token', 'hub']], weight: 5 },
    'aws.EcsSecret.fromSecret': { before: [[object('ecsSecret')]], weight: ONE_TARGET },
    'kubernetes.KubernetesSecret.fromName': { before: [['token'], ['key']], weight: ONE_TARGET },
    'kubernetes.KubernetesSecret.fromSecret': {
      before: [[{ kind: 'Secret', name: 'token' }], ['key']],
      weight: ONE_TARGET,
    },
  },
  ServerImage: {
    'ServerImage.fromRegistry': {
      before: [
        ['acme/svm:1.4.2', 'acme/svm:1.4.2', `acme/svm@${DIGEST}`, 'registry.example.com/hub/rayproject/ray:2.58.0'],
      ],
      weight: 20,
    },
    'ServerImage.fromEnvironment': {
      before: [['pytorch-2.6', 'tensorflow-2.20', 'pytorch-2.11', 'tensorflow-2.16', 'pytorch-2.8']],
      weight: 4,
    },
    'ServerImage.fromDirectory': { before: [['app']], weight: 2 },
    'aws.EcsImage.fromContainerImage': { before: [[object('containerImage')]], weight: ONE_TARGET },
    'aws.EcrImage.fromRepository': { before: [[object('repository')], ['1.4.2']], weight: ONE_TARGET },
  },
  TargetSettings: { 'kubernetes.PodSettings.of': {}, 'aws.TaskSettings.of': {} },
  'aws.ExistingListener': { 'aws.ExistingListener.fromAttributes': {} },
  'aws.GpuCapacity': {
    'aws.GpuCapacity.fromCapacityProviderName': { before: [['gpus'], ['g6.xlarge', 'g5.12xlarge', 'p4d.24xlarge']] },
  },
  'kubernetes.Gateway': { 'kubernetes.Gateway.fromName': { before: [['inference']] } },
  'kubernetes.PodServiceAccount': {
    'kubernetes.PodServiceAccount.fromName': { before: [['models']] },
    'kubernetes.PodServiceAccount.fromServiceAccount': { before: [[{ kind: 'ServiceAccount', name: 'models' }]] },
    'kubernetes.PodServiceAccount.annotated': { before: [[{ 'acme.com/identity': 'models' }]] },
    'kubernetes.PodServiceAccount.eksRole': { before: [['arn:aws:iam::123456789012:role/models']] },
    'kubernetes.PodServiceAccount.gkeServiceAccount': { before: [['models@acme.iam.gserviceaccount.com']] },
    'kubernetes.PodServiceAccount.azureIdentity': { before: [['01234567-89ab-cdef-0123-456789abcdef']] },
  },
};

/** Constants of a class that options accept. */
export const CONSTANTS: { readonly [type: string]: readonly Part[] } = {
  'kubernetes.GatewayProfile': [
    name('kubernetes.GatewayProfile.PORTABLE'),
    name('kubernetes.GatewayProfile.ENVOY_GATEWAY'),
  ],
};
