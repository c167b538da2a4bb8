/** Which options fit each other, as data. Most random definitions follow these rows, so that their targets accept them. */
import { call, type Part, type PartObject, textOf } from './part';

/** What changes if options have certain values. Values are compared as TypeScript. */
export interface Fit {
  /** The members that the options have, and what their values contain. */
  readonly if?: { readonly [member: string]: RegExp };
  /** The members that the options lack, or whose values do not contain this. */
  readonly unless?: { readonly [member: string]: RegExp };
  /** The members that do not fit. */
  readonly drop?: readonly string[];
  /** The values that fit. */
  readonly set?: { readonly [member: string]: Part };
}

const ANY = /./s;
const UNDECLARED = /^ModelServer\.(command|shell|fromImage|custom|go|node)\b/;
const BATCHING = /^ModelServer\.(tensorflowServing|vllm|sglang|textGenerationInference|textEmbeddingsInference)\b/;
const HTTP2 = /^ModelServer\.(hypercorn|granian)\b/;
const LANGUAGE_MODELS =
  /^ModelServer\.(vllm|sglang|textGenerationInference|textEmbeddingsInference|llamaCpp|ollama|nim)\b/;
const INTERPRETED =
  /^ModelServer\.(wsgi|asgi|gunicorn|uvicorn|hypercorn|granian|waitress|rayServe|litServe)\b|interpreter/;
const GRPC = /gRPC|HealthCheck\.grpc/;
const HEALTHY = call('HealthCheck.http', '/healthz');

