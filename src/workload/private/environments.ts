import { ServingError } from '../../private/errors';
import { nearest } from '../../private/suggest';

/** An image with a framework. */
export interface FrameworkImage {
  /** Such as `pytorch`. */
  readonly framework: string;
  /** The version of the framework, such as `2.8.0`. */
  readonly version: string;
  readonly reference: string;
  /** The version of Python. @default - unknown */
  readonly python?: string;
  /** The version of CUDA. @default - none: it is for CPUs */
  readonly cuda?: string;
}

type Row = Omit<FrameworkImage, 'framework'>;

const PYTORCH = 'pytorch/pytorch';
const TENSORFLOW = 'tensorflow/tensorflow';
const AWS = 'public.ecr.aws/deep-learning-containers';

/**
 * The images of PyTorch. Those of the vendor have no variant for CPUs, so that they are from AWS Deep Learning Containers, in
 * the registry that needs no credentials. Tags of the vendor: https://hub.docker.com/r/pytorch/pytorch/tags; its digests are
 * pinned in Dockerfiles of several independent repositories, and that of 2.6.0 is in
 * https://hub.docker.com/layers/pytorch/pytorch/2.6.0-cuda12.4-cudnn9-runtime. Tags of AWS, which are patched in place:
 * https://github.com/aws/deep-learning-containers/tree/main/docs/src/data.
 */
const PYTORCH_ROWS: readonly Row[] = [
  ...[
    ['2.4.1', '12.1', 'ac7c098a81512e719afa5d2d497f812d7db3498f340a4b819c69cb7b3b257126', '3.11'],
    ['2.5.1', '12.4', 'c8268a92a69bd500f8be0e665b2630ee006dadaf7bfbc24249141b15ff622755', '3.11'],
    ['2.6.0', '12.4', '77f17f843507062875ce8be2a6f76aa6aa3df7f9ef1e31d9d7432f4b0f563dee', '3.11'],
    ['2.7.1', '12.8', 'c16f4c749e2d9e96878875cdf6cc45cddda1d1a36fddd371dd6f2360f1b6e2a2', '3.11'],
    ['2.8.0', '12.8', '417bd75df6365104c283ea4c1651fb3530d9eb5a4c2fafa51943cff2a94e6385', '3.11'],
    ['2.9.1', '12.8', '7b324d212a4450795b49edba9949b7cdc72429148a64e974334bfe5774d51385'],
    ['2.10.0', '12.8', 'b85566342b86d13a67712e9315d40cdc2dad7f8d86df1aff3831f80835edbcca'],
    ['2.11.0', '13.0', 'bfbb4a2b4fdba0fefdb428ea737e626d61bb3daf74a16e1ff935bdb03aa7c3f0', '3.12'],
  ].map(([version, cuda, digest, python]) => ({
    version: version as string,
    cuda: cuda as string,
    python,
    reference: `${PYTORCH}:${version}-cuda${cuda}-cudnn9-runtime@sha256:${digest}`,
  })),
  { version: '2.6.0', python: '3.12', reference: `${AWS}/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-ec2` },
  ...['2.11.0', '2.12.1', '2.13.0', '2.14.0'].map((version) => ({
    version,
    python: '3.12',
    reference: `${AWS}/pytorch:${version}-cpu-amzn2023`,
  })),
];

/**
 * The images of TensorFlow, by tags that its vendor does not move: https://hub.docker.com/r/tensorflow/tensorflow/tags. CUDA:
 * https://www.tensorflow.org/install/source#gpu.
 */
const TENSORFLOW_ROWS: readonly Row[] = [
  ['2.15.0', '12.2'],
  ['2.16.1', '12.3'],
  ['2.17.0', '12.3'],
  ['2.18.0', '12.5'],
  ['2.19.0', '12.5'],
  ['2.20.0', '12.5'],
].flatMap(([version, cuda]) => [
  { version: version as string, reference: `${TENSORFLOW}:${version}` },
  { version: version as string, cuda, reference: `${TENSORFLOW}:${version}-gpu` },
]);

const IMAGES: readonly FrameworkImage[] = [
  ...PYTORCH_ROWS.map((row) => ({ framework: 'pytorch', ...row })),
  ...TENSORFLOW_ROWS.map((row) => ({ framework: 'tensorflow', ...row })),
];

/** Every image of the catalog. */
export function frameworkImages(): readonly FrameworkImage[] {
  return IMAGES;
}

/** The name of an environment, such as `pytorch-2.8`. */
export function environmentName({ framework, version }: FrameworkImage): string {
  return `${framework}-${version.split('.').slice(0, 2).join('.')}`;
}

