/** Edits of backends. */

import * as iam from 'aws-cdk-lib/aws-iam';
import {
  aws,
  CpuArchitecture,
  Duration,
  EnvironmentSource,
  HealthCheck,
  kubernetes,
  LoadBalancing,
  Model,
  ModelServer,
  Rollout,
  ScratchVolume,
  SecretValue,
  ServerImage,
  Size,
} from '../../../src';
import { OwnAddress, QueueStatus } from '../../../src/plan/choices';
import { BASE, backendEdit, type Edit, withBackend } from '../definition';

const seconds = (value: number) => Duration.seconds(value);
const change = (
  name: string,
  from: Parameters<typeof withBackend>[0],
  to: Parameters<typeof withBackend>[0],
): Edit => ({
  name,
  from: withBackend(from),
  to: withBackend(to),
});
const on = (target: 'aws' | 'kubernetes', edit: Edit): Edit => ({ ...edit, target });
const net = (version: string, more: object = {}) => Model.fromS3(`s3://acme/net/${version}/`, more);
const health = (more: object, path = '/healthz') => ({ healthCheck: HealthCheck.http(path, more) });
const proxy = (more: object = {}) => ({
  sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), ...more }],
});
const rights = (action: string) =>
  aws.TaskSettings.of({ taskRoleStatements: [new iam.PolicyStatement({ actions: [action], resources: ['*'] })] });
const smokeTest = (path: string) => ({ smokeTest: { path, json: { instances: [1] } } });

