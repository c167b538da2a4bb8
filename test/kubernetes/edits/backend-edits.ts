import { ClaimVolume, PodSettings } from '../../../src/kubernetes';
import { CacheVolume } from '../../../src/models/cache-volume';
import { Model } from '../../../src/models/model';
import { ModelDelivery } from '../../../src/models/model-delivery';
import { LoadBalancing, OwnAddress, ServerProtocol } from '../../../src/plan/choices';
import { ModelServer } from '../../../src/servers/model-server';
import { Duration } from '../../../src/units/duration';
import { Size } from '../../../src/units/size';
import { EnvironmentSource } from '../../../src/workload/environment-source';
import { Gpu } from '../../../src/workload/gpu';
import { HealthCheck } from '../../../src/workload/health-check';
import { Rollout } from '../../../src/workload/rollout';
import { ScratchVolume } from '../../../src/workload/scratch-volume';
import { SecretValue } from '../../../src/workload/secret-value';
import { ServerImage } from '../../../src/workload/server-image';
import { backendEdit, type Edit, OTHER_NAMES, PRUNE } from './edit';

const asgi = { server: ModelServer.asgi({ app: 'app:app' }) };
const triton = { server: ModelServer.triton(), model: Model.inImage('/models') };
const tensorflow = {
  server: ModelServer.tensorflowServing({ modelName: 'digits' }),
  model: Model.fromS3('s3://acme/digits/'),
};
const s3 = { model: Model.fromS3('s3://acme-models/digits/v1/') };
const oci = `registry.example.com/digits@sha256:${'1b'.repeat(32)}`;
const volume = { model: Model.fromVolume(ClaimVolume.fromName('models')) };
/** A server of both versions of HTTP. */
const both = ModelServer.hypercorn({ app: 'app:app' });
const OTHER_PROTOCOL =
  'the Service uses the protocol at once; add a backend for another protocol, as docs/kubernetes.md describes';
const otherProtocol = [[/^window Service/, OTHER_PROTOCOL]] as const;

