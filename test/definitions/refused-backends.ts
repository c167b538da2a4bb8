import { Lazy, aws_s3 as s3 } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import {
  AutoscalingPolicy,
  aws,
  CacheVolume,
  Duration,
  EnvironmentSource,
  Gpu,
  HealthCheck,
  kubernetes,
  Model,
  ModelServer,
  PrometheusTarget,
  RayServeConfig,
  Rollout,
  ScalingTarget,
  ScratchVolume,
  SecretValue,
  ServerImage,
  ServerProtocol,
  Size,
  servers,
  Weekday,
} from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** An instance from another copy and version of the package. */
const OTHER_IMAGE = Object.create(ServerImage.prototype, {
  reference: { value: 'acme/svm:1.4.2' },
  [Symbol.for('serving-constructs.ServerImage')]: { value: { version: '9.0.0', folder: '/elsewhere' } },
});

const cpu = ScalingTarget.cpuUtilization(60);
const waiting = () => PrometheusTarget.ofTotal('Waiting', 'sum(vllm:num_requests_waiting)', 2);

/** Backends: images, servers, models, resources and autoscaling. */
export const REFUSED_BACKENDS: readonly RefusedDefinition[] = [
  {
    name: 'a gRPC protocol of a server without gRPC',
    code: 'ProtocolNotSpoken',
    on: ['kubernetes', 'test'],
    message:
      "'protocol' (ServerProtocol.GRPC) of backend 'v1' is not supported with gunicorn; use a server that supports it, such as Triton or TensorFlow Serving, or ModelServer.fromImage or ModelServer.command with its own command (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { protocol: ServerProtocol.GRPC }),
  },
  {
    name: 'a model to pull that is no name',
    code: 'InvalidName',
    message:
      "'pull' ('llama3 8b') of the server must contain names of Ollama models, such as 'llama3.2:3b' or 'hf.co/owner/name:Q4_K_M' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.ollama({ pull: ['llama3 8b'] }) }),
  },
  {
    name: 'an HTTP health check of a gRPC server',
    code: 'ConflictingProps',
    message:
      "'healthCheck' of backend 'v1' uses HTTP, but its 'protocol' is gRPC; use HealthCheck.grpc(), or change 'protocol' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        protocol: ServerProtocol.GRPC,
        healthCheck: HealthCheck.http('/v2/health/ready'),
      }),
  },
  {
    name: 'a gRPC health check of a server without the protocol',
    code: 'Unsupported',
    message:
      "'healthCheck' of backend 'v1' calls grpc.health.v1.Health, which MLServer does not implement; omit it to check that the port answers (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.mlServer({ modelsPath: '/models' }),
        protocol: ServerProtocol.GRPC,
        healthCheck: HealthCheck.grpc(),
      }),
  },
  {
    name: 'a smoke test of a gRPC server',
    code: 'Unsupported',
    message:
      "'smokeTest' of backend 'v1' sends a request with HTTP/1.1, but its 'protocol' is gRPC; remove 'smokeTest', or use ServerProtocol.HTTP1 (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.mlServer({ modelsPath: '/models' }),
        protocol: ServerProtocol.GRPC,
        smokeTest: { path: '/v2/models/iris/infer', json: {} },
      }),
  },
  {
    name: 'a sample that contains itself',
    code: 'InvalidType',
    message: "'smokeTest.json' ({ self }) must be JSON that is known at synthesis (at Serving/endpoint/v1)",
    define: (scope) => {
      const json: { self?: object } = {};
      json.self = json;
      one(scope, { smokeTest: { path: '/predict', json } });
    },
  },
  {
    name: 'a port of the smoke test on AWS',
    code: 'ConflictingProps',
    message:
      "port 9401 ('metrics') of backend 'v1' is the port on which its smoke test answers the health checks of the load balancer; use another port (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        smokeTest: { path: '/predict', text: 'a' },
        additionalPorts: [{ name: 'metrics', port: 9401 }],
      }),
  },
  {
    name: 'a writable directory next to a single file',
    code: 'ModelPathClash',
    message:
      "directory '/app/logs' of backend 'v1' is in '/app', which ECS mounts read-only with the file of a model in it; use another path for the model or for the directory (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        model: Model.fromS3('s3://acme/labels.csv', { path: '/app/labels.csv' }),
        scratch: [ScratchVolume.at('/app/logs')],
      }),
  },
  {
    name: 'a cache in the directory for temporary files',
    code: 'InvalidPath',
    message:
      "'path' ('/tmp') must not be the directory for temporary files, which each replica has for itself; use another one, such as '/cache'",
    define: (scope) =>
      one(scope, { cache: CacheVolume.fromVolume(kubernetes.ClaimVolume.fromName('a'), { path: '/tmp' }) }),
  },
  {
    name: 'a health check of a sidecar in the words of Docker',
    code: 'InvalidCommand',
    message:
      "'sidecars[0].healthCheck.command' must start with a program, not with 'CMD-SHELL' of Docker; use ['sh', '-c', 'curl -f http://localhost:9000/'] for a line of a shell (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        sidecars: [
          {
            name: 'proxy',
            image: ServerImage.fromRegistry('acme/proxy:1.2.0'),
            healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:9000/'] },
          },
        ],
      }),
  },
  {
    name: 'a directory that a sidecar shares and that is scratch',
    code: 'ConflictingProps',
    message:
      "'sharedDirectories' ('/work') overlaps a directory of 'scratch' ('/work'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        scratch: [ScratchVolume.at('/work')],
        sidecars: [
          { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: ['/work'] },
        ],
      }),
  },
  {
    name: 'a prefix that is removed from gRPC calls',
    code: 'ProtocolMismatch',
    on: ['kubernetes', 'test'],
    message:
      "'stripPrefix' (true) must be omitted: the path of a call is its service and method, because backend 'v1' of endpoint 'endpoint' serves gRPC (at Serving/endpoint)",
    define: (scope) =>
      one(
        scope,
        { server: ModelServer.triton(), protocol: ServerProtocol.GRPC },
        { path: '/triton', stripPrefix: true },
      ),
  },
  {
    name: 'an image of another version of the package',
    code: 'ForeignCopy',
    message:
      "'image' (a ServerImage) comes from another copy of serving-constructs (version 9.0.0 in '/elsewhere'); install one version for the whole app, for example with: npm dedupe",
    define: (scope) => one(scope, { image: OTHER_IMAGE }),
  },
  {
    name: 'a name that contains the text of a missing value',
    code: 'InvalidText',
    message:
      "'backendName' ('net-undefined') contains 'undefined', probably from an undefined variable; pass the intended value (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { backendName: 'net-undefined' }),
  },
  {
    name: 'a variable with a NUL character',
    code: 'InvalidText',
    message:
      "'environment.MODE' contains a NUL character, which no target can store; remove it (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { MODE: 'fast\u0000' } }),
  },
  {
    name: 'a version that does not support the command',
    code: 'ServerTooOld',
    message:
      "uvicorn 0.21.1 is not supported: its command requires version 0.22 or newer; use a newer version, or ModelServer.command with a 'behavior' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.asgi({ app: 'app', version: '0.21.1' }) }),
  },
  {
    name: 'a server with a fixed but undeclared idle timeout',
    code: 'InvalidDescriptor',
    message: "'descriptor.keepAlive' (servers.KeepAliveKind.FIXED) requires 'keepAliveSeconds'",
    define: (scope) =>
      one(scope, {
        server: ModelServer.custom({
          command: ['serve'],
          descriptor: {
            name: 'mine',
            drain: servers.DrainBehavior.COMPLETES_REQUESTS,
            keepAlive: servers.KeepAliveKind.FIXED,
            listensWhenReady: true,
            readinessPath: '/ready',
          },
        }),
      }),
  },
  {
    name: 'a Ray Serve config that does not exist',
    code: 'InvalidRayConfig',
    message:
      "'serve.yml' does not exist; 'path' is relative to the working directory. For a file in the image use 'configPath'",
    define: (scope) => one(scope, { server: ModelServer.rayServe({ config: RayServeConfig.fromFile('serve.yml') }) }),
  },
  {
    name: 'a Ray Serve config that reserves more GPUs than the backend has',
    code: 'ConflictingProps',
    message:
      "the deployments of the Ray Serve config reserve 4 GPUs ('Chat' 2 x 2), but 'gpu' of the backend has 1, so that they would never start; set 'gpu' to Gpu.nvidia({ count: 4 }), or lower 'numGpus' of 'rayActorOptions' (at Serving/endpoint/v1)",
    define: (scope) => {
      const deployments = [{ name: 'Chat', numReplicas: 2, rayActorOptions: { numGpus: 2 } }];
      const config = RayServeConfig.of({ applications: [{ importPath: 'chat:app', deployments }] });
      one(scope, { server: ModelServer.rayServe({ config }), gpu: Gpu.nvidia() });
    },
  },
  {
    name: 'batching of a server whose code forms the batches',
    code: 'Unsupported',
    message:
      "'batching' is not supported by LitServe, whose batching is: max_batch_size and batch_timeout of the LitAPI; leave it out, and pass 'max_batch_size' and 'batch_timeout' to the LitAPI in the script (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.litServe({ script: 'server.py' }), batching: { maxBatchSize: 8 } }),
  },
  {
    name: 'batching of Triton, whose models configure it',
    code: 'Unsupported',
    message:
      "'batching' is not supported by Triton, whose batching is: max_batch_size and dynamic_batching in config.pbtxt; leave it out, and set 'max_batch_size' and 'dynamic_batching { max_queue_delay_microseconds: ... }' in the config.pbtxt of each model (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.triton(), batching: { maxBatchSize: 8 } }),
  },
  {
    name: 'batching of an unknown server',
    code: 'Unsupported',
    message:
      "'batching' is not supported by an undeclared server; leave it out, and configure it in the application or with its own settings (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.command({ command: ['serve'] }), batching: { maxBatchSize: 8 } }),
  },
  {
    name: 'a wait for a batch that is always running',
    code: 'Unsupported',
    message:
      "'maxDelay' (0.05 s) of 'batching' is not supported by vLLM, which adds requests to its batches without a delay; leave it out (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.vllm({ model: 'a/b', version: '0.18.0' }),
        batching: { maxBatchSize: 32, maxDelay: Duration.millis(50) },
      }),
  },
  {
    name: 'an empty batch',
    code: 'InvalidNumber',
    message: "'batching.maxBatchSize' (0) must be a whole number between 1 and 100000 (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.vllm({ model: 'a/b', version: '0.18.0' }), batching: { maxBatchSize: 0 } }),
  },
  {
    name: 'a model across more cores than Neuron devices have',
    code: 'ConflictingProps',
    on: ['kubernetes', 'test'],
    message:
      "'tensorParallelism' (10) must be at most the number of cores of the backend (1 with at most 8 each); increase the count of 'gpu' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.vllm({ model: 'a/b', tensorParallelism: 10 }), gpu: Gpu.neuron() }),
  },
  {
    name: 'models to pull next to a model',
    code: 'ConflictingProps',
    message:
      "'pull' of the server and models of the backend are mutually exclusive, because a model is mounted read-only; remove one (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.ollama({ pull: ['llama3'] }), model: Model.fromS3('s3://acme/store/') }),
  },
  {
    name: 'a file with the models of TensorFlow Serving next to a path',
    code: 'ConflictingProps',
    message:
      "'modelConfigFile' and 'modelPath' of the server are mutually exclusive, because the file has the path of each model; remove one (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.tensorflowServing({
          modelName: 'net',
          modelPath: '/models/net',
          modelConfigFile: '/models/list',
        }),
      }),
  },
  {
    name: 'a wait for a batch as long as the request',
    code: 'RequestTimeoutTooShort',
    message:
      "'requestTimeout' (60 s) must be longer than 'maxDelay' of 'batching' (60 s) (rule R10), because a request waits for its batch before the model runs; lower 'maxDelay', or raise 'requestTimeout' (at Serving/endpoint/v1)",
    define: (scope) => {
      const server = ModelServer.tensorflowServing({ modelName: 'resnet', modelPath: '/models/resnet' });
      one(scope, { server, batching: { maxBatchSize: 32, maxDelay: Duration.seconds(60) } });
    },
  },
  {
    name: 'a Ray Serve config that is larger than a task definition',
    code: 'Unsupported',
    message:
      "the command and the environment of backend 'v1' (67 KiB) exceed the maximum size of an ECS task definition (64 KiB); move their data into the image, for a Ray Serve config with 'configPath' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => {
      const config = RayServeConfig.of({ applications: [{ importPath: 'a:b', args: { data: 'x'.repeat(65_000) } }] });
      one(scope, { server: ModelServer.rayServe({ config }) });
    },
  },
  {
    name: 'an additional port with the number of the port',
    code: 'ConflictingProps',
    message:
      "'additionalPorts[0].port' (8000) is also 'port' of the backend; use another port, or remove the entry (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { additionalPorts: [{ name: 'metrics', port: 8000 }] }),
  },
  {
    name: 'two additional ports with one number',
    code: 'ConflictingProps',
    message:
      "'additionalPorts[1].port' (9000) is also 'port' of 'metrics'; use another port, or remove the entry (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        additionalPorts: [
          { name: 'metrics', port: 9000 },
          { name: 'grpc', port: 9000 },
        ],
      }),
  },
  {
    name: 'two additional ports with one name',
    code: 'ConflictingProps',
    message:
      "'additionalPorts[1].name' ('metrics') is the name of another port; use another name (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        additionalPorts: [
          { name: 'metrics', port: 9000 },
          { name: 'metrics', port: 9001 },
        ],
      }),
  },
  {
    name: 'an additional port with the name of the port that serves requests',
    code: 'ConflictingProps',
    message:
      "'additionalPorts[0].name' ('http') is the name of the port that serves requests; use another name (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { additionalPorts: [{ name: 'http', port: 9000 }] }),
  },
  ...['Metrics', 'prometheus-metrics', '-a', 'a--b', '9000', ''].map((name) => ({
    name: `an additional port named '${name}'`,
    code: 'InvalidName' as const,
    message: `'additionalPorts[0].name' ('${name}') must be 1 to 15 lowercase letters, digits and single hyphens between them, with at least one letter, such as 'metrics' (at Serving/endpoint/v1)`,
    define: (scope: Construct) => one(scope, { additionalPorts: [{ name, port: 9000 }] }),
  })),
  {
    name: 'an additional port that is the port of the Services',
    code: 'Unsupported',
    message:
      "port 80 ('admin') of backend 'v1' is not supported on Kubernetes, because the Services of a backend serve requests on it; let the server listen on another port (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope, { additionalPorts: [{ name: 'admin', port: 80 }] }),
  },
  {
    name: 'a whole ConfigMap as variables on AWS',
    code: 'ForeignResource',
    message:
      "the environment of ConfigMap 'settings' of backend 'v1' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or choose by platform (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope, { environmentFrom: [kubernetes.KubernetesEnvironment.fromConfigMapName('settings')] }),
  },
  {
    name: 'a variable of the server in a source',
    code: 'ConflictingProps',
    message: "'PORT' in 'environmentFrom' is already set by the server; remove it (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['PORT'] })] }),
  },
  {
    name: 'a variable that changes the command in a source',
    code: 'ConflictingProps',
    message:
      "'GUNICORN_CMD_ARGS' in 'environmentFrom' conflicts with 'server', which sets it (flags) from 'extraArgs' of the server; set that instead (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['GUNICORN_CMD_ARGS'] })] }),
  },
  {
    name: 'a key that is no name of a variable',
    code: 'InvalidName',
    message:
      "the environment variable ('api-key') must consist of letters, digits and '_', and must not start with a digit (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['api-key'] })] }),
  },
  {
    name: 'a source without keys',
    code: 'EmptyList',
    message: "'keys' must list at least one key of secret 'acme'",
    define: (scope) => one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: [] })] }),
  },
  {
    name: 'a file of variables without its extension',
    code: 'InvalidName',
    message: "'key' ('production') must end with '.env', which ECS requires of the file",
    on: ['aws'],
    define: (scope) => {
      const bucket = s3.Bucket.fromBucketName(scope, 'Settings', 'acme');
      one(scope, { environmentFrom: [aws.EcsEnvironment.fromBucket(bucket, 'production')] });
    },
  },
  {
    name: 'a sidecar on the port for metrics of the server',
    code: 'ConflictingProps',
    message:
      "'sidecars[0].ports[0].port' (8002) is also a port of Triton; use another port, or remove the entry (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.triton(),
        model: Model.fromS3('s3://bucket/models/'),
        sidecars: [
          {
            name: 'exporter',
            image: ServerImage.fromRegistry('acme/exporter:1.2.0'),
            ports: [{ name: 'metrics', port: 8002 }],
          },
        ],
      }),
  },
  {
    name: 'two sidecars with one name',
    code: 'ConflictingProps',
    message: "'sidecars' has the name 'proxy' twice; rename one (at Serving/endpoint/v1)",
    define: (scope) => {
      const proxy = { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0') };
      one(scope, { sidecars: [proxy, proxy] });
    },
  },
  {
    name: 'a sidecar that stops slowly on Fargate',
    code: 'InvalidNumber',
    message: "'stopTimeout' (300 s) of sidecar 'proxy' must be at most 120 s on Fargate (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        sidecars: [
          {
            name: 'proxy',
            image: ServerImage.fromRegistry('acme/proxy:1.2.0'),
            stopTimeout: Duration.minutes(5),
          },
        ],
      }),
  },
  {
    name: 'a mutable tag',
    code: 'MutableImage',
    message:
      "'acme/svm:latest' uses the tag 'latest', which can change while the endpoint is running; use a digest or an immutable tag",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme/svm:latest') }),
  },
  {
    name: 'no tag',
    code: 'MutableImage',
    message:
      "'acme/svm' has no tag and defaults to 'latest', which can change while the endpoint is running; use a digest or an immutable tag",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme/svm') }),
  },
  {
    name: 'an image reference with a space',
    code: 'InvalidImage',
    message:
      "'acme svm:1' must be an image reference with a tag or a digest of 64 hex digits, such as 'acme/svm@sha256:...' or 'acme/svm:1.4.2'",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme svm:1') }),
  },
  {
    name: 'an environment of FloydHub that no longer exists',
    code: 'UnknownEnvironment',
    message:
      "'name' ('tensorflow-1.12') is not an environment for CPUs: 'tensorflow-1.12' is older than every maintained image, but tf.compat.v1 runs models of TensorFlow 1; use an image of 'docker.io/tensorflow/tensorflow' with ServerImage.fromRegistry, or 'tensorflow-2.15', 'tensorflow-2.16', 'tensorflow-2.17', 'tensorflow-2.18', 'tensorflow-2.19' or 'tensorflow-2.20'",
    define: (scope) => one(scope, { image: ServerImage.fromEnvironment('tensorflow-1.12') }),
  },
  {
    name: 'an environment without CUDA and a GPU',
    code: 'ConflictingProps',
    message:
      "'image' ('pytorch-2.6') conflicts with 'gpu': it has no CUDA; set 'gpu' to true in ServerImage.fromEnvironment (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { image: ServerImage.fromEnvironment('pytorch-2.6'), gpu: Gpu.nvidia() }),
  },
  {
    name: 'an environment whose CUDA does not support the GPU',
    code: 'ConflictingProps',
    message:
      "'image' ('pytorch-2.11') conflicts with 'gpu': it has CUDA 13.0, which has no code for 'V100'; use an environment with CUDA 12, such as 'pytorch-2.8' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        image: ServerImage.fromEnvironment('pytorch-2.11', { gpu: true }),
        gpu: Gpu.nvidia({ product: 'V100' }),
      }),
  },
  {
    name: 'a file instead of a module',
    code: 'InvalidApp',
    message: "'app' ('src/app:app') must be 'module:callable' or 'module', such as 'app:app'",
    define: (scope) => one(scope, { server: ModelServer.wsgi({ app: 'src/app:app' }) }),
  },
  {
    name: 'an empty command',
    code: 'InvalidCommand',
    message: "'command' must start with a program, such as ['python', 'serve.py']",
    define: (scope) => one(scope, { server: ModelServer.command({ command: [] }) }),
  },
  {
    name: 'an option in place of a program',
    code: 'InvalidCommand',
    message:
      "'command[0]' ('--model') is an option, and must be a program; to pass options to the entry point of the image, use ModelServer.fromImage({ args: ['--model', ...] })",
    define: (scope) => one(scope, { server: ModelServer.command({ command: ['--model', 'a/b'] }) }),
  },
  {
    name: 'an image as it is without a health check',
    code: 'HealthCheckRequired',
    message:
      "backend 'v1' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.fromImage() }),
  },
  {
    name: 'a flag for a computed time without the arguments of the image',
    code: 'ConflictingProps',
    message:
      "'--drain' of the image's server would be the only argument and replace those of the image (its CMD); set 'args' of the server to the arguments in the image, or remove the flag (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.fromImage({ behavior: { drains: true, drainFlag: '--drain' } }) }),
  },
  {
    name: 'a port in a server command that is not that of the backend',
    code: 'ConflictingProps',
    message:
      "'--server.port=8501' in the server command conflicts with 'port' of the backend (8000), to which requests are sent; set 'port' to 8501, or change the command (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['streamlit', 'run', 'app.py', '--server.port=8501'] }),
        healthCheck: HealthCheck.http('/_stcore/health'),
      }),
  },
  {
    name: 'a module that its server cannot load by name',
    code: 'InvalidApp',
    message:
      "'app' ('my-model:app') has the module 'my-model', which waitress does not load, because it is not a Python identifier; rename the module, or use ModelServer.gunicorn",
    define: (scope) => one(scope, { server: ModelServer.waitress({ app: 'my-model:app' }) }),
  },
  {
    name: 'a variable for which there is an option',
    code: 'ConflictingProps',
    message:
      "'MAX_CONCURRENT_REQUESTS' in 'environment' conflicts with 'server', which sets it (--max-concurrent-requests) from 'maxConcurrency' of the backend; set that instead (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.textGenerationInference({ model: 'a/b' }),
        environment: { MAX_CONCURRENT_REQUESTS: '64' },
      }),
  },
  {
    name: 'localhost in a server command',
    code: 'LocalhostBind',
    message:
      "'127.0.0.1' in the server command ('python serve.py --host 127.0.0.1') is unreachable from outside the container; listen on 0.0.0.0",
    define: (scope) =>
      one(scope, { server: ModelServer.command({ command: ['python', 'serve.py', '--host', '127.0.0.1'] }) }),
  },
  {
    name: 'localhost in a shell line',
    code: 'LocalhostBind',
    message:
      "'--bind=localhost:8000' in the server command ('exec gunicorn --bind=localhost:8000 app') is unreachable from outside the container; listen on 0.0.0.0",
    define: (scope) => one(scope, { server: ModelServer.shell({ line: 'exec gunicorn --bind=localhost:8000 app' }) }),
  },
  {
    name: 'a server without declared behavior and without a health check',
    code: 'HealthCheckRequired',
    message:
      "backend 'v1' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.command({ command: ['serve'] }) }),
  },
  {
    name: 'a health check without a slash',
    code: 'InvalidPath',
    message:
      "the health check path ('healthz') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('healthz') }),
  },
  ...['/%', '/ready#now', '//ready'].map((path) => ({
    name: `the health check path '${path}', which the kubelet would send differently`,
    code: 'InvalidPath' as const,
    message: `the health check path ('${path}') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes`,
    define: (scope: Construct) => one(scope, { healthCheck: HealthCheck.http(path) }),
  })),
  {
    name: 'a health check with an interval of 2 s',
    code: 'HealthCheckOutOfRange',
    message:
      "'interval' (2 s) of the health check of backend 'v1' must be between 5 and 300 s for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        healthCheck: HealthCheck.http('/healthz', { interval: Duration.seconds(2), timeout: Duration.seconds(2) }),
      }),
  },
  ...(
    [
      ['an interval of 10 minutes', "'interval' (600 s)", 'between 5 and 300 s', { interval: Duration.minutes(10) }],
      [
        'a timeout of 3 minutes',
        "'timeout' (180 s)",
        'between 2 and 120 s',
        { interval: Duration.minutes(4), timeout: Duration.minutes(3) },
      ],
      [
        'a timeout as long as the interval',
        "'timeout' (10 s)",
        "less than 'interval' (10 s)",
        { timeout: Duration.seconds(10) },
      ],
      ['a threshold of one good check', "'healthyThreshold' (1)", 'between 2 and 10', { healthyThreshold: 1 }],
      ['a threshold of eleven bad checks', "'unhealthyThreshold' (11)", 'between 2 and 10', { unhealthyThreshold: 11 }],
    ] as const
  ).map(
    ([name, value, bound, options]): RefusedDefinition => ({
      name: `a health check with ${name}`,
      code: 'HealthCheckOutOfRange',
      message: `${value} of the health check of backend 'v1' must be ${bound} for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)`,
      on: ['aws'],
      acceptedOn: ['kubernetes', 'test'],
      define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', options) }),
    }),
  ),
  {
    name: 'a health check with a Host header',
    code: 'Unsupported',
    message:
      "'health check host' is not supported by an Application Load Balancer: a load balancer sends the address of the target and the port as Host; accept every host for the path of the health check in the application, and remove 'host' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { host: 'model.internal' }) }),
  },
  {
    name: 'status codes that nothing in the image can check for',
    code: 'Unsupported',
    message:
      "'statuses' (200-299) of the health check of backend 'v1' requires a Python interpreter in the image, because the checks of this target accept 200-399 only; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'statuses' (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['serve'] }),
        healthCheck: HealthCheck.http('/healthz', { statuses: '200-299' }),
      }),
  },
  ...['ok', '2xx', '200-', '299-200', '100-199', '500', '200 - 299', '200-299,404', ''].map(
    (statuses): RefusedDefinition => ({
      name: `a health check with the status codes '${statuses}'`,
      code: 'InvalidNumber',
      message: `'statuses' ('${statuses}') must be a range such as '200-299', or a list such as '200,204', of status codes between 200 and 499`,
      define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { statuses }) }),
    }),
  ),
  {
    name: 'a health check with a URL as host',
    code: 'InvalidHost',
    message: "'host' ('https://model.internal') must be a host name with an optional port, such as 'model.internal'",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { host: 'https://model.internal' }) }),
  },
  {
    name: 'an initial delay as long as the load time',
    code: 'ConflictingProps',
    message:
      "'initialDelay' (60 s) of the health check must be less than 'loadTimeout' (60 s), which includes it; increase 'loadTimeout' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        loadTimeout: Duration.minutes(1),
        healthCheck: HealthCheck.http('/healthz', { initialDelay: Duration.minutes(1) }),
      }),
  },
  {
    name: 'a liveness check every second',
    code: 'HealthCheckOutOfRange',
    message:
      "'liveness.interval' (1 s) of the health check of backend 'v1' must be between 5 and 300 s for an Application Load Balancer; change it, or leave it out (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, { healthCheck: HealthCheck.http('/healthz', { liveness: { interval: Duration.seconds(1) } }) }),
  },
  {
    name: 'a smoke test without an interpreter',
    code: 'Unsupported',
    message:
      "'smokeTest' of backend 'v1' requires a Python interpreter in the image, and none is known for Triton; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'smokeTest' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.triton({}), smokeTest: { path: '/v2/models/m/infer', json: {} } }),
  },
  {
    name: 'a smoke test with two bodies',
    code: 'ConflictingProps',
    message: "'smokeTest' has 'json' and 'text', and a request has one body; remove one (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', json: {}, text: '' } }),
  },
  {
    name: 'a smoke test with a path above the limit',
    code: 'InvalidPath',
    message: `'smokeTest.path' ('/${'x'.repeat(59)}…') must have at most 1024 characters, but has 1025 (at Serving/endpoint/v1)`,
    define: (scope) => one(scope, { smokeTest: { path: `/${'x'.repeat(1024)}` } }),
  },
  {
    name: 'a smoke test without a slash',
    code: 'InvalidPath',
    message:
      "'smokeTest.path' ('predict') must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: 'predict' } }),
  },
  {
    name: 'a smoke test with a file that does not exist',
    code: 'InvalidPath',
    message: "'smokeTest.file' ('missing.json') cannot be read (ENOENT); relative paths are relative to ",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', file: 'missing.json' } }),
  },
  {
    name: 'a smoke test with a large body',
    code: 'InvalidNumber',
    message:
      "the body of 'smokeTest' (16385 bytes) must have at most 16384 bytes, because it is part of the template or manifest; use a smaller sample (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', text: 'x'.repeat(16_385) } }),
  },
  {
    name: 'a smoke test as long as the load time',
    code: 'ConflictingProps',
    message:
      "'smokeTest.timeout' (60 s) must be less than 'loadTimeout' (60 s), which includes the smoke test; increase 'loadTimeout' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { loadTimeout: Duration.minutes(1), smokeTest: { path: '/predict', timeout: Duration.minutes(1) } }),
  },
  {
    name: 'a smoke test with an unknown keyword',
    code: 'UnknownOption',
    message: "unknown keyword 'smokeTest.answer.schema.properties.label.pattern'; ",
    define: (scope) =>
      one(scope, { smokeTest: { path: '/predict', answer: { schema: { properties: { label: { pattern: 'a' } } } } } }),
  },
  {
    name: 'a smoke test with an unknown type',
    code: 'InvalidType',
    message:
      "'smokeTest.answer.schema.type' ('list') must be one of 'object', 'array', 'string', 'number', 'integer', 'boolean', 'null', or a list of them (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', answer: { schema: { type: 'list' } } } }),
  },
  {
    name: 'a smoke test with a header of two lines',
    code: 'InvalidHeader',
    message:
      "'smokeTest.headers' has an invalid header 'x-a'; use printable ASCII without line breaks, known at synthesis (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', headers: { 'x-a': 'a\nb' } } }),
  },
  {
    name: 'a smoke test with a method in lower case',
    code: 'InvalidText',
    message: "'smokeTest.method' ('post') must be an HTTP method, such as 'POST' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { smokeTest: { path: '/predict', method: 'post' } }),
  },
  {
    name: 'an interpreter with arguments',
    code: 'InvalidCommand',
    message: "'interpreter' ('python3 -I') of 'behavior' must be a program without arguments, such as 'python3'",
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['serve'], behavior: { drains: true, interpreter: 'python3 -I' } }),
      }),
  },
  {
    name: 'a health check with a timeout longer than its interval',
    code: 'InvalidNumber',
    message: "'timeout' (11 s) must be at most 'interval' (10 s)",
    define: (scope) => one(scope, { healthCheck: HealthCheck.http('/healthz', { timeout: Duration.seconds(11) }) }),
  },
  {
    name: 'a port above the maximum',
    code: 'InvalidNumber',
    message: "'port' (70000) must be a whole number between 1 and 65535 (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { port: 70_000 }),
  },
  {
    name: 'a number that is an unresolved token',
    code: 'UnresolvedNumber',
    message:
      "'replicas' is a token, but its value must be known at synthesis; pass a plain number (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { replicas: -1.8881545897087626e289 }),
  },
  {
    name: 'a PORT variable that differs from the port',
    code: 'ConflictingProps',
    message:
      "PORT ('9000') in 'environment' must equal the 'port' of the container (8000); set 'port' only (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { PORT: '9000' } }),
  },
  {
    name: 'an environment variable with a dash',
    code: 'InvalidName',
    message:
      "the environment variable ('LOG-LEVEL') must consist of letters, digits and '_', and must not start with a digit (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { 'LOG-LEVEL': 'debug' } }),
  },
  {
    name: 'a secret whose name is invalid for a Kubernetes Secret',
    code: 'InvalidName',
    message:
      "the secret 'acme/KEY' of 'KEY' is not a valid name of a Kubernetes Secret, which consists of lowercase letters, digits, '-' and '.'; rename it, or use KubernetesSecret.fromName on this platform (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope, { secrets: { KEY: SecretValue.fromName('acme/KEY') } }),
  },
  {
    name: 'a model that is not in S3',
    code: 'InvalidModel',
    message:
      "'uri' ('gs://acme/model/') is a location in Google Cloud Storage, which Model.fromS3 does not support; copy the files to a bucket for Model.fromS3 or download them for Model.fromDirectory, which 'npx serving lock' and 'npx serving publish' move to a registry or to S3; on Kubernetes, a claim of the CSI driver of that storage with Model.fromVolume also works",
    define: (scope) => one(scope, { model: Model.fromS3('gs://acme/model/') }),
  },
  {
    name: 'two models with the same path',
    code: 'ModelPathClash',
    message:
      "models 'a' ('/models') and 'b' ('/models') have overlapping mount paths; set 'path' of one (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { models: ['a', 'b'].map((name) => Model.fromS3(`s3://acme-models/${name}/`)) }),
  },
  {
    name: 'a fetch that exceeds the start timeout of Fargate',
    code: 'FetchTooLong',
    message:
      "'fetchTimeout' (600 s) of model 'a' must be at most 120 s on this compute; bake the model into the image, or use compute without this limit (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, { model: Model.fromS3('s3://acme-models/a/', { fetchTimeout: Duration.minutes(10) }) }),
  },
  {
    name: 'zero replicas',
    code: 'ReplicasOutOfRange',
    message: "'replicas' (0) must be a whole number of at least 1 (at Serving/endpoint/v1)",
    on: ['kubernetes', 'test'],
    define: (scope) => one(scope, { replicas: 0 }),
  },
  {
    name: 'more replicas than a service of ECS has',
    code: 'ReplicasOutOfRange',
    message: "'replicas' (5001) must be a whole number between 1 and 5000 (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { replicas: 5001 }),
  },
  {
    name: 'a delay that an autoscaler of Kubernetes does not support',
    code: 'InvalidNumber',
    message:
      "'scaleDownDelay' (3601) must be a whole number between 0 and 3600; the value is in seconds (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 2,
        targets: [ScalingTarget.cpuUtilization(60)],
        scaleDownDelay: Duration.seconds(3601),
      }),
  },
  {
    name: 'a minimum above the maximum',
    code: 'ReplicasOutOfRange',
    message: "'minReplicas' (5) must be at most 'maxReplicas' (2) (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ minReplicas: 5, maxReplicas: 2, targets: [cpu] }),
  },
  {
    name: 'scaling to zero',
    code: 'ReplicasOutOfRange',
    message:
      "'minReplicas' (0) must be a whole number of at least 1; none of these metrics can start the first replica, only 'schedules' (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ minReplicas: 0, maxReplicas: 2, targets: [cpu] }),
  },
  {
    name: 'a schedule on Kubernetes',
    code: 'Unsupported',
    message:
      "'autoscaling on a schedule' is not supported by the built-in router: it needs KEDA; set 'keda' of the platform, or omit 'schedules' and use a CronJob that changes minReplicas of the HorizontalPodAutoscaler (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [{ from: '07:30', to: '19:00', timeZone: 'Europe/Berlin', minReplicas: 4 }],
      }),
  },
  {
    name: 'two schedules at the same time',
    code: 'ConflictingProps',
    message:
      "'schedules[1]' overlaps or adjoins 'schedules[0]'; leave at least a minute between them (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [
          { from: '07:30', to: '19:00', timeZone: 'UTC', minReplicas: 4 },
          { from: '18:00', to: '22:00', timeZone: 'UTC', minReplicas: 2, days: [Weekday.MONDAY] },
        ],
      }),
  },
  {
    name: 'a time zone that does not exist',
    code: 'InvalidName',
    message:
      "'schedules[0].timeZone' ('Berlin') must be a time zone of the IANA database, such as 'Europe/Berlin' or 'UTC' (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [cpu],
        schedules: [{ from: '07:30', to: '19:00', timeZone: 'Berlin', minReplicas: 4 }],
      }),
  },
  {
    name: 'scaling by GPU utilization on AWS',
    code: 'Unsupported',
    message:
      "'autoscaling by GPU utilization' is not supported by an Application Load Balancer: ECS publishes no GPU utilization of a service; use ScalingTarget.ongoingRequests, or publish the metric of a DCGM exporter and use aws.MetricTarget.ofAverage (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['test'],
    define: (scope) =>
      one(scope, { gpu: Gpu.nvidia() }).backend.autoscale({
        maxReplicas: 8,
        targets: [ScalingTarget.gpuUtilization(70)],
      }),
  },
  {
    name: 'scaling by a metric of the cluster on another target',
    code: 'ForeignResource',
    message:
      "scaling target 'jobs_waiting' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or one for each in ScalingTarget.byPlatform (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope).backend.autoscale({ maxReplicas: 8, targets: [kubernetes.MetricTarget.ofTotal('jobs_waiting', 4)] }),
  },
  {
    name: 'a query as the name of a metric',
    code: 'InvalidName',
    message:
      "'metricName' ('sum(rate(x[1m]))') must be the name of a metric, of letters, digits, '_', ':', '.' and '-'; an adapter serves the result of a query under a name",
    define: (scope) =>
      one(scope).backend.autoscale({
        maxReplicas: 8,
        targets: [kubernetes.MetricTarget.ofTotal('sum(rate(x[1m]))', 4)],
      }),
  },
  {
    name: 'scaling by a Prometheus query on AWS',
    code: 'Unsupported',
    message:
      "'autoscaling by a Prometheus query' is not supported by an Application Load Balancer: CloudWatch does not evaluate PromQL; use aws.MetricTarget with a CloudWatch metric, as the target for AWS of ScalingTarget.byPlatform if the definition is for Kubernetes too (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [waiting()] }),
  },
  {
    name: 'scaling by a Prometheus query on Kubernetes without KEDA',
    code: 'Unsupported',
    message:
      "'autoscaling by a Prometheus query' is not supported by the built-in router: it needs KEDA; set 'keda' of the platform with a 'prometheusAddress', or use kubernetes.MetricTarget.ofAverage, if an adapter serves the result under a name (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [waiting()] }),
  },
  {
    name: 'a metric for another platform only',
    code: 'Unsupported',
    message:
      "a scaling target has no metric for platform 'aws', only for 'kubernetes'; add 'aws' to ScalingTarget.byPlatform (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.byPlatform({ kubernetes: cpu })] }),
  },
  {
    name: 'a metric of one platform for another',
    code: 'ForeignResource',
    message: "'targets.aws' is scaling target 'jobs' of platform 'kubernetes'; use one that 'aws' has",
    define: () => ScalingTarget.byPlatform({ aws: kubernetes.MetricTarget.ofTotal('jobs', 4) }),
  },
  {
    name: 'metrics for no platform',
    code: 'EmptyList',
    message: "'targets' ({}) must have at least one platform, such as 'aws' or 'kubernetes'",
    define: () => ScalingTarget.byPlatform({}),
  },
  {
    name: 'a Prometheus query with an open bracket',
    code: 'InvalidText',
    message:
      "'query' ('sum(rate(x[1m])') must be a Prometheus query with one result, such as 'sum(vllm:num_requests_waiting)'; '(' in it is not closed",
    define: () => PrometheusTarget.ofTotal('Waiting', 'sum(rate(x[1m])', 2),
  },
  {
    name: 'scaling by the queue of a server without that metric',
    code: 'Unsupported',
    message:
      "scaling target 'queue depth' of backend 'v1' requires a metric of waiting requests, which gunicorn does not have; use ScalingTarget.ongoingRequests (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws', 'test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.queueDepth(4)] }),
  },
  {
    name: 'scaling by the queue of a server without that metric, where requests are not counted',
    code: 'Unsupported',
    message:
      "scaling target 'queue depth' of backend 'v1' requires a metric of waiting requests, which gunicorn does not have; use ScalingTarget.cpuUtilization (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.queueDepth(4)] }),
  },
  {
    name: 'scaling by GPUs that a backend does not have, where they are not measured',
    code: 'Unsupported',
    message:
      "scaling target 'gpu' of backend 'v1' requires NVIDIA GPUs; use ScalingTarget.ongoingRequests (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 8, targets: [ScalingTarget.gpuUtilization(70)] }),
  },
  {
    name: 'a fixed number of replicas with autoscaling',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas' (at Serving/endpoint/v1/Autoscaling)",
    on: ['aws', 'test'],
    define: (scope) => one(scope, { replicas: 3 }).backend.autoscale({ maxReplicas: 4, targets: [cpu] }),
  },
  {
    name: 'a fixed number of replicas with a HorizontalPodAutoscaler',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaling; remove 'replicas' and set 'minReplicas'; if Deployment 'endpoint-v1' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    define: (scope) => one(scope, { replicas: 3 }).backend.autoscale({ maxReplicas: 4, targets: [cpu] }),
  },
  {
    name: 'a fixed number of replicas with an autoscaler that the package does not create',
    code: 'ReplicasWithAutoscaling',
    message:
      "'replicas' (3) of backend 'v1' conflicts with its autoscaler; remove 'replicas'; if Deployment 'endpoint-v1' is running, hand its replicas over before the next apply, which otherwise scales it to 1, as docs/autoscaling.md describes (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    define: (scope) => kubernetes.KubernetesBackend.of(one(scope, { replicas: 3 }).backend).markHasAutoscaler(),
  },
  {
    name: 'two autoscaling policies',
    code: 'DuplicateAutoscaling',
    message:
      "backend 'v1' already has an autoscaling policy; use one policy with several targets (at Serving/endpoint/v1/Second)",
    define: (scope) => {
      const { backend } = one(scope);
      backend.autoscale({ maxReplicas: 4, targets: [cpu] });
      new AutoscalingPolicy(backend, 'Second', { backend, maxReplicas: 4, targets: [cpu] });
    },
  },
  {
    name: 'a duplicate scaling target',
    code: 'DuplicateScalingTarget',
    message: "duplicate scaling target 'cpu' in 'targets'; use each metric once (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 4, targets: [cpu, cpu] }),
  },
  {
    name: 'a rollout that stops the only replica',
    code: 'RolloutStopsOnlyReplica',
    message:
      "'rollout' (in place) would stop the only replica of backend 'v1' before a new one runs; use at least 2 replicas, Rollout.surge(), or Rollout.inPlace({ allowDowntime: true }) to accept downtime (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { rollout: Rollout.inPlace() }),
  },
  {
    name: 'a CPU limit below what is reserved',
    code: 'ConflictingProps',
    message:
      "'cpuLimit' (1 vCPUs) must be at least 'cpu' (2 vCPUs), which is reserved; raise the limit, or reserve less (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { resources: { cpu: 2, cpuLimit: 1 } }),
  },
  {
    name: 'a memory limit below what is reserved',
    code: 'ConflictingProps',
    message:
      "'memoryLimit' (4096 MiB) must be at least 'memory' (8192 MiB), which is reserved; raise the limit, or reserve less (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { resources: { memory: Size.gibibytes(8), memoryLimit: Size.gibibytes(4) }, gpu: Gpu.nvidia() }),
  },
  {
    name: 'a memory limit above what Fargate supports',
    code: 'ComputeTooLarge',
    message:
      "'cpu' (4) and 'memoryLimit' (204800 MiB) of backend 'v1' exceed the limits of Fargate (16 vCPUs and 120 GiB); request less (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, { resources: { cpu: 4, memory: Size.gibibytes(64), memoryLimit: Size.gibibytes(200) } }),
  },
  {
    name: 'a token as the name of a backend',
    code: 'InvalidName',
    message:
      "'backendName' must be known at synthesis, because names of resources derive from it; pass plain text instead of a token (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { backendName: `churn-${Lazy.string({ produce: () => 'late' })}` }),
  },
  {
    name: 'a secret without a key in two variables',
    code: 'ConflictingProps',
    message:
      "secret 'hf' of backend 'v1' is read without a key by 'HF_TOKEN' and 'HUGGING_FACE_HUB_TOKEN', which is the whole secret for both on AWS and a key for each on Kubernetes; set 'key' of SecretValue.fromName (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        secrets: { HF_TOKEN: SecretValue.fromName('hf'), HUGGING_FACE_HUB_TOKEN: SecretValue.fromName('hf') },
      }),
  },
  {
    name: 'more memory than Fargate supports',
    code: 'ComputeTooLarge',
    message:
      "'cpu' (4) and 'memory' (204800 MiB) of backend 'v1' exceed the limits of Fargate (16 vCPUs and 120 GiB); request less (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { resources: { cpu: 4, memory: Size.gibibytes(200) } }),
  },
  {
    name: 'shared memory on Fargate',
    code: 'Unsupported',
    message:
      "'sharedMemory' (256 MiB) of backend 'v1' is not supported on Fargate; remove it, or use a GPU, which runs on instances (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { resources: { sharedMemory: Size.mebibytes(256) } }),
  },
  {
    name: 'another accelerator than NVIDIA GPUs on AWS',
    code: 'Unsupported',
    message:
      "'amd.com/gpu' of backend 'v1' is not supported on ECS, where tasks get NVIDIA GPUs; use Gpu.nvidia(), or run the backend on Kubernetes (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.amd() }),
  },
  {
    name: 'a partition of a GPU on AWS',
    code: 'Unsupported',
    message:
      "'mig' ('1g.10gb') of backend 'v1' is not supported on ECS, where tasks get whole GPUs; request a smaller GPU, such as Gpu.nvidia({ product: 'L4' }), or run the backend on Kubernetes (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ product: 'H100', mig: '1g.10gb' }) }),
  },
  {
    name: 'a share of a GPU on AWS',
    code: 'Unsupported',
    message:
      "'shared' (true) of backend 'v1' is not supported on ECS, where tasks get whole GPUs; request a smaller GPU, such as Gpu.nvidia({ product: 'L4' }), or run the backend on Kubernetes (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ shared: true }) }),
  },
  {
    name: 'a GPU that AWS does not offer',
    code: 'UnknownGpu',
    message:
      "no supported instance type has the GPU of backend 'v1' (1 x RTX 4090, 2 vCPUs, 8192 MiB); set 'product' to one of A100, A10G, B200, B300, H100, H200, L4, L40S, RTX PRO 6000, T4, V100, or omit 'product' and select the instance type with 'gpuCapacities' of the platform, such as [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge' })], or add instances with a 'shape' of this product to 'gpuCapacities' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ product: 'RTX 4090' }) }),
  },
  {
    name: 'an unknown GPU',
    code: 'UnknownGpu',
    message:
      "'product' ('L44') is not a known NVIDIA GPU; did you mean 'L4' or 'L40'? 'customProduct' accepts a newer one",
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ product: 'L44' }) }),
  },
  {
    name: 'a fraction of a GPU',
    code: 'InvalidNumber',
    message:
      "'count' (0.5) must be a whole number between 1 and 16; for a part of a GPU use 'mig' or 'shared', which Kubernetes supports, or a smaller product such as 'T4' or 'L4'",
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ count: 0.5 }) }),
  },
  {
    name: 'a scratch directory that is relative',
    code: 'InvalidPath',
    message:
      "'path' ('logs') must be the absolute path of a directory, without '.', '..', spaces, ':' or ',', of at most 1024 characters",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('logs')] }),
  },
  {
    name: 'a scratch directory that hides the programs of the image',
    code: 'InvalidPath',
    message:
      "'path' ('/usr') would hide files that the container needs; use the directory that the server writes to, such as '/app/logs'",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/usr')] }),
  },
  {
    name: 'shared memory as a scratch directory',
    code: 'InvalidPath',
    message: "'path' ('/dev/shm') is set by 'sharedMemory' of 'resources'; use that instead",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/dev/shm')] }),
  },
  {
    name: 'a scratch directory below another one',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/app/logs') overlaps another scratch volume ('/app'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/app'), ScratchVolume.at('/app/logs')] }),
  },
  {
    name: 'a scratch directory over a model',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/models') overlaps model 'net' ('/models'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { model: Model.fromS3('s3://acme-models/net/'), scratch: [ScratchVolume.at('/models')] }),
  },
  {
    name: 'a scratch directory for temporary files',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/tmp/cache') is below '/tmp', which is writable already; remove it, or set the size of the whole with ScratchVolume.at('/tmp') (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/tmp/cache')] }),
  },
  {
    name: 'a scratch directory in memory that is larger than the memory',
    code: 'ConflictingProps',
    message:
      "'size' (4096 MiB) of scratch volume '/app/index' must be at most 'memoryLimit' (2048 MiB), which its files count toward; lower it, or raise 'memoryLimit' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { scratch: [ScratchVolume.at('/app/index', { size: Size.gibibytes(4), inMemory: true })] }),
  },
  {
    name: 'a scratch directory that is larger than the disk',
    code: 'ConflictingProps',
    message:
      "'size' (40960 MiB) of scratch volume '/data' must be at most 'ephemeralStorage' (30720 MiB), which its files count toward; lower it, or raise 'ephemeralStorage' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        resources: { ephemeralStorage: Size.gibibytes(30) },
        scratch: [ScratchVolume.at('/data', { size: Size.gibibytes(40) })],
      }),
  },
  {
    name: 'all GPUs of the node by a variable',
    code: 'ConflictingProps',
    message:
      "'NVIDIA_VISIBLE_DEVICES' in 'environment' selects GPUs of the node, regardless of those that other containers use; remove it, and request GPUs with 'gpu' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { gpu: Gpu.nvidia(), environment: { NVIDIA_VISIBLE_DEVICES: 'all' } }),
  },
  {
    name: 'more GPUs than an instance has',
    code: 'InstanceTooSmall',
    message:
      "no supported instance type is large enough for backend 'v1' (16 x any GPU, 32 vCPUs, 131072 MiB); request fewer GPUs, less CPU or less memory (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ count: 16 }) }),
  },
  {
    name: 'a GPU product with spaces on Kubernetes, where the package does not know it',
    code: 'InvalidName',
    message:
      "'gpu' (1 x NVIDIA R100) of backend 'v1' requires the node label 'NVIDIA R100', which must be at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit; write 'NVIDIA-R100', as in the label 'nvidia.com/gpu.product' of the nodes (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['test'],
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ customProduct: 'NVIDIA R100' }) }),
  },
  {
    name: 'a GPU product without a letter or digit',
    code: 'UnknownGpu',
    message:
      "'product' ('%') is not a known NVIDIA GPU; use one such as 'L4', 'A10G', 'L40S', 'A100' or 'H100', or 'customProduct' for a newer one",
    define: (scope) => one(scope, { gpu: Gpu.nvidia({ product: '%' }) }),
  },
  {
    name: 'requests per second on Kubernetes without KEDA',
    code: 'Unsupported',
    message:
      "'autoscaling by requests' is not supported by the built-in router: it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofTotal, or use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.requestsPerSecond(10)] }),
  },
  {
    name: 'two settings for one target',
    code: 'ConflictingProps',
    message:
      "'targetSettings' contains settings for platform 'kubernetes' twice (kubernetes.PodSettings); put all options into one (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        targetSettings: [
          kubernetes.PodSettings.of({ priorityClassName: 'a' }),
          kubernetes.PodSettings.of({ runtimeClassName: 'b' }),
        ],
      }),
  },
  {
    name: 'a processor architecture for nodes only',
    code: 'ConflictingProps',
    message:
      "'nodeSelector.kubernetes.io/arch' ('arm64') of backend 'v1' differs from 'architecture' (not set) of 'resources'; set 'architecture', which also checks the images (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope, {
        targetSettings: [kubernetes.PodSettings.of({ nodeSelector: { 'kubernetes.io/arch': 'arm64' } })],
      }),
  },
  {
    name: 'a toleration of all taints by accident',
    code: 'InvalidPlacement',
    message: "'tolerations[0]' without 'key' must have TolerationOperator.EXISTS, which tolerates every taint",
    define: (scope) => one(scope, { targetSettings: [kubernetes.PodSettings.of({ tolerations: [{ value: 'a' }] })] }),
  },
  {
    name: 'a label that selects Pods of the package',
    code: 'InvalidName',
    message: "'serving-constructs/backend' in 'labels' is reserved for this package and Kubernetes; use another key",
    define: (scope) =>
      one(scope, {
        targetSettings: [kubernetes.PodSettings.of({ labels: { 'serving-constructs/backend': 'other' } })],
      }),
  },
  {
    name: 'a patch of Pods with a mistyped field',
    code: 'UnknownOption',
    message: "'podPatch.dnsConfig.searchs' is not a field of the Kubernetes API; did you mean 'searches'?",
    define: (scope) =>
      one(scope, { targetSettings: [kubernetes.PodSettings.of({ podPatch: { dnsConfig: { searchs: ['acme'] } } })] }),
  },
  {
    name: 'a patch of tasks with a mistyped property',
    code: 'UnknownOption',
    message:
      "'containerPatch.Ulimits[0].Hardlimit' is not a field of a task definition in CloudFormation; did you mean 'HardLimit'?",
    define: (scope) =>
      one(scope, {
        targetSettings: [aws.TaskSettings.of({ containerPatch: { Ulimits: [{ Name: 'nofile', Hardlimit: 65536 }] } })],
      }),
  },
  {
    name: 'instances for tasks on Fargate',
    code: 'Unsupported',
    message:
      "'placementConstraints' of backend 'v1' is not supported on Fargate, which has no instances to choose from; remove it, or run the backend on instances with 'gpu' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        targetSettings: [aws.TaskSettings.of({ placementConstraints: [ecs.PlacementConstraint.distinctInstances()] })],
      }),
  },
  {
    name: 'commands in containers with a read-only root file system',
    code: 'ConflictingProps',
    message:
      "'enableExecuteCommand' (true) of backend 'v1' requires a writable root file system, because the agent that runs commands writes to it; set 'readOnlyRootFilesystem' to false, or remove 'enableExecuteCommand' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { targetSettings: [aws.TaskSettings.of({ enableExecuteCommand: true })] }),
  },
  ...(
    [
      [
        'a name with capitals',
        { name: 'Proxy' },
        'InvalidName',
        "'sidecars[0].name' ('Proxy') must be 1 to 32 lowercase letters, digits and single hyphens between them, starting with a letter, such as 'proxy'",
      ],
      [
        'the name of the server',
        { name: 'server' },
        'ConflictingProps',
        "'sidecars[0].name' ('server') is the name of a container that the target adds; use another name",
      ],
      [
        'the port of the server',
        { ports: [{ name: 'admin', port: 8000 }] },
        'ConflictingProps',
        "'sidecars[0].ports[0].port' (8000) is also 'port' of the backend; use another port, or remove the entry",
      ],
      ['an empty command', { command: [] }, 'InvalidCommand', "'sidecars[0].command' ([]) must start with a program"],
      [
        'an empty check',
        { healthCheck: { command: [''] } },
        'InvalidCommand',
        "'sidecars[0].healthCheck.command' (['']) must start with a program",
      ],
      [
        'a check that does not end in time',
        { healthCheck: { command: ['a'], interval: Duration.seconds(10), timeout: Duration.seconds(11) } },
        'InvalidNumber',
        "'sidecars[0].healthCheck.timeout' (11 s) must be at most 'interval' (10 s)",
      ],
      [
        'a negative user',
        { user: -1 },
        'InvalidNumber',
        "'sidecars[0].user' (-1) must be a whole number between 0 and 2147483646",
      ],
      [
        'a name that is no variable',
        { environment: { 'A-B': 'c' } },
        'InvalidName',
        "the environment variable ('A-B') must consist of letters, digits and '_', and must not start with a digit",
      ],
      [
        'too little memory',
        { resources: { memory: Size.mebibytes(1) } },
        'InvalidNumber',
        "'sidecars[0].resources.memory' (1) must be a number of at least 16; the value is in MiB",
      ],
    ] as const
  ).map(([name, change, code, message]) => ({
    name: `a sidecar with ${name}`,
    code,
    message: `${message} (at Serving/endpoint/v1)`,
    define: (scope: Construct) =>
      one(scope, {
        sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), ...(change as object) }],
      }),
  })),
  ...['/tmp', 'shared', '/a/../b', '/a b', '/', '/dev/shm', '/usr', '/a/'].map((path) => ({
    name: `the shared directory '${path}'`,
    code: 'InvalidPath' as const,
    message: `'sidecars[0].sharedDirectories[0]' ('${path}') must be an absolute path without '..', spaces, ':' or ',', of a directory that the image does not need, such as '/var/run/app' (at Serving/endpoint/v1)`,
    define: (scope: Construct) =>
      one(scope, {
        sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: [path] }],
      }),
  })),
  {
    name: 'a shared directory that is the directory of a model',
    code: 'ConflictingProps',
    message:
      "'sharedDirectories' ('/models') overlaps model 'net' ('/models'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        model: Model.fromS3('s3://bucket/net/'),
        sidecars: [
          { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: ['/models'] },
        ],
      }),
  },
  {
    name: 'a queue without a limit of concurrent requests',
    code: 'ConflictingProps',
    message:
      "'queue' requires 'maxConcurrency', because requests wait only while every replica has that many; set it, or remove 'queue' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { queue: { maxRequests: 10 } }),
  },
];