export const BACKEND_EDITS: readonly Edit[] = [
  // Image and server
  backendEdit('the digest of an image', { image: ServerImage.fromRegistry(`acme/svm@sha256:${'0b'.repeat(32)}`) }),
  backendEdit('the repository of an image', { image: ServerImage.fromRegistry('acme/other:1.0.0') }),
  change(
    'the tag of an image',
    { image: ServerImage.fromRegistry('acme/svm:1.0.0') },
    { image: ServerImage.fromRegistry('acme/svm:1.0.1') },
  ),
  on(
    'aws',
    backendEdit('an image in ECR', {
      image: ServerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/svm:1.0.0'),
    }),
  ),
  backendEdit('an ASGI server', { server: ModelServer.asgi({ app: 'app' }) }),
  backendEdit('a command', { server: ModelServer.command({ command: ['serve'], behavior: { drains: true } }) }),
  backendEdit('the entry point of the image', { server: ModelServer.fromImage({ behavior: { drains: true } }) }),
  backendEdit('a server with another default port', { server: ModelServer.triton(), healthCheck: undefined }),
  backendEdit('the workers of a server', { server: ModelServer.wsgi({ app: 'app', workers: 4 }) }),
  change(
    'the arguments of a command',
    { server: ModelServer.command({ command: ['serve'], args: ['a'], behavior: { drains: true } }) },
    { server: ModelServer.command({ command: ['serve'], args: ['b'], behavior: { drains: true } }) },
  ),
  change(
    'the models that a server pulls',
    { server: ModelServer.ollama({ pull: ['llama3.2:1b'] }), healthCheck: undefined },
    { server: ModelServer.ollama({ pull: ['llama3.2:1b', 'bge-m3'] }), healthCheck: undefined },
  ),
  change(
    'models that a server pulls in place of one that is fetched',
    { server: ModelServer.ollama(), model: Model.fromS3('s3://acme/store/'), healthCheck: undefined },
    { server: ModelServer.ollama({ pull: ['llama3.2:1b'] }), healthCheck: undefined },
  ),
  backendEdit('the working directory', { workingDirectory: '/srv/app' }),
  // Names
  backendEdit('the name of a backend', { backendName: 'SVM:v1' }),
  change('another name of a backend', { backendName: 'SVM:v1' }, { backendName: 'SVM:v2' }),
  backendEdit('the description of a backend', { description: 'a support vector machine' }),
  // Ports and protocols
  backendEdit('the port', { port: 9000 }),
  change('another port', { port: 9000 }, { port: 9001 }),
  backendEdit('another container port', { additionalPorts: [{ name: 'metrics', port: 9100 }] }),
  change(
    'the number of another container port',
    { additionalPorts: [{ name: 'metrics', port: 9100 }] },
    { additionalPorts: [{ name: 'metrics', port: 9200 }] },
  ),
  // Replicas and rollouts
  backendEdit('more replicas', { replicas: 4 }),
  backendEdit('one replica', { replicas: 1 }),
  backendEdit('a smaller surge', { replicas: 2, rollout: Rollout.surge({ percent: 50 }) }),
  backendEdit('rollouts in place', { rollout: Rollout.inPlace() }),
  change(
    'an image with rollouts in place',
    { rollout: Rollout.inPlace() },
    { rollout: Rollout.inPlace(), image: ServerImage.fromRegistry('acme/svm:2') },
  ),
  backendEdit('a longer load time', { loadTimeout: Duration.minutes(10) }),
  backendEdit('a limit of concurrent requests', { maxConcurrency: 4 }),
  change('another limit of concurrent requests', { maxConcurrency: 4 }, { maxConcurrency: 8 }),
  change(
    'a limited queue',
    { maxConcurrency: 4 },
    { maxConcurrency: 4, queue: { maxRequests: 8, fullStatus: QueueStatus.TOO_MANY_REQUESTS } },
  ),
  backendEdit('requests that end with their client', { cancelOnDisconnect: true }),
  change('requests that outlive their client', { cancelOnDisconnect: true }, { cancelOnDisconnect: false }),
  backendEdit('least outstanding requests', { loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }),
  backendEdit('no own address', { ownAddress: OwnAddress.NONE }),
  backendEdit('an own path', { ownAddress: OwnAddress.PATH }),
  change('an own path instead of no own address', { ownAddress: OwnAddress.NONE }, { ownAddress: OwnAddress.PATH }),
  // Health
  backendEdit('the path of the health check', { healthCheck: HealthCheck.http('/ready') }),
  { name: 'a health check', from: withBackend({ healthCheck: undefined }), to: BASE },
  backendEdit('the interval of the health check', health({ interval: seconds(20) })),
  backendEdit('the timeout of the health check', health({ timeout: seconds(2) })),
  backendEdit('the thresholds of the health check', health({ healthyThreshold: 3, unhealthyThreshold: 5 })),
  backendEdit('the status codes of the health check', health({ statuses: '200,204' })),
  backendEdit('the delay of the health check', health({ initialDelay: seconds(20) })),
  backendEdit('a startup check', health({ startup: { path: '/started' } })),
  backendEdit('a liveness check', health({ liveness: { path: '/live' } })),
  change(
    'another path of the liveness check',
    health({ liveness: { path: '/live' } }),
    health({ liveness: { path: '/alive' } }),
  ),
  backendEdit('a smoke test', smokeTest('/predict')),
  change('another smoke test', smokeTest('/predict'), smokeTest('/explain')),
  // Resources
  backendEdit('more CPU', { resources: { cpu: 2 } }),
  backendEdit('more memory', { resources: { memory: Size.gibibytes(8) } }),
  backendEdit('more disk', { resources: { ephemeralStorage: Size.gibibytes(60) } }),
  backendEdit('a limit of memory', { resources: { memory: Size.gibibytes(2), memoryLimit: Size.gibibytes(4) } }),
  backendEdit('Arm processors', { resources: { architecture: CpuArchitecture.ARM64 } }),
  // Models
  backendEdit('a model', { model: net('v1') }),
  change('the prefix of a model', { model: net('v1') }, { model: net('v2') }),
  change('the bucket of a model', { model: net('v1') }, { model: Model.fromS3('s3://other/net/v1/') }),
  change(
    'a second model',
    { model: net('v1') },
    { models: [net('v1'), Model.fromS3('s3://acme/labels.json', { path: '/data/labels' })] },
  ),
  change('the path of a model', { model: net('v1') }, { model: net('v1', { path: 'net' }) }),
  backendEdit('a text that becomes a file', { model: Model.fromText('a: 1\n', { path: '/app/config.yaml' }) }),
  change(
    'the text of a file',
    { model: Model.fromText('a: 1\n', { path: '/app/config.yaml' }) },
    { model: Model.fromText('a: 2\n', { path: '/app/config.yaml' }) },
  ),
  change(
    'a text in place of a file from S3',
    { model: Model.fromS3('s3://acme/config.yaml', { path: '/app/config.yaml' }) },
    { model: Model.fromText('a: 1\n', { path: '/app/config.yaml' }) },
  ),
  change('a model in the image', { model: net('v1') }, { model: Model.inImage('/models') }),
  change(
    'a model of the hub',
    { model: net('v1') },
    { model: Model.fromHuggingFace('a/b', { revision: '0a'.repeat(20) }) },
  ),
  change(
    'the files of a model of the hub',
    { model: Model.fromHuggingFace('a/b', { revision: '0a'.repeat(20) }) },
    { model: Model.fromHuggingFace('a/b', { revision: '0a'.repeat(20), include: ['*.json'] }) },
  ),
  // Variables and secrets
  backendEdit('a variable', { environment: { LEVEL: 'debug' } }),
  change('the value of a variable', { environment: { LEVEL: 'debug' } }, { environment: { LEVEL: 'info' } }),
  backendEdit('a secret', { secrets: { TOKEN: SecretValue.fromName('acme') } }),
  change(
    'another secret',
    { secrets: { TOKEN: SecretValue.fromName('acme') } },
    { secrets: { TOKEN: SecretValue.fromName('other') } },
  ),
  change(
    'a second secret',
    { secrets: { A: SecretValue.fromName('acme') } },
    { secrets: { A: SecretValue.fromName('acme'), B: SecretValue.fromName('other') } },
  ),
  change(
    'a key of a secret',
    { secrets: { TOKEN: SecretValue.fromName('acme') } },
    { secrets: { TOKEN: SecretValue.fromName('acme', { key: 'token' }) } },
  ),
  backendEdit('keys of a secret as variables', {
    environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['A'], prefix: 'X_' })],
  }),
  // Sidecars
  backendEdit('a sidecar', proxy()),
  change('the image of a sidecar', proxy(), proxy({ image: ServerImage.fromRegistry('acme/proxy:1.3.0') })),
  change('a port of a sidecar', proxy(), proxy({ ports: [{ name: 'proxy', port: 9001 }] })),
  change('a sidecar that may fail', proxy(), proxy({ essential: false })),
  change('the name of a sidecar', proxy(), { sidecars: [{ ...proxy().sidecars[0]!, name: 'other' }] }),
  change('a secret of a sidecar', proxy(), proxy({ secrets: { KEY: SecretValue.fromName('acme') } })),
  // Users and volumes
  backendEdit('another user', { user: 1000 }),
  backendEdit('a writable root', { readOnlyRootFilesystem: false }),
  backendEdit('a scratch directory', { scratch: [ScratchVolume.at('/app/logs')] }),
  change(
    'a scratch directory in memory',
    { scratch: [ScratchVolume.at('/app/logs')] },
    { scratch: [ScratchVolume.at('/app/logs', { inMemory: true, size: Size.mebibytes(64) })] },
  ),
  // Settings of a target
  on('aws', backendEdit('a permission', { targetSettings: [rights('sqs:SendMessage')] })),
  on(
    'aws',
    change(
      'another permission',
      { targetSettings: [rights('sqs:SendMessage')] },
      { targetSettings: [rights('sns:Publish')] },
    ),
  ),
  on('aws', backendEdit('the retention of logs', { targetSettings: [aws.TaskSettings.of({ logRetentionDays: 90 })] })),
  on('aws', backendEdit('the alarms of a backend', { targetSettings: [aws.TaskSettings.of({ alarms: {} })] })),
  on(
    'aws',
    backendEdit('the threshold of the circuit breaker', {
      targetSettings: [aws.TaskSettings.of({ circuitBreakerThreshold: 2 })],
    }),
  ),
  on('aws', backendEdit('the end of logs', { targetSettings: [aws.TaskSettings.of({ keepLogs: false })] })),
  on('aws', backendEdit('tags', { targetSettings: [aws.TaskSettings.of({ tags: { team: 'ml' } })] })),
  on(
    'aws',
    backendEdit('commands in containers', {
      targetSettings: [aws.TaskSettings.of({ enableExecuteCommand: true })],
      readOnlyRootFilesystem: false,
    }),
  ),
  on(
    'kubernetes',
    backendEdit('labels of Pods', {
      targetSettings: [kubernetes.PodSettings.of({ labels: { 'acme.com/team': 'ml' } })],
    }),
  ),
  on(
    'kubernetes',
    backendEdit('a node selector', {
      targetSettings: [kubernetes.PodSettings.of({ nodeSelector: { pool: 'models' } })],
    }),
  ),
  on(
    'kubernetes',
    backendEdit('an identity', {
      targetSettings: [
        kubernetes.PodSettings.of({
          serviceAccount: kubernetes.PodServiceAccount.eksRole('arn:aws:iam::123456789012:role/models'),
        }),
      ],
    }),
  ),
];
