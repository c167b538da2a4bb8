import { join } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import { openSources } from '../scripts/options/sources';
import * as library from '../src';
import { backendOptions, singleBackend } from './support/definitions';

const { ServingEndpoint } = library;

type Callable = (...args: unknown[]) => unknown;

interface PublicCallable {
  readonly label: string;
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly optional: boolean }[];
  readonly call: (args: readonly unknown[]) => unknown;
}

const onAws = () => new Stack(new CdkApp(), 'Serving');
const onKubernetes = () => new Chart(new Cdk8sApp(), 'serving');
const endpointIn = (scope: Stack | Chart) => {
  const endpoint = new ServingEndpoint(scope, 'endpoint');
  const backend = endpoint.addBackend('v1', backendOptions());
  return { endpoint, backend };
};

/** An instance of each class with methods that take arguments. */
const INSTANCES: { readonly [name: string]: () => object } = {
  Backend: () => singleBackend().backend,
  ServingEndpoint: () => singleBackend().endpoint,
  Warnings: () => library.Warnings.of(onAws()),
  'aws.EcsBackend': () => library.aws.EcsBackend.of(endpointIn(onAws()).backend),
  'kubernetes.KubernetesBackend': () => library.kubernetes.KubernetesBackend.of(endpointIn(onKubernetes()).backend),
};

const secret = { kind: 'Secret', name: 'token' };
const group = { securityGroupId: 'sg-1' };

