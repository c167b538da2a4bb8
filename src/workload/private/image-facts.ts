import type { ImageFactsIntent } from '../../plan/intents';

/** Facts about the images of one or more repositories. */
interface ImageRow extends Omit<ImageFactsIntent, 'repository' | 'isAssumed'> {
  readonly repositories: readonly string[];
  /**
   * Servers whose images are usually built from one of these, or by a tool of the server, and are in repositories of their
   * users, so that the name of the repository does not identify them.
   *
   * @default - none
   */
  readonly usualFor?: readonly string[];
}

const ROOT = { user: 0, userName: 'root', home: '/root' } as const;

/** Where Hugging Face libraries keep what they download, if the variable of the image is in a directory of root. */
const HUB = '/tmp/hub';

/**
 * What is known of the images that model servers run on: user, home, ENTRYPOINT, port, Python, and where they write. Images in
 * the same repository of a mirror or a pull-through cache are the same.
 */
export const IMAGE_FACTS: readonly ImageRow[] = [
  {
    repositories: ['rayproject/ray', 'rayproject/ray-llm', 'rayproject/ray-ml', 'anyscale/ray'],
    usualFor: ['Ray Serve'],
    version: '2.58.0',
    source: 'https://github.com/ray-project/ray/blob/master/docker/base-deps/Dockerfile',
    // Its home, which contains Python, is closed to other users on Ubuntu 22.04 and later.
    user: 1000,
    userName: 'ray',
    home: '/home/ray',
    port: 8000,
    python: '/home/ray/anaconda3/bin/python',
  },
  {
    repositories: ['seldonio/mlserver'],
    usualFor: ['MLServer', 'MLServer without workers'],
    version: '1.7.1',
    source: 'https://github.com/SeldonIO/MLServer/blob/master/Dockerfile',
    // Mode 776 of its directory lets no other user enter it.
    user: 1000,
    userName: 'mlserver',
    home: '/opt/mlserver',
    port: 8080,
    python: '/opt/conda/bin/python',
    // numba raises an error if its directory is set and not writable.
    caches: { NUMBA_CACHE_DIR: '/tmp/numba', TRANSFORMERS_CACHE: HUB },
  },
  {
    repositories: [
      ...['sklearnserver', 'xgbserver', 'lgbserver', 'pmmlserver', 'paddleserver', 'predictiveserver'].map(
        (name) => `kserve/${name}`,
      ),
      'kserve/custom-model',
      'kserve/image-transformer',
    ],
    version: '0.21.0',
    source: 'https://github.com/kserve/kserve/blob/master/python/sklearn.Dockerfile',
    user: 1000,
    userName: 'kserve',
    home: '/home/kserve',
    port: 8080,
    python: '/prod_venv/bin/python',
  },
  {
    repositories: ['kserve/huggingfaceserver'],
    version: '0.21.0',
    source: 'https://github.com/kserve/kserve/blob/master/python/huggingface_server.Dockerfile',
    user: 1000,
    userName: 'kserve',
    home: '/home/kserve',
    entryPoint: ['python3', '-m', 'huggingfaceserver'],
    port: 8080,
    python: '/kserve-workspace/prod_venv/bin/python3',
  },
  {
    repositories: [],
    usualFor: ['BentoML'],
    version: '1.4.39',
    source:
      'https://github.com/bentoml/BentoML/blob/main/src/bentoml/_internal/container/frontend/dockerfile/templates/base_v2.j2',
    user: 1034,
    userName: 'bentoml',
    home: '/home/bentoml',
    entryPoint: ['/home/bentoml/bento/env/docker/entrypoint.sh'],
    port: 3000,
    python: '/home/bentoml/bento/.venv/bin/python',
    caches: { BENTOML_HOME: '/tmp/bentoml' },
  },
  {
    repositories: ['pytorch/torchserve', 'pytorch/torchserve-kfs'],
    version: '0.12.0',
    source: 'https://github.com/pytorch/serve/blob/master/docker/Dockerfile',
    user: 1000,
    userName: 'model-server',
    home: '/home/model-server',
    entryPoint: ['/usr/local/bin/dockerd-entrypoint.sh'],
    port: 8080,
    python: '/home/venv/bin/python',
    // It exits if TEMP is not an existing directory.
    caches: { TEMP: '/tmp', LOG_LOCATION: '/tmp/logs', METRICS_LOCATION: '/tmp/logs' },
  },
  {
    repositories: ['ghcr.io/benoitc/gunicorn'],
    version: '27.0.1',
    source: 'https://github.com/benoitc/gunicorn/blob/master/docker/Dockerfile',
    user: 1000,
    userName: 'gunicorn',
    home: '/home/gunicorn',
    entryPoint: ['docker-entrypoint.sh'],
    port: 8000,
    python: '/usr/local/bin/python3',
  },
  {
    // Those of 2026 for language models run as any user, and others as this one.
    repositories: ['nvcr.io/nim/*'],
    usualFor: ['NIM'],
    version: '2026-11',
    source: 'https://docs.nvidia.com/nim/alpamayo/latest/configuration.html',
    user: 1000,
    port: 8000,
    caches: { NIM_CACHE_PATH: '/tmp/nim' },
  },
  {
    ...ROOT,
    repositories: ['vllm/vllm-openai'],
    version: '0.18.0',
    source: 'https://github.com/vllm-project/vllm/blob/main/docker/Dockerfile',
    entryPoint: ['vllm', 'serve'],
    port: 8000,
    python: '/usr/bin/python3',
  },
  {
    ...ROOT,
    repositories: ['lmsysorg/sglang'],
    version: '0.5.23',
    source: 'https://github.com/sgl-project/sglang/blob/main/docker/Dockerfile',
    port: 30_000,
    python: '/usr/bin/python3',
  },
  {
    ...ROOT,
    repositories: ['ghcr.io/huggingface/text-generation-inference'],
    version: '3.3.7',
    source: 'https://github.com/huggingface/text-generation-inference/blob/main/Dockerfile',
    entryPoint: ['text-generation-launcher'],
    port: 80,
    caches: { HF_HOME: HUB, HUGGINGFACE_HUB_CACHE: HUB },
  },
  {
    ...ROOT,
    repositories: ['ghcr.io/huggingface/text-embeddings-inference'],
    version: '1.9.3',
    source: 'https://github.com/huggingface/text-embeddings-inference/blob/main/Dockerfile',
    entryPoint: ['text-embeddings-router'],
    port: 80,
    caches: { HUGGINGFACE_HUB_CACHE: HUB },
  },
  {
    ...ROOT,
    repositories: ['nvcr.io/nvidia/tritonserver'],
    version: '26.07',
    source: 'https://github.com/triton-inference-server/server/blob/main/build.py',
    entryPoint: ['/opt/nvidia/nvidia_entrypoint.sh'],
    port: 8000,
    python: '/usr/bin/python3',
  },
  {
    ...ROOT,
    repositories: ['tensorflow/serving'],
    version: '2.21.0',
    source: 'https://github.com/tensorflow/serving/blob/master/tensorflow_serving/tools/docker/Dockerfile',
    entryPoint: ['/usr/bin/tf_serving_entrypoint.sh'],
    port: 8501,
  },
  {
    ...ROOT,
    repositories: ['ollama/ollama'],
    version: '0.33.0',
    source: 'https://github.com/ollama/ollama/blob/main/Dockerfile',
    entryPoint: ['/bin/ollama'],
    port: 11_434,
  },
  {
    ...ROOT,
    repositories: ['ghcr.io/ggml-org/llama.cpp', 'ghcr.io/ggerganov/llama.cpp'],
    version: '2026-11',
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/.devops/cpu.Dockerfile',
    entryPoint: ['/app/llama-server'],
    port: 8080,
  },
  {
    ...ROOT,
    repositories: ['ghcr.io/mlflow/mlflow'],
    version: '3.17.2',
    source: 'https://github.com/mlflow/mlflow/blob/master/docker/Dockerfile',
    python: '/usr/local/bin/python3',
  },
  {
    ...ROOT,
    repositories: ['pytorch/pytorch'],
    version: '2.11.0',
    source: 'https://github.com/pytorch/pytorch/blob/main/Dockerfile',
  },
  {
    ...ROOT,
    repositories: ['tensorflow/tensorflow'],
    version: '2.20.0',
    source: 'https://github.com/tensorflow/tensorflow/tree/master/tensorflow/tools/tf_sig_build_dockerfiles',
  },
  {
    ...ROOT,
    repositories: ['public.ecr.aws/deep-learning-containers/pytorch'],
    version: '2.14.0',
    source: 'https://github.com/aws/deep-learning-containers/blob/main/docker/pytorch/Dockerfile.cpu',
    entryPoint: ['/usr/local/bin/entrypoint.sh'],
    python: '/opt/venv/bin/python',
  },
  {
    ...ROOT,
    repositories: ['public.ecr.aws/deep-learning-containers/pytorch-inference'],
    version: '2.6.0',
    source:
      'https://github.com/aws/deep-learning-containers/blob/master/pytorch/inference/docker/2.6/py3/Dockerfile.cpu',
    entryPoint: ['python', '/usr/local/bin/dockerd-entrypoint.py'],
    port: 8080,
    python: '/usr/local/bin/python',
  },
  {
    ...ROOT,
    repositories: ['python'],
    version: '3.14',
    source: 'https://github.com/docker-library/python/blob/master/Dockerfile-linux.template',
    python: '/usr/local/bin/python3',
  },
  {
    ...ROOT,
    repositories: ['node'],
    version: '26',
    source: 'https://github.com/nodejs/docker-node/blob/main/Dockerfile-slim.template',
    entryPoint: ['docker-entrypoint.sh'],
  },
];