/** The image of the catalog with a reference, by its repository and tag. */
export function frameworkImageOf(reference: string): FrameworkImage | undefined {
  const tagOf = (text: string): string => text.replace(/@.*$/, '').replace(/^(?:index\.)?docker\.io\//, '');
  return IMAGES.find((image) => tagOf(image.reference) === tagOf(reference));
}

/** Environments of FloydHub that this catalog has no successor of. */
const RETIRED = ['theano', 'caffe', 'torch', 'chainer', 'mxnet', 'kur'];

const NAME = /^([a-z]+)(?:-(\d+(?:\.\d+){0,2}))?(:py[23])?$/;

/** The image of an environment by its name, in the notation of FloydHub. */
export function findEnvironment(name: string, gpu: boolean): FrameworkImage {
  const [, framework = '', version, python] = NAME.exec(name) ?? [];
  if (python === ':py2')
    throw unknown(name, gpu, 'Python 2 is no longer maintained; port the code to Python 3, and use');
  if (RETIRED.includes(framework))
    throw unknown(name, gpu, `'${framework}' has no maintained image; use an image of your own, or`);
  if (framework === 'keras') throw unknown(name, gpu, 'Keras is a part of TensorFlow; use', 'tensorflow');
  const ofFramework = IMAGES.filter((image) => image.framework === framework);
  if (ofFramework.length === 0) throw unknown(name, gpu, spelling(name));
  if (version === undefined) throw unknown(name, gpu, 'add the version, so that it does not change; use', framework);
  const found = ofFramework.filter(
    (image) => image.version === version || environmentName(image) === `${framework}-${version}`,
  );
  const fitting = found.find(({ cuda }) => (cuda !== undefined) === gpu);
  if (fitting !== undefined) return fitting;
  if (found.length > 0)
    throw unknown(
      name,
      gpu,
      gpu
        ? 'it has no image for GPUs; use'
        : "it has no image for CPUs only; set 'gpu' to true, because its image also runs without a GPU, or use",
      framework,
    );
  const isOld = Number(version.split('.')[0]) < 2;
  throw unknown(
    name,
    gpu,
    isOld
      ? `'${name}' is older than every maintained image${framework === 'tensorflow' ? ', but tf.compat.v1 runs models of TensorFlow 1' : ''}; use an image of 'docker.io/${framework}/${framework}' with ServerImage.fromRegistry, or`
      : 'use',
    framework,
  );
}

function spelling(name: string): string {
  const [found] = nearest(name, [...new Set(IMAGES.map(environmentName))], 1);
  return found === undefined ? 'use' : `did you mean '${found}'? There is`;
}

function unknown(name: string, gpu: boolean, why: string, framework?: string): ServingError {
  const names = IMAGES.filter(
    (image) => (image.cuda !== undefined) === gpu && (framework === undefined || image.framework === framework),
  ).map(environmentName);
  return new ServingError(
    'UnknownEnvironment',
    `'name' ('${name}') is not an environment for ${gpu ? 'GPUs' : 'CPUs'}: ${why} ${orList(names)}`,
  );
}

function orList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** The oldest GPUs that CUDA 13 runs on are of the generation Turing: it has no code for those before it. */
const BEFORE_TURING = ['P4', 'P40', 'P100', 'V100', 'V100S'];

/** GPUs of the generation Blackwell, which CUDA has code for since 12.8. */
const BLACKWELL = ['B200', 'B300', 'GB200', 'RTX PRO 6000', 'RTX 5090'];

/**
 * Why a framework image does not use a GPU; undefined if it does, or nothing is known. Sources: the release notes of CUDA 12.8
 * and 13.0, https://docs.nvidia.com/cuda/archive/13.0.0/cuda-toolkit-release-notes/.
 */
export function whyNoGpu({ cuda }: FrameworkImage, product: string | undefined): string | undefined {
  if (cuda === undefined) return "has no CUDA; set 'gpu' to true in ServerImage.fromEnvironment";
  const [major = 0, minor = 0] = cuda.split('.').map(Number);
  const isOf = (products: readonly string[]): boolean =>
    products.some((one) => product !== undefined && (product === one || product.startsWith(`${one}-`)));
  if (major >= 13 && isOf(BEFORE_TURING))
    return `has CUDA ${cuda}, which has no code for '${product}'; use an environment with CUDA 12, such as 'pytorch-2.8'`;
  if ((major < 12 || (major === 12 && minor < 8)) && isOf(BLACKWELL))
    return `has CUDA ${cuda}, which has no code for '${product}'; use an environment with CUDA 12.8 or later, such as 'pytorch-2.8'`;
  return undefined;
}
