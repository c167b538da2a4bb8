import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { type BackendOptions, Gpu, ModelServer, ServerImage, ServingEndpoint, Warnings } from '../../../src';
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