/** Valid arguments for every callable with parameters other than options. */
const ACCEPTED: { readonly [label: string]: () => readonly unknown[] } = {
  'AutoscalingPolicy.constructor': () => {
    const { backend } = singleBackend();
    const targets = [library.ScalingTarget.cpuUtilization(60)];
    return [backend, 'Policy', { backend, maxReplicas: 2, targets }];
  },
  'Backend.constructor': () => [onAws(), 'Backend', backendOptions()],
  'CacheVolume.fromVolume': () => [library.kubernetes.ClaimVolume.fromName('cache'), {}],
  'Duration.days': () => [1],
  'Duration.hours': () => [1],
  'Duration.millis': () => [1],
  'Duration.minutes': () => [1],
  'Duration.seconds': () => [1],
  'EnvironmentSource.fromSecretKeys': () => ['acme/settings', { keys: ['TOKEN'] }],
  'Gpu.custom': () => ['amd.com/gpu', 1],
  'HealthCheck.http': () => ['/healthz', {}],
  'Model.fromHuggingFace': () => ['acme/net', { revision: '0a'.repeat(20) }],
  'Model.fromOci': () => [`registry.example.com/net@sha256:${'0a'.repeat(32)}`, {}],
  'Model.fromS3': () => ['s3://acme/net/', {}],
  'Model.fromText': () => ['version: 1\n', { path: 'config.yaml' }],
  'Model.fromUrl': () => ['https://example.com/net.onnx', { sha256: '0a'.repeat(32) }],
  'Model.fromVolume': () => [library.kubernetes.ClaimVolume.fromName('models'), {}],
  'Model.inImage': () => ['/models/net', {}],
  'PrometheusTarget.ofAverage': () => ['Latency', 'avg(latency)', 2],
  'PrometheusTarget.ofTotal': () => ['Waiting', 'sum(waiting)', 2],
  'RayServeConfig.fromFile': () => [join(__dirname, 'real/servers/apps/ray_pair.yaml')],
  'RayServeConfig.fromObject': () => [{ applications: [{ import_path: 'app:app' }] }],
  'ScalingTarget.byPlatform': () => [{ aws: library.ScalingTarget.cpuUtilization(60) }],
  'ScalingTarget.cpuUtilization': () => [60],
  'ScalingTarget.gpuUtilization': () => [60],
  'ScalingTarget.memoryUtilization': () => [60],
  'ScalingTarget.ongoingRequests': () => [4],
  'ScalingTarget.queueDepth': () => [4],
  'ScalingTarget.requestsPerSecond': () => [20],
  'ScratchVolume.at': () => ['/app/logs', {}],
  'SecretValue.fromName': () => ['acme/token', {}],
  'ServerImage.fromEnvironment': () => ['pytorch-2.8', { gpu: true }],
  'ServerImage.fromRegistry': () => ['acme/svm:1.4.2', {}],
  'ServingEndpoint.addBackend': () => ['v2', backendOptions()],
  'ServingEndpoint.constructor': () => [onAws(), 'endpoint', {}],
  'ServingPlatform.of': () => [onAws()],
  'Size.gibibytes': () => [1],
  'Size.mebibytes': () => [1],
  'TrafficSplit.constructor': () => {
    const { endpoint, backend } = singleBackend();
    return [endpoint, 'Split', { endpoint, shares: [{ backend, weight: 1 }] }];
  },
  'Warnings.acknowledge': () => ['serving-constructs:credentialInEnvironment.API_KEY', 'a test'],
  'Warnings.of': () => [onAws()],
  'aws.DockerfileImage.fromDirectory': () => ['image'],
  'aws.EcrImage.fromRepository': () => [{ repositoryArn: 'arn' }, '1.4.2'],
  'aws.EcsBackend.metricHttpCodeElb': () => ['HTTPCode_ELB_504_Count', {}],
  'aws.EcsBackend.metricHttpCodeTarget': () => ['HTTPCode_Target_5XX_Count', {}],
  'aws.EcsBackend.of': () => [endpointIn(onAws()).backend],
  'aws.EcsEndpoint.of': () => [endpointIn(onAws()).endpoint],
  'aws.EcsEnvironment.fromBucket': () => [{ bucketName: 'acme' }, 'a.env'],
  'aws.EcsImage.fromContainerImage': () => [{ bind: () => undefined }],
  'aws.EcsPlatform.constructor': () => [onAws(), 'Platform', {}],
  'aws.EcsSecret.fromSecret': () => [{ arn: 'arn' }],
  'aws.EfsVolume.fromFileSystem': () => [{ fileSystemId: 'fs-1' }, {}],
  'aws.ExistingListener.fromAttributes': () => [
    {
      listenerArn: 'arn',
      securityGroup: { securityGroupId: 'sg-1' },
      idleTimeout: library.Duration.seconds(60),
      url: 'https://models.example.com',
    },
  ],
  'aws.ExistingListener.fromListener': () => [
    { listenerArn: 'arn', connections: { securityGroups: [{ securityGroupId: 'sg-1' }] } },
    {},
  ],
  'aws.GpuCapacity.fromCapacityProviderName': () => ['gpus', 'g6.xlarge'],
  'aws.MetricTarget.ofAverage': () => ['Latency', { toMetricConfig: () => ({}) }, 5],
  'aws.MetricTarget.ofTotal': () => ['Jobs', { toMetricConfig: () => ({}) }, 5],
  'aws.S3FilesVolume.fromFileSystemArn': () => [
    'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-1',
    { securityGroups: [group] },
  ],
  'aws.S3Model.fromBucket': () => [{ bucketName: 'acme' }, 'net/', {}],
  'extension.Names.backendHeaderValue': () => ['SVM:v1', 'svm-v1'],
  'extension.Names.ownPath': () => [{ prefix: '/svm' }, 'v1'],
  'extension.Names.slug': () => ['SVM:v1'],
  'extension.RouteKeys.headerRule': () => [0],
  'extension.RouteKeys.ownAddress': () => ['Serving/endpoint/v1'],
  'kubernetes.ClaimVolume.fromClaim': () => [{ kind: 'PersistentVolumeClaim', name: 'models' }],
  'kubernetes.ClaimVolume.fromName': () => ['models'],
  'kubernetes.Gateway.fromName': () => ['inference', {}],
  'kubernetes.KubernetesBackend.of': () => [endpointIn(onKubernetes()).backend],
  'kubernetes.KubernetesBackend.useServiceAccount': () => [{ kind: 'ServiceAccount', name: 'models' }],
  'kubernetes.KubernetesBackend.useServiceAccountName': () => ['models'],
  'kubernetes.KubernetesEndpoint.of': () => [endpointIn(onKubernetes()).endpoint],
  'kubernetes.KubernetesPlatform.constructor': () => [onKubernetes(), 'Platform', {}],
  'kubernetes.KubernetesEnvironment.fromConfigMap': () => [{ kind: 'ConfigMap', name: 'settings' }, {}],
  'kubernetes.KubernetesEnvironment.fromConfigMapName': () => ['settings', {}],
  'kubernetes.KubernetesEnvironment.fromSecret': () => [secret, {}],
  'kubernetes.KubernetesEnvironment.fromSecretName': () => ['settings', {}],
  'kubernetes.KubernetesSecret.fromName': () => ['token', 'key', {}],
  'kubernetes.KubernetesSecret.fromSecret': () => [secret, 'key', {}],
  'kubernetes.MetricTarget.ofAverage': () => ['waiting', 2],
  'kubernetes.MetricTarget.ofTotal': () => ['waiting', 10],
  'kubernetes.PodServiceAccount.annotated': () => [{ 'acme.com/identity': 'models' }],
  'kubernetes.PodServiceAccount.azureIdentity': () => ['01234567-89ab-cdef-0123-456789abcdef'],
  'kubernetes.PodServiceAccount.eksRole': () => ['arn:aws:iam::123456789012:role/models'],
  'kubernetes.PodServiceAccount.fromName': () => ['models'],
  'kubernetes.PodServiceAccount.fromServiceAccount': () => [{ kind: 'ServiceAccount', name: 'models' }],
  'kubernetes.PodServiceAccount.gkeServiceAccount': () => ['models@acme.iam.gserviceaccount.com'],
};

