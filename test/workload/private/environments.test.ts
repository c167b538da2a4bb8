import {
  environmentName,
  findEnvironment,
  frameworkImageOf,
  frameworkImages,
  whyNoGpu,
} from '../../../src/workload/private/environments';
import { IMAGE_FACTS } from '../../../src/workload/private/image-facts';
import { ServerImage } from '../../../src/workload/server-image';

describe('an environment', () => {
  test.each([
    ['pytorch-2.8', true, /^pytorch\/pytorch:2\.8\.0-cuda12\.8-cudnn9-runtime@sha256:[0-9a-f]{64}$/],
    ['pytorch-2.8.0', true, /^pytorch\/pytorch:2\.8\.0-/],
    ['pytorch-2.13', false, /^public\.ecr\.aws\/deep-learning-containers\/pytorch:2\.13\.0-cpu-amzn2023$/],
    ['tensorflow-2.20', false, /^tensorflow\/tensorflow:2\.20\.0$/],
    ['tensorflow-2.20:py3', true, /^tensorflow\/tensorflow:2\.20\.0-gpu$/],
  ])('%s is an image (gpu: %p)', (name, gpu, reference) => {
    expect(ServerImage.fromEnvironment(name, { gpu }).reference).toMatch(reference);
  });

  test.each<[string, boolean, string]>([
    ['pytorch-0.4:py2', false, 'Python 2 is no longer maintained; port the code to Python 3, and use '],
    ['pytorch-1.0', true, "'pytorch-1.0' is older than every maintained image; use an image of 'docker.io/pytorch"],
    ['keras', false, "Keras is a part of TensorFlow; use 'tensorflow-2.15', "],
    ['theano-0.9', false, "'theano' has no maintained image; use an image of your own, or "],
    ['tensorflow', false, "add the version, so that it does not change; use 'tensorflow-2.15', "],
    ['pytorch-2.8', false, "set 'gpu' to true, because its image also runs without a GPU, or use 'pytorch-2.6', "],
    ['pytorch-2.14', true, "it has no image for GPUs; use 'pytorch-2.4', "],
    ['pytorch-3.0', true, "is not an environment for GPUs: use 'pytorch-2.4', "],
    ['pytroch-2.8', true, "did you mean 'pytorch-2.8'? There is "],
    ['PyTorch 2.8', true, "did you mean 'pytorch-2.8'? There is "],
  ])('%s is refused with those that exist', (name, gpu, why) => {
    expect(() => findEnvironment(name, gpu)).toThrow(`[UnknownEnvironment] 'name' ('${name}') is not an environment`);
    expect(() => findEnvironment(name, gpu)).toThrow(why);
  });

  test('has one image for each processor, and a reference that identifies it in a mirror of its tag', () => {
    const keys = frameworkImages().map((image) => `${environmentName(image)} ${image.cuda !== undefined}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const image of frameworkImages()) {
      expect(findEnvironment(environmentName(image), image.cuda !== undefined)).toBe(image);
      expect(frameworkImageOf(`docker.io/${image.reference.replace(/@.*/, '')}@sha256:${'0'.repeat(64)}`)).toBe(image);
    }
    expect(frameworkImageOf('acme/svm:1.4.2')).toBeUndefined();
  });

  test('has known facts about its image', () => {
    const known = IMAGE_FACTS.flatMap(({ repositories }) => repositories);
    const repositories = frameworkImages().map(({ reference }) => reference.replace(/:.*/, ''));
    expect(repositories.filter((repository) => !known.includes(repository))).toEqual([]);
  });

  test.each([
    ['pytorch-2.5', 'B200', 'no code for'],
    ['pytorch-2.5', 'H100', undefined],
    ['pytorch-2.8', 'B200', undefined],
    ['pytorch-2.8', 'V100', undefined],
    ['pytorch-2.11', 'V100', 'no code for'],
    ['pytorch-2.11', 'T4', undefined],
    ['pytorch-2.11', undefined, undefined],
  ])('%s on %s is compared with the code that its CUDA has', (name, product, why) => {
    const found = whyNoGpu(findEnvironment(name, true), product);
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(why);
  });
});
