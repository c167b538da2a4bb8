import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App as Cdk8sApp, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  aws,
  type BackendOptions,
  Gpu,
  kubernetes,
  ModelServer,
  Rollout,
  ScalingTarget,
  ServerImage,
  ServingEndpoint,
  Warnings,
} from '../../../src';
import { gpuWarnings } from '../../../src/constructs/private/gpu-warnings';
import { backendOptions } from '../../support/definitions';
import { TestPlatform } from '../../support/test-platform';

const vllm = ModelServer.vllm({ model: 'acme/llm' });
const image = (reference: string) => ServerImage.fromRegistry(reference);
const VLLM = image('vllm/vllm-openai:v0.18.0');

/** The warnings of one backend. The test platform has every accelerator. */
function idsOf(change: Partial<BackendOptions>): string[] {
  const platform = new TestPlatform(new Stack(), 'Platform');
  const backend = new ServingEndpoint(platform, 'endpoint', { platform }).addBackend('SVM:v1', backendOptions(change));
  return gpuWarnings(backend._binding.intent).map(({ id }) => id);
}

describe('a server that requires a GPU', () => {
  test.each([
    ['vLLM', { server: vllm, image: VLLM }],
    ['SGLang', { server: ModelServer.sglang({ model: 'acme/llm' }), image: image('lmsysorg/sglang:v0.5.10') }],
    [
      'Text Generation Inference',
      {
        server: ModelServer.textGenerationInference({ model: 'acme/llm' }),
        image: image('ghcr.io/huggingface/text-generation-inference:3.3.4'),
      },
    ],
    ['NIM', { server: ModelServer.nim(), image: image('nvcr.io/nim/meta/llama:3.0.0') }],
  ])('causes a warning without one: %s', (_name, change) => {
    expect(idsOf(change)).toEqual(['missingGpu.svm-v1']);
    expect(idsOf({ ...change, gpu: Gpu.nvidia() })).toEqual([]);
  });

  test.each([
    'vllm/vllm-openai-cpu:v0.18.0',
    'public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo:v0.18.0',
    'ghcr.io/huggingface/text-generation-inference:3.3.4-intel-cpu',
  ])('causes none with the image %s for processors', (reference) => {
    expect(idsOf({ server: vllm, image: image(reference) })).toEqual([]);
  });

  test('causes none if any processor runs it', () => {
    expect(idsOf({})).toEqual([]);
    expect(idsOf({ server: ModelServer.triton({}), image: image('nvcr.io/nvidia/tritonserver:26.07-py3') })).toEqual(
      [],
    );
  });
});

describe('an accelerator of another vendor', () => {
  test.each<[string, Partial<BackendOptions>, string[]]>([
    ['an image for NVIDIA', { server: vllm, image: VLLM, gpu: Gpu.amd() }, ['unsupportedGpu.svm-v1']],
    [
      'a registry and a digest',
      { server: vllm, image: image(`docker.io/vllm/vllm-openai@sha256:${'0a'.repeat(32)}`), gpu: Gpu.neuron() },
      ['unsupportedGpu.svm-v1'],
    ],
    ['an image for ROCm', { server: vllm, image: image('vllm/vllm-openai-rocm:v0.18.0'), gpu: Gpu.amd() }, []],
    ['a tag for ROCm', { server: vllm, image: image('vllm/vllm-openai:v0.18.0-rocm700'), gpu: Gpu.amd() }, []],
    ['an image of your own', { server: vllm, image: image('acme/vllm:1'), gpu: Gpu.amd() }, []],
    ['NIM', { server: ModelServer.nim(), image: image('acme/nim:1'), gpu: Gpu.amd() }, ['unsupportedGpu.svm-v1']],
    ['any other server', { gpu: Gpu.amd() }, []],
  ])('causes a warning only where the image or the server is for NVIDIA: %s', (_what, change, ids) => {
    expect(idsOf(change)).toEqual(ids);
  });
});

test('the warnings contain what to do, and can be acknowledged', () => {
  const messagesOf = (acknowledged?: string) => {
    const stack = new Stack(new CdkApp(), 'Serving');
    new ServingEndpoint(stack, 'endpoint').addBackend('v1', backendOptions({ server: vllm, image: VLLM }));
    if (acknowledged !== undefined) Warnings.of(stack).acknowledge(acknowledged, 'runs on processors');
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Gpu'));
    return found.map(({ entry }) => entry.data);
  };
  const id = 'serving-constructs:missingGpu.v1';
  expect(messagesOf()).toEqual([
    `backend 'v1' has no GPU, which vLLM usually requires; set 'gpu', for example Gpu.nvidia(), or acknowledge this warning if its image runs without [ack: ${id}]`,
  ]);
  expect(messagesOf(id)).toEqual([]);
});