/** Callables that always throw here, because there is no lock file and no second backend. */
const REFUSED_ONLY: { readonly [label: string]: () => readonly unknown[] } = {
  'extension.Errors.raise': () => ['NoSuchThing', 'a message', undefined],
  'Model.fromDirectory': () => ['models/net', {}],
  'ServerImage.fromDirectory': () => ['app', { base: 'python:3.12-slim' }],
  'ServingEndpoint.addressOf': () => [undefined],
  'ServingEndpoint.attachBackend': () => [undefined, {}],
};

/** Only platforms call these, with arguments that the package passes. */
const OF_PLATFORMS = /(Plan|Renderer)\.|Platform\.(?!(of|constructor)$)/;

const WRONG: readonly unknown[] = [
  ...[undefined, null, 5, Number.NaN, true, '', 'x', [], [null], {}, { name: 5 }, { node: 5 }],
  ...[Object.create(null), new Date(), () => undefined, Symbol('x'), 10n],
];

const found = (name: string): unknown =>
  name.split('.').reduce<unknown>((scope, part) => (scope as Record<string, unknown>)[part], library);

/** Every public callable with a parameter other than options, which `test/private/options.test.ts` covers. */
function callables(): PublicCallable[] {
  const sources = openSources(join(__dirname, '..'));
  return sources.classes.flatMap(({ name, declaration }) =>
    sources
      .callablesOf(declaration)
      .map(({ method = 'constructor', static: isStatic, signature }) => ({
        label: `${name}.${method}`,
        parameters: signature.parameters.map((parameter) => ({
          name: parameter.name.getText(),
          type: parameter.type?.getText() ?? '',
          optional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
        })),
        call: (args: readonly unknown[]) => {
          const type = found(name) as new (...args: unknown[]) => object;
          if (method === 'constructor') return new type(...args);
          const target = (isStatic ? type : INSTANCES[name]?.()) as Record<string, Callable>;
          return (target[method] as Callable)(...args);
        },
      }))
      .filter(({ label }) => !OF_PLATFORMS.test(label))
      .filter(({ parameters }) => parameters.some(({ type }) => !/(Options|Props|Times|unknown|any)$/.test(type))),
  );
}

const CALLABLES = callables();

/** Whether a value has the type of a parameter, so that it can be accepted. */
function isOfType(value: unknown, { type, optional }: PublicCallable['parameters'][number]): boolean {
  if (value === undefined) return optional;
  if (/(Options|Props|Times)$/.test(type)) return typeof value === 'object' && value !== null;
  return typeof value === type;
}

describe('wrong arguments', () => {
  test('are tested on every public callable', () => {
    expect(CALLABLES.map(({ label }) => label).sort()).toEqual(
      [...Object.keys(ACCEPTED), ...Object.keys(REFUSED_ONLY)].sort(),
    );
  });

  test.each(CALLABLES.filter(({ label }) => label in ACCEPTED))('are the only ones that $label rejects', (callable) => {
    expect(() => callable.call(ACCEPTED[callable.label]?.() ?? [])).not.toThrow();
  });

  test.each(CALLABLES)('of $label are rejected with an error code', ({ label, parameters, call }) => {
    parameters.forEach((parameter, index) => {
      for (const value of WRONG) {
        const args = [...((ACCEPTED[label] ?? REFUSED_ONLY[label])?.() ?? [])];
        args[index] = value;
        let message: string | undefined;
        try {
          call(args);
        } catch (error) {
          message = (error as Error).message;
        }
        const what = { parameter: parameter.name, value, message };
        if (message !== undefined) expect(what).toEqual({ ...what, message: expect.stringMatching(/^\[[A-Z]\w+\] /) });
        else expect({ ...what, accepted: true }).toEqual({ ...what, accepted: isOfType(value, parameter) });
      }
    });
  });
});