/** Registries with the official images of Docker Hub, whose names have a single part. */
const OFFICIAL =
  /^(?:public\.ecr\.aws\/docker\/library\/|mirror\.gcr\.io\/library\/|(?:(?:index\.)?docker\.io\/)?(?:library\/)?)/;

/** The first part of a name if it is a registry. */
const REGISTRY = /^(?:[^/]*[.:][^/]*|localhost)\//;

/** What is known of the image with a reference; otherwise of the usual images for a server. */
export function factsOf(reference: string | undefined, server: string): ImageFactsIntent | undefined {
  const name = (reference ?? '').replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  for (const row of IMAGE_FACTS) {
    const repository = row.repositories.find((one) => isFrom(one, name));
    if (repository !== undefined) return factsIn(row, repository);
  }
  const usual = IMAGE_FACTS.find(({ usualFor }) => usualFor?.includes(server));
  return usual && { ...factsIn(usual, usual.repositories[0] ?? `${server} images`), isAssumed: true };
}

function factsIn({ repositories: _, usualFor: __, ...facts }: ImageRow, repository: string): ImageFactsIntent {
  return { repository, ...facts };
}

/** Whether the name of an image is the repository, in its own registry or in a copy of it. */
function isFrom(repository: string, name: string): boolean {
  if (!repository.includes('/')) return name.replace(OFFICIAL, '') === repository;
  const path = repository.replace(REGISTRY, '');
  const copies = REGISTRY.test(name) ? `/${name.replace(REGISTRY, '')}` : `/${name}`;
  if (path.endsWith('/*')) return copies.startsWith(`/${path.slice(0, -1)}`);
  return REGISTRY.test(name) ? copies.endsWith(`/${path}`) : name === path;
}
