import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  aws,
  Backend,
  type BackendOptions,
  CpuArchitecture,
  Duration,
  EnvironmentSource,
  Gpu,
  HealthCheck,
  HttpMethod,
  kubernetes,
  LoadBalancing,
  Model,
  ModelDelivery,
  ModelServer,
  RayServeConfig,
  Rollout,
  ScalingTarget,
  ScratchVolume,
  SecretValue,
  ServerImage,
  ServingEndpoint,
  type ServingEndpointProps,
  Size,
  TrafficSplit,
} from '../../src';
import { OwnAddress, QueueStatus } from '../../src/plan/choices';

/** A definition that every target must accept. */
export interface AcceptedDefinition {
  readonly name: string;
  readonly define: (scope: Construct) => void;
}

const lockFile = 'test/definitions/locks/known.lock.json';
const wsgi = ModelServer.wsgi({ app: 'app:app' });
const options = (change: Partial<BackendOptions> = {}): BackendOptions => ({
  image: ServerImage.fromRegistry('acme/svm:1.4.2'),
  server: wsgi,
  ...change,
});
const one = (scope: Construct, change: Partial<BackendOptions> = {}, props: ServingEndpointProps = {}) =>
  new ServingEndpoint(scope, 'endpoint', props).addBackend('v1', options(change));
const several = (
  scope: Construct,
  names: string[],
  props: ServingEndpointProps = {},
  change: Partial<BackendOptions> = {},
) => {
  const endpoint = new ServingEndpoint(scope, 'endpoint', props);
  return { endpoint, backends: names.map((name) => endpoint.addBackend(name, options(change))) };
};

const NAMES = [
  'SVM:v1',
  'image classifier',
  '50 first dates',
  'modèle à tester',
  '画像分類',
  '🚀',
  'x'.repeat(200),
  'Z',
  'under_score.and-dash',
  'it\'s 100% "fine"',
  '-',
];