/** The options of a backend, with those of its autoscaling as `scaling`. */
const BACKEND: readonly Fit[] = [
  { if: { server: /ModelServer\.shell.*Flag/s }, set: { server: call('ModelServer.command', { command: ['serve'] }) } },
  { if: { targetSettings: /enableExecuteCommand: true/ }, set: { readOnlyRootFilesystem: false } },
  { if: { server: UNDECLARED }, unless: { healthCheck: ANY }, set: { healthCheck: HEALTHY } },
  { if: { batching: ANY }, unless: { server: BATCHING }, drop: ['batching'] },
  // Servers that speak one protocol.
  { if: { protocol: /HTTP\/2/ }, unless: { server: HTTP2 }, drop: ['protocol'] },
  { if: { healthCheck: /HealthCheck\.grpc/ }, unless: { server: UNDECLARED }, set: { healthCheck: HEALTHY } },
  { if: { healthCheck: /HealthCheck\.grpc/ }, set: { protocol: 'gRPC' } },
  { if: { protocol: /gRPC/ }, unless: { healthCheck: /HealthCheck\.grpc/ }, drop: ['protocol'] },
  { if: { protocol: GRPC }, drop: ['smokeTest', 'stickySession'] },
  // Requests inside the container are sent by an interpreter.
  { if: { smokeTest: ANY }, unless: { server: INTERPRETED }, drop: ['smokeTest'] },
  { if: { healthCheck: /statuses|liveness|startup/, server: UNDECLARED }, set: { healthCheck: HEALTHY } },
  {
    if: { timeouts: /drain|stop/ },
    unless: { server: /ModelServer\.(wsgi|asgi|gunicorn|uvicorn)\b/ },
    drop: ['timeouts'],
  },
  // The number of replicas.
  { if: { scaling: ANY }, drop: ['replicas'] },
  { if: { rollout: /inPlace/, scaling: ANY }, drop: ['rollout'] },
  { if: { rollout: /inPlace/ }, set: { replicas: 3 } },
  { if: { scaling: /queueDepth/ }, unless: { server: LANGUAGE_MODELS }, drop: ['scaling'] },
  { if: { scaling: /gpuUtilization/ }, unless: { gpu: /Gpu\.nvidia/ }, drop: ['scaling'] },
  // GPUs and their images.
  { if: { server: LANGUAGE_MODELS }, unless: { gpu: ANY }, set: { gpu: call('Gpu.nvidia', {}) } },
  { if: { gpu: /Gpu\.(?!nvidia)/ }, drop: ['rollout'] },
  { if: { image: /fromEnvironment.*gpu: true/ }, unless: { gpu: /Gpu\.nvidia/ }, set: { gpu: call('Gpu.nvidia', {}) } },
  { if: { gpu: ANY, image: /fromEnvironment/ }, unless: { image: /gpu: true/ }, drop: ['gpu'] },
  // What Fargate does not have.
  { if: { resources: /sharedMemory/ }, unless: { gpu: ANY }, drop: ['resources'] },
  { if: { targetSettings: /placement|taskDefinitionPatch/ }, unless: { gpu: ANY }, drop: ['targetSettings'] },
  // Two containers with one port, and two volumes at one path.
  { if: { additionalPorts: ANY, sidecars: ANY }, drop: ['additionalPorts'] },
  { if: { sidecars: /sharedDirectories/ }, drop: ['scratch'] },
  { if: { models: /\{ \$?.*\}.*,.*Model\./s }, drop: ['scratch'] },
  { if: { model: /path: "net"|path: "\.\//, workingDirectory: ANY }, drop: ['workingDirectory'] },
  { if: { models: /path: "net"|path: "\.\//, workingDirectory: ANY }, drop: ['workingDirectory'] },
  // The entry point of the image has the flags that its behavior names.
  {
    if: { server: /ModelServer\.fromImage.*Flag/s },
    unless: { server: /args: \[[^\]]/ },
    set: { server: call('ModelServer.fromImage', { behavior: { drains: true } }) },
  },
];

/**
 * The rows of each interface, and of each factory, whose arguments are `0`, `1` and so on. `backend` is a backend with its
 * autoscaling.
 */
export const FITS: { readonly [type: string]: readonly Fit[] } = {
  backend: BACKEND,
  AdditionalPort: [
    { if: { name: /metrics/ }, set: { port: 9000 } },
    { if: { name: /grpc/ }, set: { port: 9001 } },
    { if: { name: /admin/ }, set: { port: 8001 } },
  ],
  RayServeOptions: [{ if: { extraArgs: ANY }, unless: { app: ANY }, drop: ['extraArgs'] }],
  HeaderRule: [{ unless: { path: ANY, backend: ANY }, set: { path: '/explain' } }],
  'Model.fromS3': [{ if: { 1: /unpack/ }, unless: { 0: /\.tar\.gz/ }, set: { 0: 's3://acme-models/net.tar.gz' } }],
  'Model.inImage': [{ if: { 1: /path/ }, set: { 1: {} } }],
  'ServerImage.fromEnvironment': [{ unless: { 0: /tensorflow/, 1: /gpu: true/ }, set: { 0: 'tensorflow-2.20' } }],
  'aws.GpuAutoScalingGroupOptions': [{ if: { shape: ANY }, drop: ['shape'] }],
  'kubernetes.Toleration': [
    { unless: { key: ANY }, set: { operator: 'Exists' } },
    { if: { operator: /Exists/ }, drop: ['value'] },
    { if: { tolerationSeconds: ANY }, set: { effect: 'NoExecute' } },
  ],
  AutoscalingOptions: [{ if: { minReplicas: /^0$/ }, unless: { schedules: ANY }, set: { minReplicas: 1 } }],
  Resources: [
    { if: { memory: /8192/, memoryLimit: /4096/ }, drop: ['memoryLimit'] },
    { if: { cpu: /^4$/, cpuLimit: /^2$/ }, drop: ['cpuLimit'] },
    { if: { cpuLimit: ANY }, unless: { cpu: ANY }, drop: ['cpuLimit'] },
    { if: { memoryLimit: ANY }, unless: { memory: ANY }, drop: ['memoryLimit'] },
  ],
  'aws.EcsPlatformProps': [
    { if: { listener: ANY }, drop: ['idleTimeout', 'publicAccess', 'certificate', 'allowPlainHttp', 'outboundPeers'] },
    { if: { publicAccess: /true/ }, unless: { certificate: ANY }, set: { allowPlainHttp: true } },
    { if: { cluster: ANY }, drop: ['vpc', 'listener'] },
    { if: { gpuCapacities: /fromCapacityProviderName/ }, unless: { cluster: ANY }, drop: ['gpuCapacities'] },
  ],
  'kubernetes.KubernetesPlatformProps': [{ if: { idleTimeout: ANY }, drop: ['idleTimeout'] }],
  'kubernetes.NodeSelectorRequirement': [
    { if: { operator: /Exists|DoesNotExist/ }, drop: ['values'] },
    { if: { operator: /Gt|Lt/ }, set: { values: ['1'] } },
    { if: { operator: /In/ }, unless: { values: ANY }, set: { values: ['models'] } },
  ],
  'kubernetes.LabelSelectorRequirement': [
    { if: { operator: /Exists/ }, drop: ['values'] },
    { if: { operator: /In/ }, unless: { values: ANY }, set: { values: ['ml'] } },
  ],
};

/** Options that fit each other. */
export function fitting(type: string, options: PartObject): PartObject {
  return (FITS[type] ?? []).reduce(applied, options);
}

function applied(options: PartObject, { if: present = {}, unless = {}, drop = [], set = {} }: Fit): PartObject {
  const has = ([member, pattern]: [string, RegExp]) => {
    const value = options[member];
    return value !== undefined && pattern.test(textOf(value));
  };
  if (!Object.entries(present).every(has) || Object.entries(unless).some(has)) return options;
  const kept = Object.entries(options).filter(([member]) => !drop.includes(member));
  return { ...Object.fromEntries(kept), ...set };
}
