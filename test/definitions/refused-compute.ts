import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Duration, Gpu, kubernetes, Model, ModelServer, ScratchVolume, ServerImage, Size } from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** CPU, memory and GPUs. */
export const REFUSED_COMPUTE: readonly RefusedDefinition[] = [
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
    name: 'an environment without CUDA and a GPU',
    code: 'ConflictingProps',
    message:
      "'image' ('pytorch-2.6') conflicts with 'gpu': it has no CUDA; set 'gpu' to true in ServerImage.fromEnvironment (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { image: ServerImage.fromEnvironment('pytorch-2.6'), gpu: Gpu.nvidia() }),
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
    name: 'shared memory as a scratch directory',
    code: 'InvalidPath',
    message: "'path' ('/dev/shm') is set by 'sharedMemory' of 'resources'; use that instead",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/dev/shm')] }),
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
];
