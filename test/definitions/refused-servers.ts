import type { Construct } from 'constructs';
import {
  Duration,
  Gpu,
  HealthCheck,
  Model,
  ModelServer,
  QueueStatus,
  RayServeConfig,
  ServerImage,
  ServerProtocol,
  Size,
  servers,
} from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** Servers, their protocols, ports, batches and queues. */
export const REFUSED_SERVERS: readonly RefusedDefinition[] = [
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
    name: 'a port above the maximum',
    code: 'InvalidNumber',
    message: "'port' (70000) must be a whole number between 1 and 65535 (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { port: 70_000 }),
  },
  {
    name: 'a PORT variable that differs from the port',
    code: 'ConflictingProps',
    message:
      "PORT ('9000') in 'environment' must equal the 'port' of the container (8000); set 'port' only (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { PORT: '9000' } }),
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
    name: 'more memory than Fargate supports',
    code: 'ComputeTooLarge',
    message:
      "'cpu' (4) and 'memory' (204800 MiB) of backend 'v1' exceed the limits of Fargate (16 vCPUs and 120 GiB); request less (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { resources: { cpu: 4, memory: Size.gibibytes(200) } }),
  },
  {
    name: 'a queue without a limit of concurrent requests',
    code: 'ConflictingProps',
    message:
      "'queue' requires 'maxConcurrency', because requests wait only while every replica has that many; set it, or remove 'queue' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { queue: { maxRequests: 10 } }),
  },
  {
    name: 'a status for a full queue without a limit',
    code: 'ConflictingProps',
    message:
      "'queue.fullStatus' (429) requires 'queue.maxRequests', because a queue without a limit is never full; set it, or remove 'fullStatus' (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { maxConcurrency: 4, queue: { fullStatus: QueueStatus.TOO_MANY_REQUESTS } }),
  },
];