/** Definitions that must synthesize on every target. */
export const ACCEPTED: readonly AcceptedDefinition[] = [
  { name: 'a minimal definition', define: (scope) => one(scope) },
  {
    name: 'ports for metrics and gRPC next to the one that serves requests',
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        model: Model.fromS3('s3://bucket/models/'),
        additionalPorts: [
          { name: 'grpc', port: 8001 },
          { name: 'metrics', port: 8002 },
        ],
      }),
  },
  {
    name: 'several keys of one secret as variables',
    define: (scope) =>
      one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['a', 'B'], prefix: 'X_' })] }),
  },
  {
    name: 'a proxy that is ready before the server, and a collector of metrics that may fail',
    define: (scope) =>
      one(scope, {
        sidecars: [
          {
            name: 'sql-proxy',
            image: ServerImage.fromRegistry('acme/sql-proxy:2.1.0'),
            command: ['/cloud-sql-proxy', '--health-check', 'acme:eu:users'],
            healthCheck: { command: ['/cloud-sql-proxy', 'wait'], startTimeout: Duration.seconds(30) },
            stopTimeout: Duration.seconds(30),
            user: 65_532,
          },
          {
            name: 'collector',
            image: ServerImage.fromRegistry('acme/collector:0.130.0'),
            args: ['--config', 'env:CONFIG'],
            environment: { CONFIG: 'receivers: {}' },
            secrets: { API_KEY: SecretValue.fromName('acme', { key: 'key' }) },
            ports: [{ name: 'otlp', port: 4317 }],
            resources: { cpu: 0.25, memory: Size.mebibytes(256) },
            essential: false,
          },
        ],
      }),
  },
  { name: 'an ASGI application', define: (scope) => one(scope, { server: ModelServer.asgi({ app: 'serve' }) }) },
  {
    name: 'several processes and threads',
    define: (scope) =>
      one(scope, { server: ModelServer.wsgi({ app: 'predict_wsgi:predict_wsgi', workers: 4, threads: 2 }) }),
  },
  {
    name: 'a server that pulls its models',
    define: (scope) =>
      one(scope, {
        server: ModelServer.ollama({ pull: ['llama3.2:3b', 'hf.co/acme/net-GGUF:Q4_K_M'] }),
        loadTimeout: Duration.minutes(20),
      }),
  },
  {
    name: 'a command without declared behavior',
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['python', 'serve.py'] }),
        healthCheck: HealthCheck.http('/healthz'),
      }),
  },
  {
    name: 'an image as it is',
    define: (scope) =>
      one(scope, { server: ModelServer.fromImage(), port: 5000, healthCheck: HealthCheck.http('/languages') }),
  },
  {
    name: 'the entry point of an image with other arguments',
    define: (scope) =>
      one(scope, {
        server: ModelServer.fromImage({
          args: ['--model', 'a/b', '--port', '8080', '--metrics-port', '9090'],
          behavior: { drains: true, keepAlive: Duration.seconds(120), drainFlag: '--drain', readinessPath: '/health' },
        }),
        port: 8080,
      }),
  },
  {
    name: 'a command with its arguments apart',
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['/usr/bin/tini', '--'], args: ['serve', '--listen', '0.0.0.0:8000'] }),
        healthCheck: HealthCheck.http('/healthz'),
      }),
  },
  {
    name: 'a Go program that its image starts',
    define: (scope) => one(scope, { server: ModelServer.go({ args: ['--fast'], drains: true }) }),
  },
  {
    name: 'an application in a module with a hyphen',
    define: (scope) => one(scope, { server: ModelServer.wsgi({ app: 'my-model:entrypoint' }) }),
  },
  {
    name: 'Pods with a place and an identity',
    define: (scope) =>
      one(scope, {
        gpu: Gpu.nvidia({ product: 'L4' }),
        targetSettings: [
          kubernetes.PodSettings.of({
            nodeSelector: { 'acme.com/pool': 'models' },
            tolerations: [{ key: 'dedicated', operator: kubernetes.TolerationOperator.EXISTS }],
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } },
                ],
              },
            },
            topologySpread: [{ topologyKey: 'topology.kubernetes.io/zone' }],
            priorityClassName: 'inference',
            runtimeClassName: 'nvidia',
            serviceAccount: kubernetes.PodServiceAccount.eksRole('arn:aws:iam::123456789012:role/models'),
            imagePullSecrets: ['registry'],
            labels: { 'acme.com/team': 'ml' },
            annotations: { 'sidecar.istio.io/inject': 'false' },
          }),
          aws.TaskSettings.of({
            placementConstraints: [ecs.PlacementConstraint.memberOf('attribute:pool == models')],
            taskRoleStatements: [new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] })],
            logRetentionDays: 90,
            logMode: aws.LogMode.NON_BLOCKING,
            logBuffer: Size.mebibytes(25),
            keepLogs: false,
            alarms: { errorPercent: 1, rollBackDeployments: true },
            circuitBreakerThreshold: 2,
            tags: { team: 'ml' },
          }),
        ],
      }),
  },
  {
    name: 'patches of the output',
    define: (scope) =>
      one(scope, {
        targetSettings: [
          kubernetes.PodSettings.of({
            podPatch: {
              hostAliases: [{ ip: '10.0.0.1', hostnames: ['models.example.com'] }],
              enableServiceLinks: null,
            },
            containerPatch: {
              lifecycle: { postStart: { exec: { command: ['python', '-c', 'pass'] } } },
              terminationMessagePolicy: 'FallbackToLogsOnError',
            },
          }),
          aws.TaskSettings.of({
            taskDefinitionPatch: { EnableFaultInjection: true },
            containerPatch: { Ulimits: [{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }] },
          }),
        ],
      }),
  },
  {
    name: 'commands in running containers',
    define: (scope) =>
      one(scope, {
        readOnlyRootFilesystem: false,
        targetSettings: [aws.TaskSettings.of({ enableExecuteCommand: true })],
      }),
  },
  {
    name: 'a shell line',
    define: (scope) =>
      one(scope, {
        server: ModelServer.shell({ line: 'exec python serve.py --port "$PORT"' }),
        healthCheck: HealthCheck.http('/'),
      }),
  },
  {
    name: 'a command with the address of a process in the same container',
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({
          command: ['torchrun', '--rdzv-endpoint=localhost:29400', '--master-addr', '127.0.0.1', 'serve.py'],
          behavior: { drains: true },
        }),
      }),
  },
  {
    name: 'a declared server that keeps connections for 75 s',
    define: (scope) =>
      one(
        scope,
        {
          server: ModelServer.command({
            command: ['serve'],
            behavior: { drains: false, keepAlive: Duration.seconds(75) },
          }),
        },
        { requestTimeout: Duration.seconds(30) },
      ),
  },
  {
    name: 'several Ray Serve applications with nested arguments, fractions of a GPU and one that other applications call',
    define: (scope) => {
      const config = RayServeConfig.fromObject({
        proxy_location: 'EveryNode',
        http_options: { host: '0.0.0.0', port: 8000, root_path: '/serve' },
        grpc_options: { port: 9000, grpc_servicer_functions: [] },
        logging_config: { encoding: 'JSON', log_level: 'INFO', logs_dir: null, enable_access_log: true },
        applications: [
          {
            name: 'llm',
            route_prefix: '/llm',
            import_path: 'ray.serve.llm:build_openai_app',
            args: { llm_configs: [{ model_loading_config: { model_id: 'small' }, engine_kwargs: { seed: 1 } }] },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Ray replaces it by the variable of the container.
            runtime_env: { env_vars: { HF_TOKEN: '${HF_TOKEN}' } },
            deployments: [
              { name: 'LLM', num_replicas: 2, ray_actor_options: { num_gpus: 0.5, num_cpus: 1 } },
              { name: 'Router', autoscaling_config: { min_replicas: 1, max_replicas: 4 }, max_queued_requests: 64 },
            ],
          },
          {
            name: 'embed',
            route_prefix: '/embed',
            import_path: 'app.embed',
            deployments: [{ name: 'E', num_replicas: 'auto' }],
          },
          { name: 'tools', route_prefix: null, import_path: 'tools:app' },
        ],
      });
      const secrets = { HF_TOKEN: SecretValue.fromName('acme-token') };
      one(scope, { server: ModelServer.rayServe({ config }), gpu: Gpu.nvidia(), resources: { cpu: 5 }, secrets });
    },
  },
  {
    name: 'a Ray Serve application in a module with a hyphen, as serve build writes it',
    define: (scope) => {
      const config = RayServeConfig.fromObject({
        proxy_location: 'EveryNode',
        http_options: { host: '0.0.0.0', port: 8000 },
        grpc_options: { port: 9000, grpc_servicer_functions: [] },
        applications: [
          {
            name: 'app1',
            route_prefix: '/',
            import_path: 'whisper-deployment:entrypoint',
            runtime_env: {},
            deployments: [{ name: 'Live' }, { name: 'Ingress' }],
          },
        ],
      });
      one(scope, { server: ModelServer.rayServe({ config, version: '2.7.0' }), resources: { cpu: 4 } });
    },
  },
  {
    name: 'files whose text is part of the definition, next to the model of the server',
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        model: Model.fromS3('s3://bucket/nets/', { path: 'nets' }),
        models: [
          Model.fromText('name: "net"\nbackend: "python"\n', { path: 'net/config.pbtxt' }),
          Model.fromText('class TritonPythonModel: ...\n', { path: 'net/1/model.py', name: 'the code' }),
          Model.fromText('level: "$LEVEL"\n', { path: '/app/settings/log.yaml', description: 'é "quoted"' }),
        ],
      }),
  },
  {
    name: 'a Ray Serve config in the image',
    define: (scope) =>
      one(scope, { server: ModelServer.rayServe({ configPath: '/serve_app/config.yaml' }) }, { path: '/a' }),
  },
  ...NAMES.map((name) => ({
    name: `an endpoint and a backend called ${JSON.stringify(name)}`,
    define: (scope: Construct) => {
      new ServingEndpoint(scope, name).addBackend(name, options());
    },
  })),
  {
    name: 'names that differ from the ids',
    define: (scope) => {
      new ServingEndpoint(scope, 'a', {
        endpointName: 'Image classifier',
        description: 'says "what" it is',
      }).addBackend('b', options({ backendName: 'SVM:v1', description: 'a support vector machine, 92 % right' }));
    },
  },
  { name: 'five backends round robin', define: (scope) => several(scope, ['a', 'b', 'c', 'd', 'e']) },
  {
    name: 'shares of a third and two thirds',
    define: (scope) => {
      const { endpoint, backends } = several(scope, ['a', 'b']);
      endpoint.splitTraffic({ shares: backends.map((backend, index) => ({ backend, weight: (index + 1) / 3 })) });
    },
  },
  {
    name: 'the largest weights and a version without a share',
    define: (scope) => {
      const { endpoint, backends } = several(scope, ['a', 'b', 'dark']);
      endpoint.splitTraffic({
        shares: backends.map((backend, index) => ({ backend, weight: [999, 998, 0][index] as number })),
      });
    },
  },
  {
    name: 'a canary of 2.5 percent',
    define: (scope) => {
      const { endpoint, backends } = several(scope, ['stable', 'canary']);
      const [stable, canary] = backends as [Backend, Backend];
      endpoint.splitTraffic(TrafficSplit.canary({ stable, canary, percent: 2.5 }));
    },
  },
  {
    name: 'a header that selects a backend, and one that selects a path',
    define: (scope) => {
      const { endpoint, backends } = several(scope, ['a', 'b'], { path: '/classify', methods: [HttpMethod.POST] });
      endpoint.splitTraffic({
        headerRules: [
          { header: 'X-SERVE-CALL-METHOD', value: 'explain', backend: backends[1] },
          { header: 'X-SERVE-CALL-METHOD', value: 'predict', path: '/predict' },
        ],
      });
    },
  },
  {
    name: 'own addresses as paths',
    define: (scope) => several(scope, ['SVM:v1', 'v2'], { path: '/c' }, { ownAddress: OwnAddress.PATH }),
  },
  { name: 'no own addresses', define: (scope) => several(scope, ['a', 'b'], {}, { ownAddress: OwnAddress.NONE }) },
  {
    name: 'many hosts, including wildcards',
    define: (scope) =>
      one(scope, {}, { path: '/a', hosts: ['a.com', 'b.com', 'c.com', 'd.com', 'e.com', '*.f.com', '*.g.com'] }),
  },
  {
    name: 'every method except those that the router refuses',
    define: (scope) => {
      const methods = Object.values(HttpMethod).filter((method) => !['CONNECT', 'TRACE'].includes(method));
      one(scope, {}, { path: '/a', methods });
    },
  },
  {
    name: 'an endpoint with headers',
    define: (scope) =>
      one(
        scope,
        {},
        {
          headers: [
            { name: 'X-Tier', values: ['gold', 'silver'] },
            { name: 'x-a', values: ['b c'] },
          ],
        },
      ),
  },
  { name: 'a stripped prefix', define: (scope) => one(scope, {}, { path: '/a/b/c', stripPrefix: true }) },
  {
    name: 'a stripped prefix that a server gets by a flag of its own',
    define: (scope) =>
      one(
        scope,
        {
          server: ModelServer.command({
            command: ['serve'],
            behavior: { drains: true, pathPrefixFlag: '--base-path' },
          }),
          healthCheck: HealthCheck.http('/healthz'),
        },
        { path: '/a', stripPrefix: true },
      ),
  },
  { name: 'a deep path', define: (scope) => one(scope, { ownAddress: OwnAddress.NONE }, { path: '/1/2/3/4/5/6/7' }) },
  {
    name: 'a path with every character that load balancers match',
    define: (scope) => one(scope, {}, { path: "/v1/models/m:predict/a.b_c~d-e$&'+;@" }),
  },
  { name: 'a priority', define: (scope) => one(scope, {}, { priority: 10 }) },
  {
    name: 'an hour of streaming',
    define: (scope) =>
      one(scope, {}, { streaming: { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(30) } }),
  },
  { name: 'the shortest requests', define: (scope) => one(scope, {}, { requestTimeout: Duration.seconds(1) }) },
  {
    name: 'longer and shorter requests for paths below an endpoint',
    define: (scope) =>
      one(
        scope,
        {},
        {
          path: '/v1',
          requestTimeout: Duration.seconds(30),
          paths: [
            { path: '/batch/', requestTimeout: Duration.minutes(30) },
            { path: '/ping', requestTimeout: Duration.seconds(1) },
          ],
        },
      ),
  },
  {
    name: 'requests with fractional seconds',
    define: (scope) => one(scope, {}, { requestTimeout: Duration.millis(90_500) }),
  },
  { name: 'the longest requests', define: (scope) => one(scope, {}, { requestTimeout: Duration.seconds(3600) }) },
  {
    name: 'an autoscaler with two targets',
    define: (scope) => {
      one(scope).autoscale({
        minReplicas: 2,
        maxReplicas: 8,
        targets: [ScalingTarget.cpuUtilization(60), ScalingTarget.memoryUtilization(80)],
        scaleUpDelay: Duration.seconds(0),
        scaleDownDelay: Duration.hours(1),
      });
    },
  },
  {
    name: 'an autoscaler with another metric on each platform',
    define: (scope) => {
      const memory = ScalingTarget.memoryUtilization(80);
      const targets = [
        ScalingTarget.byPlatform({ aws: ScalingTarget.ongoingRequests(4), kubernetes: memory, test: memory }),
      ];
      one(scope).autoscale({ maxReplicas: 8, targets });
    },
  },
  ...[1, 2, 4, 8].map((count) => ({
    name: `${count} GPUs`,
    define: (scope: Construct) => {
      one(scope, { gpu: Gpu.nvidia({ count }) });
    },
  })),
  ...['A10G', 'nvidia-l4', 'Tesla-T4', 'A100 SXM4 80GB', 'NVIDIA-H100-80GB-HBM3', 'V100-32GB'].map((product) => ({
    name: `the GPU product ${product}`,
    define: (scope: Construct) => {
      one(scope, { gpu: Gpu.nvidia({ product }) });
    },
  })),
  {
    name: 'a GPU product with the larger of its memory sizes',
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ product: 'A100', count: 8, memory: Size.gibibytes(80) }) }),
  },
  {
    name: 'any GPU with enough memory',
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ memory: Size.gibibytes(40) }) }),
  },
  {
    name: 'no GPU for an image that takes all of them by default',
    define: (scope) => one(scope, { environment: { NVIDIA_VISIBLE_DEVICES: 'void' } }),
  },
  {
    name: 'the driver capabilities of a GPU',
    define: (scope) => one(scope, { gpu: Gpu.nvidia(), environment: { NVIDIA_DRIVER_CAPABILITIES: 'all' } }),
  },
  {
    name: 'models: a directory, a file, and files in the image',
    define: (scope) =>
      one(scope, {
        model: Model.fromS3('s3://acme-models/resnet/v2/', { path: 'resnet', description: 'weights' }),
        models: [Model.fromS3('s3://acme-models/labels.json'), Model.inImage('tokenizer')],
      }),
  },
  {
    name: 'a working directory, with a directory and a file below it',
    define: (scope) =>
      one(scope, {
        workingDirectory: '/srv/app',
        models: [
          Model.fromS3('s3://acme-models/resnet/v2/', { path: './data/weights' }),
          Model.fromS3('s3://acme-models/labels.json', { path: './labels.json' }),
        ],
      }),
  },
  {
    name: 'models in stores with the protocol of S3',
    define: (scope) =>
      one(scope, {
        models: ['https://minio.example.com:9000', 'http://minio.minio.svc', 'https://[::1]:9000'].map(
          (endpoint, index) => Model.fromS3('s3://models/net/', { endpoint, path: `net${index}` }),
        ),
        secrets: { AWS_ACCESS_KEY_ID: SecretValue.fromName('minio', { key: 'id' }) },
      }),
  },
  {
    name: 'archives in S3 and from URLs, and a file from a URL',
    define: (scope) =>
      one(scope, {
        models: [
          Model.fromS3('s3://sagemaker-models/job-1/output/model.tar.gz', { unpack: true, path: '/opt/ml/model' }),
          Model.fromUrl('https://example.com/nets/net.zip?version=2', {
            sha256: `sha256:${'0a'.repeat(32)}`,
            unpack: true,
            unpackedSize: Size.gibibytes(2),
            path: 'net',
          }),
          Model.fromUrl('https://example.com/labels.json', { sha256: '0b'.repeat(32), path: '/app/labels.json' }),
        ],
      }),
  },
  {
    name: 'a file in the directory of the code',
    define: (scope) => one(scope, { model: Model.fromS3('s3://acme-models/data.csv', { path: '/app/data.csv' }) }),
  },
  {
    name: 'models from a lock file, a registry and the Hugging Face Hub',
    define: (scope) =>
      one(scope, {
        models: [
          Model.fromDirectory('models/resnet50', { lockFile, path: 'resnet50' }),
          Model.fromOci(`acme/nets:v2@sha256:${'0a'.repeat(32)}`, { path: 'nets' }),
          Model.fromHuggingFace('facebook/opt-125m', {
            revision: '0a'.repeat(20),
            token: SecretValue.fromName('hub', { key: 'token' }),
            path: 'opt',
          }),
        ],
      }),
  },
  {
    name: 'some files of a repository of the Hugging Face Hub',
    define: (scope) =>
      one(scope, {
        model: Model.fromHuggingFace('acme/net', {
          revision: '0a'.repeat(20),
          include: ['*.safetensors', 'a/config.json'],
        }),
      }),
  },
  {
    name: 'models in stores with separate keys',
    define: (scope) =>
      one(scope, {
        models: ['minio', 'ceph'].map((store) =>
          Model.fromS3('s3://models/net/', {
            path: store,
            endpoint: `https://${store}.example.com`,
            credentials: {
              accessKeyId: SecretValue.fromName(store, { key: 'id' }),
              secretAccessKey: SecretValue.fromName(store, { key: 'secret' }),
            },
          }),
        ),
      }),
  },
  {
    name: 'a model that is copied',
    define: (scope) =>
      one(scope, { model: Model.fromDirectory('models/resnet50', { lockFile, delivery: ModelDelivery.copy() }) }),
  },
  {
    name: 'an image and an app from a lock file',
    define: (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      const image = ServerImage.fromRegistry('acme/svm:1.4.2', { lockFile });
      endpoint.addBackend('image', options({ image }));
      const app = ServerImage.fromDirectory('app', { base: 'python:3.12-slim', lockFile });
      endpoint.addBackend('app', options({ image: app }));
    },
  },
  {
    name: 'environments by framework and version',
    define: (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      const environment = (name: string, gpu: boolean) => ServerImage.fromEnvironment(name, { gpu });
      endpoint.addBackend('cpu', options({ image: environment('tensorflow-2.20', false) }));
      const gpu = Gpu.nvidia({ product: 'L4' });
      endpoint.addBackend('gpu', options({ image: environment('pytorch-2.8', true), gpu }));
    },
  },
  {
    name: 'Arm processors with a matching image',
    define: (scope) =>
      one(scope, {
        image: ServerImage.fromRegistry('acme/graviton:1', { lockFile }),
        resources: { architecture: CpuArchitecture.ARM64 },
      }),
  },
  {
    name: 'secrets and environment',
    define: (scope) =>
      one(scope, {
        environment: { LOG_LEVEL: 'debug', EMPTY: '', TEXT: 'a "b" $c $(d) %e\n' },
        secrets: { API_KEY: SecretValue.fromName('acme'), TOKEN: SecretValue.fromName('acme', { key: 'token' }) },
      }),
  },
  {
    name: 'the URL of another endpoint in the environment',
    define: (scope) => {
      const ranker = new ServingEndpoint(scope, 'ranker', { path: '/rank' });
      ranker.addBackend('v1', options());
      one(scope, { environment: { RANKER: ranker.internalUrl } });
    },
  },
  {
    name: 'small resources',
    define: (scope) => one(scope, { resources: { cpu: 0.25, memory: Size.mebibytes(512) } }),
  },
  {
    name: 'limits above what is reserved',
    define: (scope) =>
      one(scope, {
        resources: { cpu: 0.1, cpuLimit: 2, memory: Size.gibibytes(1), memoryLimit: Size.gibibytes(4) },
      }),
  },
  {
    name: 'limits alone',
    define: (scope) => one(scope, { resources: { cpuLimit: 2, memoryLimit: Size.gibibytes(4) } }),
  },
  {
    name: 'a GPU server with a limit above what is reserved',
    define: (scope) =>
      one(scope, {
        gpu: Gpu.nvidia(),
        resources: { cpu: 2, cpuLimit: 4, memory: Size.gibibytes(6), memoryLimit: Size.gibibytes(12) },
      }),
  },
  {
    name: 'large resources',
    define: (scope) =>
      one(scope, { resources: { cpu: 16, memory: Size.gibibytes(120), ephemeralStorage: Size.gibibytes(200) } }),
  },
  {
    name: 'a health check with a timeout of one second',
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { timeout: Duration.seconds(1) }) }),
  },
  {
    name: 'a health check with status codes',
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({
          command: ['python3', 'serve.py'],
          behavior: { drains: true, interpreter: '/opt/venv/bin/python3' },
        }),
        healthCheck: HealthCheck.http('/healthz', { statuses: '200,204' }),
      }),
  },
  {
    name: 'the probes of a Kubernetes manifest',
    define: (scope) =>
      one(scope, {
        healthCheck: HealthCheck.http('/ready', {
          interval: Duration.seconds(5),
          timeout: Duration.seconds(1),
          initialDelay: Duration.seconds(20),
          startup: { path: '/started', interval: Duration.seconds(2), timeout: Duration.seconds(1) },
          liveness: { path: '/live', timeout: Duration.seconds(1), unhealthyThreshold: 3 },
        }),
      }),
  },
  {
    name: 'a liveness check of an image without Python',
    define: (scope) =>
      one(scope, {
        server: ModelServer.fromImage(),
        healthCheck: HealthCheck.http('/healthz', { liveness: { path: '/alive' } }),
      }),
  },
  {
    name: 'a smoke test with a sample and the shape of its answer',
    define: (scope) =>
      one(scope, {
        smokeTest: {
          path: '/predict',
          json: { instances: [[5.1, 3.5, 1.4, 0.2]] },
          timeout: Duration.seconds(10),
          answer: {
            schema: {
              type: 'object',
              required: ['predictions'],
              properties: {
                predictions: { type: 'array', minItems: 1, maxItems: 1, items: { type: 'integer', minimum: 0 } },
              },
            },
          },
        },
      }),
  },
  {
    name: 'a smoke test without a body, of an image with its own entry point',
    define: (scope) =>
      one(scope, {
        server: ModelServer.fromImage({ behavior: { drains: true, interpreter: '/usr/bin/python3' } }),
        smokeTest: { path: '/languages', answer: { status: 204 } },
      }),
  },
  {
    name: 'a slow start',
    define: (scope) =>
      one(scope, {
        loadTimeout: Duration.hours(1),
        healthCheck: HealthCheck.http('/ready?full=1', { interval: Duration.seconds(30), unhealthyThreshold: 10 }),
      }),
  },
  {
    name: 'a rollout with a surge of a quarter',
    define: (scope) => one(scope, { replicas: 8, rollout: Rollout.surge({ percent: 25 }) }),
  },
  { name: 'a rollout in place', define: (scope) => one(scope, { replicas: 2, rollout: Rollout.inPlace() }) },
  {
    name: 'a rollout with downtime',
    define: (scope) => one(scope, { rollout: Rollout.inPlace({ allowDowntime: true }) }),
  },
  {
    name: 'least outstanding requests with a concurrency limit',
    define: (scope) => one(scope, { loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS, maxConcurrency: 4 }),
  },
  {
    name: 'clients that keep their replica',
    define: (scope) => one(scope, { replicas: 2, stickySession: {}, cancelOnDisconnect: true }),
  },
  {
    name: 'a queue of ten requests',
    define: (scope) => {
      const queue = { maxRequests: 10, timeout: Duration.seconds(5), fullStatus: QueueStatus.TOO_MANY_REQUESTS };
      one(scope, { maxConcurrency: 4, queue });
    },
  },
  {
    name: 'cross-origin requests of one page',
    define: (scope) => {
      const cors = {
        allowOrigins: ['https://app.example.com'],
        allowCredentials: true,
        exposeHeaders: ['X-Request-Id'],
      };
      one(scope, {}, { cors: { ...cors, allowHeaders: ['Content-Type', 'Authorization'], maxAge: Duration.hours(1) } });
    },
  },
  {
    name: 'clients that keep their backend for a week',
    define: (scope) => {
      const { endpoint, backends } = several(scope, ['v1', 'v2']);
      const shares = backends.map((backend) => ({ backend, weight: 1 }));
      endpoint.splitTraffic({ shares, stickySession: { maxAge: Duration.days(7) } });
    },
  },
  {
    name: 'clients that keep their backend and their replica of it',
    define: (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      for (const name of ['v1', 'v2'])
        endpoint.addBackend(name, options({ stickySession: { maxAge: Duration.hours(1) } }));
      endpoint.splitTraffic({ stickySession: { maxAge: Duration.minutes(30) } });
    },
  },
  {
    name: 'several models of a server, listed in a file that is a text of the definition',
    define: (scope) =>
      one(scope, {
        server: ModelServer.tensorflowServing({ modelName: 'cats', modelConfigFile: '/models/list.config' }),
        models: [
          Model.fromS3('s3://acme/cats/', { path: 'cats' }),
          Model.fromS3('s3://acme/dogs/', { path: 'dogs' }),
          Model.fromText(
            `model_config_list { ${['cats', 'dogs'].map((name) => `config { name: "${name}" base_path: "/models/${name}" model_platform: "tensorflow" }`).join(' ')} }`,
            { path: 'list.config' },
          ),
        ],
      }),
  },
  {
    name: 'batches of concurrent requests, formed by the server',
    define: (scope) => {
      const server = ModelServer.tensorflowServing({ modelName: 'resnet', modelPath: '/models/resnet' });
      one(scope, { server, batching: { maxBatchSize: 32, maxDelay: Duration.millis(5) }, maxConcurrency: 64 });
    },
  },
  {
    name: 'a continuous batch with a limit',
    define: (scope) =>
      one(scope, { server: ModelServer.vllm({ model: 'a/b', version: '0.18.0' }), batching: { maxBatchSize: 32 } }),
  },
  {
    name: 'another port, user and file system',
    define: (scope) => one(scope, { port: 1453, user: 1000, readOnlyRootFilesystem: false }),
  },
  {
    name: 'scratch directories beside the code, sized, in memory and for temporary files',
    define: (scope) =>
      one(scope, {
        user: 1000,
        resources: { ephemeralStorage: Size.gibibytes(30), memory: Size.gibibytes(4), cpu: 1 },
        scratch: [
          ScratchVolume.at('/app/logs'),
          ScratchVolume.at('/app/index', { size: Size.gibibytes(1), inMemory: true }),
          ScratchVolume.at('/tmp', { size: Size.gibibytes(20) }),
        ],
      }),
  },
  {
    name: 'an image that is known, in a mirror',
    define: (scope) =>
      one(scope, { image: ServerImage.fromRegistry('registry.example.com/hub/rayproject/ray:2.58.0') }),
  },
  { name: 'a privileged port', define: (scope) => one(scope, { port: 80 }) },
  {
    name: 'a backend that two endpoints share',
    define: (scope) => {
      const shared = new Backend(scope, 'shared', options());
      for (const path of ['/one', '/two']) new ServingEndpoint(scope, path.slice(1), { path }).attachBackend(shared);
    },
  },
  { name: 'a backend without an endpoint', define: (scope) => new Backend(scope, 'alone', options()) },
  {
    name: 'two endpoints with the same path and different methods',
    define: (scope) => {
      for (const method of [HttpMethod.GET, HttpMethod.POST]) {
        new ServingEndpoint(scope, method, { path: '/m', methods: [method] }).addBackend('v1', options());
      }
    },
  },
  {
    name: 'twenty endpoints',
    define: (scope) => {
      for (let index = 0; index < 20; index++) {
        new ServingEndpoint(scope, `model ${index}`, { path: `/m${index}`, methods: [HttpMethod.POST] }).addBackend(
          'v1',
          options(),
        );
      }
    },
  },
];