/** One edit for each option of a backend, and those between values of one option that change the kind of a field. */
export const BACKEND_EDITS: readonly Edit[] = [
  backendEdit('image', { image: ServerImage.fromRegistry('acme/svm:2.0.0') }),
  backendEdit('server', asgi),
  backendEdit(
    'backendName',
    { backendName: 'svm v2' },
    { forth: [[/^gone /, OTHER_NAMES]], back: [[/^gone /, OTHER_NAMES]], pods: false },
  ),
  backendEdit('description', { description: 'Reads a digit' }, { pods: false }),
  backendEdit('workingDirectory', { workingDirectory: '/srv' }),
  backendEdit('port', { port: 9000 }),
  backendEdit(
    'protocol',
    { protocol: ServerProtocol.HTTP2, server: both },
    { from: { backend: { server: both } }, pods: false },
  ),
  {
    name: 'gRPC instead of HTTP',
    from: { backend: triton },
    to: { backend: { ...triton, protocol: ServerProtocol.GRPC } },
    pods: true,
    forth: [...otherProtocol, [/^gone HTTPRoute/, 'the Gateway keeps it until it is pruned']],
    back: [...otherProtocol, [/^gone GRPCRoute/, 'the Gateway keeps it until it is pruned']],
  },
  backendEdit('additionalPorts', { additionalPorts: [{ name: 'metrics', port: 9100 }] }),
  {
    name: 'another number of an additional port',
    from: { backend: { additionalPorts: [{ name: 'metrics', port: 9100 }] } },
    to: { backend: { additionalPorts: [{ name: 'metrics', port: 9200 }] } },
    pods: true,
  },
  backendEdit('model', s3),
  {
    name: 'a model from a volume instead of S3',
    from: { backend: s3 },
    to: { backend: volume },
    pods: true,
  },
  {
    name: 'a model in an image volume instead of a copy',
    from: { backend: { model: Model.fromOci(oci, { delivery: ModelDelivery.copy() }) } },
    to: { backend: { model: Model.fromOci(oci, { delivery: ModelDelivery.imageVolume() }) } },
    pods: true,
  },
  {
    name: 'another version of a model',
    from: { backend: s3 },
    to: { backend: { model: Model.fromS3('s3://acme-models/digits/v2/') } },
    pods: true,
  },
  backendEdit('models', { models: [Model.fromS3('s3://acme-models/a/', { path: 'a' })] }),
  backendEdit('gpu', { gpu: Gpu.nvidia({ product: 'L4' }), rollout: Rollout.surge() }),
  backendEdit('resources', { resources: { cpu: 2, memory: Size.gibibytes(8), ephemeralStorage: Size.gibibytes(4) } }),
  {
    name: 'shared memory',
    options: ['BackendOptions.resources'],
    to: { backend: { resources: { sharedMemory: Size.gibibytes(1) } } },
    pods: true,
  },
  backendEdit('replicas', { replicas: 4 }, { pods: false, back: [[/^gone PodDisruptionBudget/, PRUNE]] }),
  {
    name: 'fewer replicas',
    from: { backend: { replicas: 4 } },
    to: { backend: { replicas: 2 } },
  },
  backendEdit('maxConcurrency', { maxConcurrency: 8 }, { pods: false }),
  backendEdit('queue', { maxConcurrency: 8, queue: { maxRequests: 4 } }, { pods: false }),
  backendEdit('cancelOnDisconnect', { cancelOnDisconnect: true }, { pods: false }),
  backendEdit(
    'batching',
    { ...tensorflow, batching: { maxBatchSize: 8, maxDelay: Duration.millis(5) } },
    { from: { backend: tensorflow } },
  ),
  backendEdit('environment', { environment: { LEVEL: 'debug' } }),
  backendEdit('secrets', { secrets: { TOKEN: SecretValue.fromName('token', { key: 'value' }) } }),
  {
    name: 'a secret instead of a plain variable',
    from: { backend: { environment: { LEVEL: 'debug' } } },
    to: { backend: { secrets: { LEVEL: SecretValue.fromName('level', { key: 'value' }) } } },
    pods: true,
  },
  backendEdit('environmentFrom', { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['A'] })] }),
  backendEdit('sidecars', {
    sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.0.0'), command: ['/proxy'] }],
  }),
  backendEdit('healthCheck', { healthCheck: HealthCheck.http('/healthz') }),
  {
    name: 'another path and interval of a health check',
    from: { backend: { healthCheck: HealthCheck.http('/healthz') } },
    to: { backend: { healthCheck: HealthCheck.http('/ready', { interval: Duration.seconds(20) }) } },
    pods: true,
  },
  backendEdit('smokeTest', { smokeTest: { path: '/digits', json: { digit: 1 } } }),
  backendEdit('loadTimeout', { loadTimeout: Duration.minutes(20) }),
  backendEdit(
    'rollout',
    { replicas: 3, rollout: Rollout.inPlace() },
    { from: { backend: { replicas: 3 } }, pods: false },
  ),
  backendEdit('timeouts', { timeouts: { preStop: Duration.seconds(60) } }),
  backendEdit('directCallers', { directCallers: true }, { pods: false }),
  backendEdit('loadBalancing', { loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS }, { pods: false }),
  backendEdit('stickySession', { stickySession: { maxAge: Duration.hours(1) } }, { pods: false }),
  backendEdit('ownAddress', { ownAddress: OwnAddress.NONE }, { pods: false }),
  {
    name: 'an own path instead of a header',
    to: { backend: { ownAddress: OwnAddress.PATH } },
  },
  backendEdit('user', { user: 1234 }),
  backendEdit('readOnlyRootFilesystem', { readOnlyRootFilesystem: false }),
  backendEdit('scratch', { scratch: [ScratchVolume.at('/var/cache/app', { size: Size.gibibytes(1) })] }),
  {
    name: 'scratch in memory',
    from: { backend: { scratch: [ScratchVolume.at('/scratch')] } },
    to: { backend: { scratch: [ScratchVolume.at('/scratch', { inMemory: true, size: Size.mebibytes(64) })] } },
    pods: true,
  },
  backendEdit('cache', { cache: CacheVolume.fromVolume(ClaimVolume.fromName('cache'), { path: '/cache' }) }),
  {
    name: 'the claim of a cache',
    from: { backend: { cache: CacheVolume.fromVolume(ClaimVolume.fromName('cache'), { path: '/cache' }) } },
    to: { backend: { cache: CacheVolume.fromVolume(ClaimVolume.fromName('fast'), { path: '/cache' }) } },
    pods: true,
  },
  backendEdit('targetSettings', { targetSettings: [PodSettings.of({ labels: { 'acme.com/team': 'search' } })] }),
];