describe('the default rollout of a backend with GPUs', () => {
  const ID = 'serving-constructs:spareGpus.v1';
  const existing = { gpuCapacities: [aws.GpuCapacity.fromCapacityProviderName('gpus', 'g6.12xlarge')] };
  const define = (scope: Construct, change: Partial<BackendOptions> = {}) =>
    new ServingEndpoint(scope, 'endpoint').addBackend('v1', backendOptions({ gpu: Gpu.nvidia(), ...change }));

  /** The lines on standard error during the synthesis of a Chart. */
  function linesOf(run: (chart: Chart) => void, gpuNodes?: kubernetes.GpuNodes): string[] {
    const app = new Cdk8sApp();
    const chart = new Chart(app, 'serving');
    new kubernetes.KubernetesPlatform(chart, 'Platform', { gpuNodes });
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      run(chart);
      app.synthYaml();
      return write.mock.calls.map(([line]) => String(line));
    } finally {
      write.mockRestore();
    }
  }

  /** The warnings of a stack with these GPU instances. */
  function warningsOf(run: (stack: Stack) => void, props: aws.EcsPlatformProps = existing): unknown[] {
    const stack = new Stack(new CdkApp(), 'Serving');
    const { gpuCapacities } = props;
    const clusterName = 'models';
    const cluster = () =>
      ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName, vpc: new ec2.Vpc(stack, 'Vpc') });
    new aws.EcsPlatform(
      stack,
      'Platform',
      gpuCapacities === existing.gpuCapacities ? { ...props, cluster: cluster() } : props,
    );
    run(stack);
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('serving-constructs:spareGpus'));
    return found.map(({ entry }) => entry.data);
  }

  const ONE = `a rollout of backend 'v1' runs up to 2 replicas, which require 2 GPUs at once instead of 1; without them the new replicas stay pending; set 'rollout' to Rollout.inPlace({ allowDowntime: true }), which stops old replicas first, or to Rollout.surge() if these GPUs are available [ack: ${ID}]`;
  const TWO = `a rollout of backend 'v1' runs up to 4 replicas, which require 8 GPUs at once instead of 4; without them the new replicas stay pending; set 'rollout' to Rollout.inPlace(), which stops old replicas first, or to Rollout.surge() if these GPUs are available [ack: ${ID}]`;

  test('causes a warning on Kubernetes and with an existing capacity provider', () => {
    const two = { gpu: Gpu.nvidia({ count: 2 }), replicas: 2 };
    expect(linesOf((chart) => define(chart))).toEqual([`[Warning at serving/endpoint/v1] ${ONE}\n`]);
    expect(linesOf((chart) => define(chart, two))).toEqual([`[Warning at serving/endpoint/v1] ${TWO}\n`]);
    expect(warningsOf((stack) => define(stack))).toEqual([ONE]);
    expect(warningsOf((stack) => define(stack, two))).toEqual([TWO]);
  });

  test('can be acknowledged on both targets', () => {
    const run = (scope: Construct) => Warnings.of(define(scope)).acknowledge(ID, 'a test');
    expect(linesOf(run)).toEqual([]);
    expect(warningsOf(run)).toEqual([]);
  });

  test.each<[string, Partial<BackendOptions>]>([
    ['the definition sets that rollout', { rollout: Rollout.surge() }],
    ['old replicas stop first', { rollout: Rollout.inPlace({ allowDowntime: true }) }],
    ['there are no GPUs', { gpu: undefined }],
  ])('causes none if %s', (_what, change) => {
    expect(linesOf((chart) => define(chart, change))).toEqual([]);
    expect(warningsOf((stack) => define(stack, change))).toEqual([]);
  });

  test('causes none where nodes are added for the replicas', () => {
    const { GpuNodes } = kubernetes;
    expect(linesOf((chart) => define(chart), GpuNodes.karpenter())).toEqual([]);
    expect(linesOf((chart) => define(chart), GpuNodes.eksAutoMode())).toEqual([]);
    expect(linesOf((chart) => define(chart), GpuNodes.gke())).toHaveLength(1);
    expect(warningsOf((stack) => define(stack), {})).toEqual([]);
    const group = aws.GpuCapacity.autoScalingGroup({ instanceType: 'g6.xlarge', maxInstances: 2 });
    expect(warningsOf((stack) => define(stack), { gpuCapacities: [group] })).toEqual([]);
  });

  test('causes none if autoscaling requires as many GPUs', () => {
    const scaled = (maxReplicas: number) => (scope: Construct) => {
      define(scope).autoscale({ minReplicas: 2, maxReplicas, targets: [ScalingTarget.cpuUtilization(60)] });
    };
    expect(linesOf(scaled(4))).toEqual([]);
    expect(linesOf(scaled(3))).toHaveLength(1);
  });

  test('causes none for shares of a GPU', () => {
    expect(linesOf((chart) => define(chart, { gpu: Gpu.nvidia({ shared: true }) }))).toEqual([]);
  });
});
